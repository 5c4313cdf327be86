/**
 * A folder that an export fills, batch after batch. A list in it says what each batch was made of, so that the same export
 * again leaves whole what is still right: after a kill, and in a month for what is new.
 */
import { z } from 'zod';
import { hashFile } from '../archive/manifest.ts';
import type { Storage } from '../archive/storage.ts';
import type { Batch } from './batches.ts';

/** A file of the folder, as the list has it: the form of the resources of a data package, and of a multi-WACZ. */
const resource = z.object({
  name: z.string(),
  path: z.string(),
  hash: z.string(),
  bytes: z.int(),
  /** Name of the batch that it holds, or a part of. */
  batch: z.string(),
  /** Of what the batch was made of, and by which program and key; empty where something was missing. */
  fingerprint: z.string(),
});
const list = z.object({ resources: z.array(resource) });

export type Resource = z.infer<typeof resource>;

interface ExportFolder {
  /** What the folder holds of a batch, if that is what would be written; null where it is to be written. */
  present(batch: Batch): Promise<readonly Resource[] | null>;
  /** Notes the files of a batch that are written; one that is not whole is written anew each time. */
  written(
    batch: Batch,
    made: { readonly files: readonly Omit<Resource, 'batch' | 'fingerprint'>[]; readonly isWhole: boolean },
  ): Promise<void>;
  /** Ends the list: what is not of this export leaves it. @returns the paths of those, which stay in the folder */
  end(): Promise<readonly string[]>;
}

/**
 * @param options `name` of the list; `head` are its fields before the resources; `maker` is what the bytes depend on beside
 *   the batch
 */
export async function openExportFolder(
  storage: Storage,
  { name, head, maker }: { readonly name: string; readonly head: object; readonly maker: string },
): Promise<ExportFolder> {
  const before = await readList(storage, name);
  const now: Resource[] = [];
  const fingerprintOf = (batch: Batch) => `${maker} ${batch.fingerprint}`;
  const write = (resources: readonly Resource[]) =>
    storage.write(name, `${JSON.stringify({ ...head, resources }, null, 2)}\n`);
  return {
    present: async (batch) => {
      const files = before.filter((each) => each.batch === batch.name && each.fingerprint === fingerprintOf(batch));
      if (files.length === 0) return null;
      for (const file of files) if (!(await isWhole(storage, file))) return null;
      now.push(...files);
      return files;
    },
    written: async (batch, { files, isWhole: mayStay }) => {
      const fingerprint = mayStay ? fingerprintOf(batch) : '';
      now.push(...files.map((file) => ({ ...file, batch: batch.name, fingerprint })));
      const paths = new Set(now.map(({ path }) => path));
      await write([...now, ...before.filter(({ path }) => !paths.has(path))]);
    },
    end: async () => {
      await write(now);
      const paths = new Set(now.map(({ path }) => path));
      return before.map(({ path }) => path).filter((path) => !paths.has(path));
    },
  };
}

/** Empty where there is none that can be read: then everything is written anew. */
async function readList(storage: Storage, name: string): Promise<readonly Resource[]> {
  const bytes = await storage.read(name);
  try {
    return bytes === null ? [] : (list.safeParse(JSON.parse(bytes.toString())).data?.resources ?? []);
  } catch {
    return []; // not a list of ours
  }
}

async function isWhole(storage: Storage, { path, hash, bytes }: Resource): Promise<boolean> {
  const entry = await storage.stat(path);
  if (entry?.kind !== 'a file' || entry.bytes !== bytes) return false;
  return `sha256:${(await hashFile(storage, path)).sha256}` === hash;
}
