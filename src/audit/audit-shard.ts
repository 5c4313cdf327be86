/** One piece of an archive: what was found in it, and how much was read. */
import { auditDocuments } from './audit-documents.ts';
import { auditMonth, type ShardContext } from './audit-month.ts';
import { auditAssets } from './audit-pictures.ts';
import { auditQuarantine } from './audit-quarantine.ts';
import type { CheckCode } from './checks-table.ts';
import type { Finding } from './finding.ts';
import { openScratch } from './scratch.ts';
import type { Shard } from './shards.ts';

export interface ShardTask {
  readonly root: string;
  /** Codes that were asked for. */
  readonly codes: readonly CheckCode[];
  readonly since: string | null;
  readonly isPartial: boolean;
  /** Where this thread's scratch database lies. */
  readonly scratch: string;
}

export interface ShardResult {
  readonly findings: readonly Finding[];
  readonly articles: number;
  readonly assets: number;
  readonly bytes: number;
}

/** Opens what one thread needs for its pieces; to be closed before anybody reads its scratch database. */
export function openShards({ root, codes, since, isPartial, scratch: path }: ShardTask): {
  readonly audit: (shard: Shard) => ShardResult;
  readonly close: () => void;
} {
  const asked: ReadonlySet<CheckCode> = new Set(codes);
  const { scratch } = openScratch(path);
  const wanted = (code: CheckCode) => asked.has(code);
  return {
    audit: (shard) => audit(shard, { root, scratch, since, isPartial, wanted }),
    close: () => scratch[Symbol.dispose](),
  };
}

function audit(shard: Shard, context: Omit<ShardContext, 'tell' | 'count'>): ShardResult {
  const findings: Finding[] = [];
  const total = { articles: 0, assets: 0, bytes: 0 };
  const whole: ShardContext = {
    ...context,
    tell: (found) => {
      if (context.wanted(found.code)) findings.push(found);
    },
    count: ({ articles = 0, assets = 0, bytes }) => {
      total.articles += articles;
      total.assets += assets;
      total.bytes += bytes;
    },
  };
  switch (shard.kind) {
    case 'month':
      auditMonth(shard.month, shard.stems, whole);
      break;
    case 'documents':
      auditDocuments(shard.folder, shard.files, whole);
      break;
    case 'assets':
      auditAssets(shard.folder, whole);
      break;
    case 'quarantine':
      auditQuarantine(whole);
      break;
    default:
      shard satisfies never;
  }
  return { findings, ...total };
}
