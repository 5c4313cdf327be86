/** The works that hands share, by their names. Each does in a hand what the threads of one machine do for the same command. */
import { join } from 'node:path';
import { z } from 'zod';
import { CAPTURES, parseKey, partitionOfFile, recordKey } from '../archive/keys.ts';
import type { AuditTask } from '../audit/audit.ts';
import { CHECKS, type CheckCode } from '../audit/promises.ts';
import { partitionOfShard, type Shard } from '../audit/shards.ts';
import type { ShardResult } from '../audit/worker.ts';
import type { Batch, ReadArticle } from '../catalog/refresh.ts';
import type { FileHash, HashedFile } from '../evidence/seal.ts';
import type { SelectedDays } from '../export/selection.ts';
import type { RowResult } from '../export/tabular.ts';
import type { Answer, Piece, ThreadTask } from '../reextract/threads.ts';
import type { Site } from '../site/address.ts';
import type { PartitionedWork } from './work.ts';

const month = z.string().regex(/^(?:fengwen\/)?\d{4}\/\d{2}$/);
const codes = z.array(z.enum(Object.keys(CHECKS) as [CheckCode, ...CheckCode[]]));

/** `audit`: what each shard has, and in a file what only shows when all are compared. */
export const auditWork: PartitionedWork<AuditTask, Shard, ShardResult> = {
  name: 'audit',
  parameters: z.strictObject({
    codes,
    since: z.string().nullable(),
    isPartial: z.boolean(),
    notesHashes: z.boolean(),
  }),
  piece: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('month'), month, stems: z.array(z.string()).nullable() }),
    z.strictObject({ kind: z.literal('assets'), folder: z.string().regex(/^[0-9a-f]{2}$/) }),
    z.strictObject({ kind: z.literal('captures'), key: z.string().refine((key) => parseKey(key)?.kind === 'segment') }),
    z.strictObject({ kind: z.literal('quarantine') }),
  ]),
  partitionOf: partitionOfShard,
  most: 64,
  open: async (parameters, place) => {
    const { openShards } = await import('../audit/worker.ts');
    const file = join(place.temporary, 'index.sqlite');
    return { ...openShards({ ...parameters, root: place.folderFor('audit'), index: file }), file };
  },
};

const site = z.strictObject({
  www: z.string(),
  community: z.string(),
  images: z.array(z.string()),
  lists: z.array(z.string()).optional(),
}) as z.ZodType<Site>;
const document = z.strictObject({
  categories: z.tuple([z.string(), z.string()]),
  onDemand: z.string(),
  author: z.string(),
  date: z.enum(['site-clock', 'utc']),
});
const article = z.string().refine((key) => parseKey(recordKey(key))?.kind === 'record');
const place = z.looseObject({ file: z.string(), offset: z.int(), length: z.int() });

/** `extract --all`: what today's rules make of each article. */
export const extractWork: PartitionedWork<Omit<ThreadTask, 'archive'>, Piece, Answer> = {
  name: 'extract',
  parameters: z.strictObject({ site, document, tool: z.string() }),
  piece: z.discriminatedUnion('what', [
    z.strictObject({ what: z.enum(['renew', 'reproduce']), key: article }),
    z.strictObject({
      what: z.literal('recover'),
      missed: z.strictObject({
        target: z.looseObject({ id: z.string(), url: z.string() }),
        key: article.nullable(),
        visits: z.array(z.array(place).min(1)),
      }),
    }),
  ]) as unknown as z.ZodType<Piece>,
  partitionOf: (piece) => (piece.what === 'recover' ? CAPTURES : folderOf(piece.key)),
  most: 200,
  open: async (parameters, { storage }) => {
    const { makeAgain, sourcesOf } = await import('../reextract/threads.ts');
    const sources = sourcesOf(storage, parameters);
    return { do: (piece) => makeAgain(piece, sources), close: () => {} };
  },
};

/** `reindex`: what the catalog keeps of each article, and its texts as words. */
export const reindexWork: PartitionedWork<object, Batch, readonly ReadArticle[]> = {
  name: 'reindex',
  parameters: z.strictObject({}),
  piece: z.strictObject({ month, keys: z.array(article) }),
  partitionOf: (batch) => batch.month,
  most: 1,
  open: async (_parameters, { storage }) => {
    const { readBatch } = await import('../catalog/refresh.ts');
    return { do: (batch) => readBatch(batch, { storage, words: true }), close: () => {} };
  },
};

/** `export` of tables: the row of each article. */
export const exportWork: PartitionedWork<SelectedDays, string, RowResult> = {
  name: 'export',
  parameters: z.strictObject({
    since: z.string().nullable(),
    until: z.string().nullable(),
    sources: z.array(z.string()),
  }),
  piece: article,
  partitionOf: folderOf,
  most: 500,
  open: async (selection, { storage }) => {
    const [{ rowAt }, { openArchive }] = await Promise.all([
      import('../export/tabular.ts'),
      import('../archive/archive.ts'),
    ]);
    const sources = { storage, archive: openArchive(storage, { minFreeBytes: 0 }) };
    return { do: (key) => rowAt(key, sources, selection), close: () => {} };
  },
};

/** `seal`: the hashes of files. Log and key stay with the command. */
export const sealWork: PartitionedWork<object, HashedFile, FileHash | null> = {
  name: 'seal',
  parameters: z.strictObject({}),
  piece: z.strictObject({ key: z.string().refine((key) => parseKey(key) !== null), isText: z.boolean() }),
  partitionOf: ({ key }) => partitionOfFile(key),
  most: 1000,
  open: async (_parameters, { storage }) => {
    const { hashOf } = await import('../evidence/seal.ts');
    return { do: (file) => hashOf(file, storage), close: () => {} };
  },
};

/** The month of an article, as the archive has it: `2022/01`. */
function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}

// By name, in the thread of a hand: what each takes and gives is checked by its own schema.

type AnyWork = PartitionedWork<unknown, unknown, unknown>;

const WORKS = [auditWork, extractWork, reindexWork, exportWork, sealWork] as unknown as readonly AnyWork[];

/** @throws TypeError for a name that none has */
export function workNamed(name: string): AnyWork {
  const work = WORKS.find((each) => each.name === name);
  if (work === undefined) throw new TypeError(`no work: ${name}`);
  return work;
}
