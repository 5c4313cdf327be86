/**
 * The files of a site, in groups: an article's pages, a list, a part of the index. A list in the folder says what was written
 * and of what, so that the same export again writes only what differs, takes away of its own what is outdated, and leaves
 * what others wrote. A group is named in the list before its files are written: one that was cut off names more than there is.
 */
import { z } from 'zod';
import { writeLines } from '../archive/manifest.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';

const SITE_LIST = '.guancha-archive-site.jsonl';

const line = z.object({
  group: z.string(),
  /** Of what the group was made of. */
  fingerprint: z.string(),
  /** Ids of articles that were looked for, and whether the site has them. */
  links: z.record(z.string(), z.boolean()),
  /** Path, bytes, and the beginning of the SHA-256 of each. */
  files: z.array(z.tuple([z.string(), z.int(), z.string()])),
  /** Files that other groups may share, each named by its bytes. */
  shared: z.array(z.string()),
});

type Line = z.infer<typeof line>;

export interface SiteGroup {
  readonly group: string;
  readonly fingerprint: string;
  readonly links?: Readonly<Record<string, boolean>>;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly shared?: readonly string[];
}

export interface SiteFiles {
  /** True where the group is in the folder as it would be written; it then stays. @param hasArticle whether a link leads somewhere */
  stays(group: string, fingerprint: string, hasArticle: (id: string) => boolean): Promise<boolean>;
  /** The same for all groups whose names begin so, and one that was written after them. */
  allStay(beginning: string, last: string, fingerprint: string): Promise<boolean>;
  put(group: SiteGroup): Promise<void>;
  /** Files that groups share: true where it is there. */
  has(path: string): Promise<boolean>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Takes away what no group of this run has. @returns what there is now */
  end(): Promise<{ readonly files: number; readonly bytes: number; readonly wrote: number }>;
}

/** So many groups, or bytes, are named and then written at once. */
const MOST_GROUPS = 50;
const MOST_BYTES = 8 << 20;

/**
 * @param onEdited is told the path of each file that is not as it was written: it stays
 * @throws USAGE where other things lie in the folder
 */
