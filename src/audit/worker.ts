/** A worker thread: audits pieces of an archive as they are given to it, and answers each with what it found. */
import { serve, type Work } from '../pool.ts';
import { auditDocuments, auditMonth } from './articles.ts';
import { openAuditIndex } from './audit-index.ts';
import { auditCaptures } from './captures.ts';
import { auditAssets } from './pictures.ts';
import type { CheckCode, Finding } from './promises.ts';
import { auditQuarantine } from './quarantine.ts';
import type { ShardContext } from './read-file.ts';
import type { Shard } from './shards.ts';

serve(import.meta.url, openShards);

// One piece of an archive: what was found in it, and how much was read.

export interface ShardTask {
  readonly root: string;
  /** Codes that were asked for. */
  readonly codes: readonly CheckCode[];
  readonly since: string | null;
  readonly isPartial: boolean;
  /** True if the hashes of files are asked for. */
  readonly notesHashes: boolean;
  /** Where this thread's index database lies. */
  readonly index: string;
}

export interface ShardResult {
  readonly findings: readonly Finding[];
  readonly articles: number;
  readonly assets: number;
  readonly bytes: number;
}

/** Opens what one thread needs for its pieces; to be closed before anybody reads its index database. */
export function openShards({
  root,
  codes,
  since,
  isPartial,
  notesHashes,
  index: path,
}: ShardTask): Work<Shard, ShardResult> {
  const asked: ReadonlySet<CheckCode> = new Set(codes);
  const { index } = openAuditIndex(path, { notesHashes });
  const wanted = (code: CheckCode) => asked.has(code);
  return {
    do: (shard) => audit(shard, { root, index, since, isPartial, wanted }),
    close: () => index[Symbol.dispose](),
  };
}

async function audit(shard: Shard, context: Omit<ShardContext, 'report' | 'count'>): Promise<ShardResult> {
  const findings: Finding[] = [];
  const total = { articles: 0, assets: 0, bytes: 0 };
  const whole: ShardContext = {
    ...context,
    report: (found) => {
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
    case 'captures':
      await auditCaptures(shard.key, whole);
      break;
    case 'quarantine':
      auditQuarantine(whole);
      break;
    default:
      shard satisfies never;
  }
  return { findings, ...total };
}
