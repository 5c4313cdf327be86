/** The works that hands share, by their names. Each does in a hand what the threads of one machine do for the same command. */
import { join } from 'node:path';
import { z } from 'zod';
import { parseKey } from '../archive/keys.ts';
import type { AuditTask } from '../audit/audit.ts';
import { CHECKS, type CheckCode } from '../audit/promises.ts';
import { partitionOfShard, type Shard } from '../audit/shards.ts';
import type { ShardResult } from '../audit/worker.ts';
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

// By name, in the thread of a hand: what each takes and gives is checked by its own schema.

type AnyWork = PartitionedWork<unknown, unknown, unknown>;

const WORKS = [auditWork] as unknown as readonly AnyWork[];

/** @throws TypeError for a name that none has */
export function workNamed(name: string): AnyWork {
  const work = WORKS.find((each) => each.name === name);
  if (work === undefined) throw new TypeError(`no work: ${name}`);
  return work;
}
