/** A worker thread: audits pieces of an archive as they are given to it, and answers each with what it found. */
import { parentPort, workerData } from 'node:worker_threads';
import { auditDocuments } from './audit-documents.ts';
import { auditMonth, type ShardContext } from './audit-month.ts';
import { auditAssets, auditPictures } from './audit-pictures.ts';
import { auditQuarantine } from './audit-quarantine.ts';
import type { CheckCode } from './checks-table.ts';
import type { Finding } from './finding.ts';
import { openScratch } from './scratch.ts';
import type { Shard } from './shards.ts';

export interface WorkerTask {
  readonly root: string;
  /** Codes that were asked for. */
  readonly codes: readonly CheckCode[];
  readonly since: string | null;
  /** Where this worker's scratch database lies. */
  readonly scratch: string;
}

export interface ShardResult {
  readonly findings: readonly Finding[];
  readonly articles: number;
  readonly assets: number;
  readonly bytes: number;
}

if (parentPort !== null) {
  const port = parentPort;
  const { root, codes, since, scratch: path } = workerData as WorkerTask;
  const asked: ReadonlySet<CheckCode> = new Set(codes);
  const { scratch } = openScratch(path);
  port.on('message', (shard: Shard | null) => {
    if (shard === null) {
      scratch[Symbol.dispose]();
      port.close();
    } else port.postMessage(audit(shard, { root, scratch, since, wanted: (code) => asked.has(code) }));
  });
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
    case 'pictures':
      auditPictures(shard.keys, whole);
      break;
    case 'quarantine':
      auditQuarantine(whole);
      break;
    default:
      shard satisfies never;
  }
  return { findings, ...total };
}