export async function openSiteFiles(folder: Storage, onEdited: (path: string) => void): Promise<SiteFiles> {
  const bytes = await folder.read(SITE_LIST);
  if (bytes === null) await refuseOthers(folder);
  const { before, own } = readList(bytes?.toString() ?? '');
  const now = new Map<string, Line>();
  const sharedThere = new Set<string>();
  let held: { readonly line: Line; readonly files: SiteGroup['files'] }[] = [];
  let heldBytes = 0;
  let wrote = 0;

  const site: SiteFiles = {
    stays: async (group, fingerprint, hasArticle) => {
      const old = before.get(group);
      if (old === undefined || old.fingerprint !== fingerprint) return false;
      if (Object.entries(old.links).some(([id, there]) => hasArticle(id) !== there)) return false;
      for (const path of old.shared) if (!(await site.has(path))) return false;
      for (const [path, size] of old.files) if (!(await isThere(path, size))) return false;
      now.set(group, old);
      return true;
    },
    allStay: async (beginning, last, fingerprint) => {
      if (before.get(last)?.fingerprint !== fingerprint) return false;
      const groups = [...before].filter(
        ([group, old]) => group.startsWith(beginning) && old.fingerprint === fingerprint,
      );
      for (const [group] of groups) if (!(await site.stays(group, fingerprint, () => false))) return false;
      return site.stays(last, fingerprint, () => false);
    },
    put: async ({ group, fingerprint, links = {}, files, shared = [] }) => {
      const described = files.map(({ path, text }): [string, number, string] => [
        path,
        Buffer.byteLength(text),
        digestOf(text),
      ]);
      const made: Line = { group, fingerprint, links: { ...links }, files: described, shared: [...shared] };
      now.set(group, made);
      held.push({ line: made, files });
      heldBytes += described.reduce((sum, [, size]) => sum + size, 0);
      if (held.length >= MOST_GROUPS || heldBytes >= MOST_BYTES) await flush();
    },
    has: async (path) => {
      if (!sharedThere.has(path) && (await sizeOf(path)) > 0) sharedThere.add(path);
      return sharedThere.has(path);
    },
    write: async (path, content) => {
      await folder.write(path, content);
      sharedThere.add(path);
      wrote += 1;
    },
    end: async () => {
      await flush();
      const kept = new Map<string, number>();
      for (const { files, shared } of now.values()) {
        for (const [path, size] of files) kept.set(path, size);
        for (const path of shared) if (!kept.has(path)) kept.set(path, await sizeOf(path));
      }
      for (const path of own.keys()) if (!kept.has(path)) await takeAway(path);
      for (const path of new Set([...before.values()].flatMap(({ shared }) => shared)))
        if (!kept.has(path)) await folder.remove(path);
      await writeLines(folder, SITE_LIST, linesOf(now));
      return { files: kept.size, bytes: [...kept.values()].reduce((sum, size) => sum + size, 0), wrote };
    },
  };
  return site;

  async function flush(): Promise<void> {
    if (held.length === 0) return;
    const lines = held.map((each) => `${JSON.stringify(each.line)}\n`).join('');
    await folder.append(SITE_LIST, lines);
    for (const { line: each, files } of held)
      for (const [i, { path, text }] of files.entries()) await writeOwn(path, text, each.files[i]?.[2] ?? '');
    held = [];
    heldBytes = 0;
  }

  async function writeOwn(path: string, text: string, digest: string): Promise<void> {
    const there = await folder.read(path);
    const found = there === null ? null : digestOf(there);
    if (found !== digest) {
      if (found !== null && own.get(path)?.includes(found) !== true) return onEdited(path);
      await folder.write(path, text);
      wrote += 1;
    }
    own.set(path, `${own.get(path) ?? ''} ${digest}`);
  }

  async function takeAway(path: string): Promise<void> {
    const there = await folder.read(path);
    if (there === null) return;
    if (own.get(path)?.includes(digestOf(there)) === true) await folder.remove(path);
    else onEdited(path);
  }

  async function isThere(path: string, size: number): Promise<boolean> {
    return (await sizeOf(path)) === size;
  }

  /** In bytes; -1 where there is no file. */
  async function sizeOf(path: string): Promise<number> {
    const entry = await folder.stat(path);
    return entry?.kind === 'a file' ? entry.bytes : -1;
  }
}

/** What systems put into any folder, at the root of a disk too. */
const OF_SYSTEMS: ReadonlySet<string> = new Set([
  'System Volume Information',
  'lost+found',
  'Thumbs.db',
  'desktop.ini',
]);

async function refuseOthers(folder: Storage): Promise<void> {
  const { files, folders } = await folder.names('');
  const others = [...files, ...folders].filter((name) => !name.startsWith('.') && !OF_SYSTEMS.has(name));
  if (others.length === 0) return;
  const what = `${folder.name}: ${others.slice(0, 3).join(', ')}${others.length > 3 ? ' …' : ''} lies there`;
  throw new ArchiveError('USAGE', `${what}; a site needs an empty folder, or one that an earlier export filled`);
}

/** The newest line of each group, and the hashes of all that exports wrote at each path. */
function readList(text: string): { readonly before: Map<string, Line>; readonly own: Map<string, string> } {
  const before = new Map<string, Line>();
  const own = new Map<string, string>();
  for (const each of text.split('\n')) {
    const read = line.safeParse(parsed(each)).data;
    if (read === undefined) continue;
    before.set(read.group, read);
    for (const [path, , digest] of read.files) own.set(path, `${own.get(path) ?? ''} ${digest}`);
  }
  return { before, own };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a line that was cut off, or the end
  }
}

function digestOf(content: string | Uint8Array): string {
  return sha256(content).slice(0, 24);
}

async function* linesOf(lines: ReadonlyMap<string, Line>): AsyncGenerator<string> {
  for (const each of [...lines.values()].sort((a, b) => (a.group < b.group ? -1 : 1)))
    yield `${JSON.stringify(each)}\n`;
}
