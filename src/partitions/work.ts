/**
 * What a work has to say of itself so that several hands can share it: how its pieces fall into partitions, and what a hand
 * does with one of them. Nothing in it knows of queues, and a partition that is done twice comes to the same.
 */
import { z } from 'zod';
import type { Storage } from '../archive/storage.ts';
import type { Work } from '../pool.ts';

export interface PartitionedWork<Parameters, Piece, Result> {
  /** What people call it, one word. */
  readonly name: string;
  /** Of the command alone: a hand adds nothing of its own configuration to it but where the archive lies. */
  readonly parameters: z.ZodType<Parameters>;
  readonly piece: z.ZodType<Piece>;
  /** Pieces that follow each other and have the same partition go together, `most` of them at most. */
  readonly partitionOf: (piece: Piece) => string;
  readonly most: number;
  /** In a thread of a hand. The results are values for JSON. */
  readonly open: (parameters: Parameters, place: HandPlace) => Promise<HandWork<Piece, Result>>;
}

/** What a hand gives a partition to work with. */
export interface HandPlace {
  readonly storage: Storage;
  /** Absolute path of the folder in which the files of the archive lie. @throws ARCHIVE_ELSEWHERE where they lie in none */
  readonly folderFor: (work: string) => string;
  /** Absolute path of an empty folder that goes when the partition has ended. */
  readonly temporary: string;
}

export interface HandWork<Piece, Result> extends Work<Piece, Result> {
  /** Absolute path of an SQLite file below `temporary` that goes back with the results, once it is closed; none where absent. */
  readonly file?: string;
}

/** Lies in the archive while a run shares its work: a hand that does not find it works on another archive. */
export const order = z.strictObject({ program: z.string(), work: z.string(), parameters: z.unknown() });

/** A file of results in the archive. */
const stored = z.strictObject({ key: z.string(), sha256: z.string(), bytes: z.int() });
export type Stored = z.infer<typeof stored>;

/** What a hand sends back: the results as JSON, one line a piece, at once where they are few, else as a file. */
export const answer = z.strictObject({
  results: z.union([z.strictObject({ lines: z.string() }), stored]),
  file: stored.nullable(),
});
export type Answer = z.infer<typeof answer>;

/** What a hand is given, as the queue has it. */
export const job = z.strictObject({
  run: z.string().regex(/^[0-9a-f]{20}$/),
  number: z.int().min(0),
  name: z.string(),
  pieces: z.array(z.unknown()),
});
