/**
 * A folder with a file for each article and the pictures that they show. Its list says what was written and of what, so that
 * the same export again touches only what has changed, removes of its own what is outdated, and leaves what others wrote.
 */
import { z } from 'zod';
import { idOf, recordKey } from '../archive/keys.ts';
import { writeLines } from '../archive/manifest.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import type { StoredAsset } from '../model.ts';
import type { Site } from '../site/address.ts';
import { articleAt, type SelectedArticle, type SelectedRecord, type Sources, selectedRecords } from './articles.ts';
import type { Exported, ExportOptions } from './exported.ts';
import { pictureBytes } from './picture-records.ts';
import { mediaTypeOf, openReadable, type Readable, storedPictures } from './readable.ts';
import type { Selection } from './selection.ts';
import type { Target } from './target.ts';

/** How a format names and writes its files. */
export interface FolderForm {
  /** Name of the list: it begins with a dot, so that no program takes it for an article. */
  readonly list: string;
  /** Changes whenever the same article gives another text. */
  readonly version: number;
  /** Of an article's file. */
  readonly pathOf: (record: SelectedRecord) => string;
  readonly picturePath: (asset: StoredAsset) => string;
  /** What a text calls a picture, or another article, by their paths. */
  readonly hrefOf: (path: string) => string;
  readonly textOf: (article: SelectedArticle, readable: Readable) => string;
}

/** What is known of an article's file. */
const line = z.object({
  key: z.string(),
  path: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  /** Of what it was made of. */
  fingerprint: z.string(),
  /** Ids of the articles that it links, with the paths of those that the folder has. */
  links: z.record(z.string(), z.string().nullable()),
  pictures: z.array(z.string()),
});

type Line = z.infer<typeof line>;

interface Planned {
  readonly key: string;
  readonly path: string;
  readonly fingerprint: string;
}

/** So many files are named in the list before they are written, at once: a list that was cut off names more than there is. */
const BATCH = 50;

/** @throws INTERRUPTED, and what the disks refuse with: what was written until then stands, and the next export goes on */
export async function exportFolder(
  { folder }: Target,
  selection: Selection,
  {
    sources,
    options,
    site,
    form,
  }: {
    readonly sources: Sources;
    readonly options: ExportOptions;
    readonly site: Site;
    readonly form: FolderForm;
  },
): Promise<Exported> {
  const { lines: before, own } = await readList(folder, form.list);
  const planned = await plan(selection, sources, { options, form });
  const paths = new Map([...before.values(), ...planned].map(({ key, path }) => [idOf(key) as string, path]));
  const makeReadable = await openReadable(site);
  const pictures = pictureCopier(folder, { sources, options, form });
  const now = new Map(before);
  const outdated = new Set<string>();
  let held: { readonly line: Line; readonly text: string }[] = [];
  let wrote = 0;

  for (const [i, article] of planned.entries()) {
    if (options.signal.aborted) throw new ArchiveError('INTERRUPTED', article.key);
    const old = before.get(article.key);
    if (old === undefined || !(await isRight(old, article))) {
      const made = await make(article);
      if (made !== null && (await mayWrite(made.line))) {
        if (old !== undefined && old.path !== article.path) outdated.add(old.path);
        now.set(article.key, made.line);
        held.push(made);
        if (held.length >= BATCH) await flush();
      }
    }
    options.onProgress(i + 1, planned.length);
  }
  await flush();
  await removeOutdated();
  await writeLines(folder, form.list, textLines(now.values()));
  const written = planned.flatMap(({ key }) => now.get(key) ?? []);
  const shown = new Set(written.flatMap((each) => each.pictures));
  return {
    articles: written.length,
    files: written.length + shown.size,
    bytes: written.reduce((sum, { bytes }) => sum + bytes, 0),
    wrote: wrote + pictures.copied(),
    others: [],
  };

  /** True where the folder has what would be written. */
  async function isRight(old: Line, { path, fingerprint }: Planned): Promise<boolean> {
    if (old.path !== path || old.fingerprint !== fingerprint) return false;
    for (const [id, linked] of Object.entries(old.links)) if ((paths.get(id) ?? null) !== linked) return false;
    for (const picture of old.pictures) if (!(await pictures.isThere(picture))) return false;
    const entry = await folder.stat(path);
    return entry?.kind === 'a file' && entry.bytes === old.bytes;
  }

  async function make({
    key,
    path,
    fingerprint,
  }: Planned): Promise<{ readonly line: Line; readonly text: string } | null> {
    const article = await articleAt(key, sources, options);
    if (article === null) return null;
    const there = await pictures.copy(article);
    const readable = makeReadable(article, {
      pictureHref: (asset) => (there.has(asset.sha256) ? form.hrefOf(form.picturePath(asset)) : null),
      articleHref: (id) => {
        const linked = paths.get(id);
        return linked === undefined ? null : form.hrefOf(linked);
      },
    });
    const text = form.textOf(article, readable);
    const links = Object.fromEntries(readable.links.map((id) => [id, paths.get(id) ?? null]));
    const made = { key, path, bytes: Buffer.byteLength(text), sha256: sha256(text), fingerprint, links };
    return { line: { ...made, pictures: [...there.values()] }, text };
  }

  /** False where somebody else's work is at the place: a file that was changed, or that no export wrote. */
  async function mayWrite({ key, path, sha256: digest }: Line): Promise<boolean> {
    const there = await folder.read(path);
    const found = there === null ? null : sha256(there);
    if (found === null || found === digest || own.get(path)?.has(found) === true) return true;
    options.onLeftOut({
      kind: 'edited',
      key,
      url: null,
      detail: `${path}: changed by somebody else, and left as it is`,
    });
    return false;
  }

  async function flush(): Promise<void> {
    if (held.length === 0) return;
    await folder.append(form.list, held.map(({ line: each }) => `${JSON.stringify(each)}\n`).join(''));
    for (const { line: each, text } of held) {
      const there = await folder.read(each.path);
      if (there !== null && sha256(there) === each.sha256) continue;
      await folder.write(each.path, text);
      wrote += 1;
    }
    held = [];
  }

  /** Files of articles that have another path now, or left the archive; and pictures that no file shows any more. */
  async function removeOutdated(): Promise<void> {
    const selected = new Set(planned.map(({ key }) => key));
    for (const { key, path } of before.values()) {
      if (selected.has(key) || (await sources.storage.stat(recordKey(key))) !== null) continue;
      outdated.add(path);
      now.delete(key);
    }
    const kept = new Set([...now.values()].flatMap((each) => [each.path, ...each.pictures]));
    for (const path of outdated) {
      const there = kept.has(path) ? null : await folder.read(path);
      if (there === null) continue;
      if (own.get(path)?.has(sha256(there)) === true) await folder.remove(path);
      else
        options.onLeftOut({
          kind: 'edited',
          key: null,
          url: null,
          detail: `${path}: outdated, but changed by somebody else`,
        });
    }
    for (const { pictures: shown } of before.values())
      for (const path of shown) if (!kept.has(path)) await folder.remove(path);
  }
}

async function plan(
  selection: Selection,
  sources: Sources,
  { options, form }: { readonly options: ExportOptions; readonly form: FolderForm },
): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  for await (const record of selectedRecords(sources, selection, { ...options, onProgress: () => {} }))
    planned.push({
      key: record.key,
      path: form.pathOf(record),
      fingerprint: sha256(`${options.software} ${form.version} ${record.fingerprint}`),
    });
  return planned;
}

/** The newest line of each article, and all hashes that exports gave to each path. What is no line of ours is passed over. */
async function readList(
  folder: Storage,
  name: string,
): Promise<{ readonly lines: Map<string, Line>; readonly own: ReadonlyMap<string, ReadonlySet<string>> }> {
  const lines = new Map<string, Line>();
  const own = new Map<string, Set<string>>();
  const bytes = await folder.read(name);
  for (const text of bytes?.toString().split('\n') ?? []) {
    const read = line.safeParse(parsed(text)).data;
    if (read === undefined) continue;
    lines.set(read.key, read);
    own.set(read.path, (own.get(read.path) ?? new Set()).add(read.sha256));
  }
  return { lines, own };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a line that was cut off, or the end
  }
}

/** In one order, however the lines came about. */
async function* textLines(lines: Iterable<Line>): AsyncGenerator<string> {
  for (const each of [...lines].sort((a, b) => (a.path < b.path ? -1 : 1))) yield `${JSON.stringify(each)}\n`;
}

/** Copies each picture once: it is named by its bytes. */
function pictureCopier(
  folder: Storage,
  { sources, options, form }: { readonly sources: Sources; readonly options: ExportOptions; readonly form: FolderForm },
) {
  const there = new Set<string>();
  let copied = 0;
  const isThere = async (path: string) => {
    if (there.has(path)) return true;
    const entry = await folder.stat(path);
    if (entry?.kind === 'a file' && entry.bytes > 0) there.add(path);
    return there.has(path);
  };
  return {
    isThere,
    copied: () => copied,
    /** @returns by hash, the paths of those that the folder has */
    copy: async (article: SelectedArticle): Promise<ReadonlyMap<string, string>> => {
      const paths = new Map<string, string>();
      for (const asset of storedPictures(article)) {
        if (mediaTypeOf(asset.type) === null) continue;
        const path = form.picturePath(asset);
        if (!(await isThere(path))) {
          const bytes = await pictureBytes(sources.storage, asset);
          if (bytes === null) {
            const detail = `${asset.src}: its bytes are not in the archive`;
            options.onLeftOut({ kind: 'picture-damaged', key: article.key, url: article.record.url, detail });
            continue;
          }
          await folder.write(path, bytes);
          there.add(path);
          copied += 1;
        }
        paths.set(asset.sha256, path);
      }
      return paths;
    },
  };
}
