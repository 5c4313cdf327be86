/** Pages that were fetched and judged no article: kept with everything they came with, for whoever doubts the judge. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Page, Verdict } from '../model.ts';
import { parseKey, QUARANTINE, quarantineDescription, quarantinePage } from './keys.ts';
import { sha256 } from './record.ts';
import type { Storage } from './storage.ts';
import { openTrash, type Trash } from './trash.ts';

export interface Quarantine {
  /** Keeps a page; the same bytes under the same URL and verdict are kept once. The oldest go where the limits are reached. */
  keep(verdict: Verdict, page: Page): Promise<void>;
  /** Everything in quarantine, oldest first; where a description cannot be read, ARCHIVE_DAMAGED in its place. */
  list(): Promise<readonly (QuarantineItem | ArchiveError)[]>;
  /** The page's bytes after content decoding. Throws ARCHIVE_DAMAGED where they are not the item's. */
  body(item: QuarantineItem): Promise<Buffer>;
  remove(name: string): Promise<void>;
}

/** What stands in `quarantine/NAME.json`; the bytes are in `NAME.gz`. */
export interface QuarantineItem {
  /** When it was fetched and the last part of its address: `20261123T111832123Z_2026_10_14_904308.shtml`. */
  readonly name: string;
  readonly url: string;
  readonly finalUrl: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetchedAt: string;
  readonly fetchedBy: string;
  readonly verdict: { readonly kind: Verdict['kind']; readonly evidence: readonly string[] };
  /** Of the body after content decoding. */
  readonly sha256: string;
  readonly bytes: number;
  /** What the body takes on the disk. */
  readonly storedBytes: number;
}

/** @param options `trash` and `log` are the run's, where it has them: a damaged item is told, and moved away, by the next page that is kept */
export function openQuarantine(
  storage: Storage,
  limits: { readonly quarantineItems: number; readonly quarantineBytes: number },
  {
    trash = openTrash(storage, { now: new Date() }),
    log = () => {},
  }: { readonly trash?: Trash; readonly log?: Log } = {},
): Quarantine {
  let turn: Promise<unknown> = Promise.resolve(); // one at a time, so that the limits hold
  const known = new Map<string, QuarantineItem>(); // by key: each description is read once

  return {
    keep: (verdict, page) => {
      const kept = turn.then(() => keep(verdict, page));
      turn = kept.catch(() => {}); // the caller gets the error; the next one starts afresh
      return kept;
    },
    list: listed,
    body: async ({ name, sha256: expected }) => {
      const packed = await storage.read(quarantinePage(name));
      const body = packed === null ? null : await promisify(gunzip)(packed).catch(() => null);
      if (body === null || sha256(body) !== expected)
        throw new ArchiveError('ARCHIVE_DAMAGED', `${storage.name}/${quarantinePage(name)}: not the bytes that came`);
      return body;
    },
    remove,
  };

  async function keep(verdict: Verdict, page: Page): Promise<void> {
    const { url, finalUrl, status, fetchedAt, fetchedBy, body } = page;
    const packed = await promisify(gzip)(body);
    if (limits.quarantineItems === 0 || packed.length > limits.quarantineBytes) return;
    const { 'set-cookie': _cookies, ...headers } = page.headers;
    const { kind, evidence } = verdict;
    const item: QuarantineItem = {
      name: await freeName(nameOf(page)),
      url,
      finalUrl,
      status,
      headers,
      fetchedAt,
      fetchedBy,
      verdict: { kind, evidence },
      sha256: sha256(body),
      bytes: body.length,
      storedBytes: packed.length,
    };
    const items = await whole();
    const isKnown = items.some((other) => isSame(other, item));
    for (const { name } of tooMany(isKnown ? items : [...items, item], limits)) await remove(name);
    if (isKnown) return;
    await storage.write(quarantinePage(item.name), packed);
    await storage.write(quarantineDescription(item.name), `${JSON.stringify(item, null, 2)}\n`); // last: now it is there
  }

  async function remove(name: string): Promise<void> {
    await storage.remove(quarantineDescription(name)); // first: what is left without it is swept
    await storage.remove(quarantinePage(name));
  }

  /** Two pages of one moment and one name are two items. */
  async function freeName(wanted: string): Promise<string> {
    const isTaken = async (name: string) =>
      (await storage.stat(quarantinePage(name))) !== null || (await storage.stat(quarantineDescription(name))) !== null;
    let name = wanted;
    for (let n = 2; await isTaken(name); n++) name = `${wanted}_${n}`;
    return name;
  }

  async function listed(): Promise<readonly (QuarantineItem | ArchiveError)[]> {
    return [...(await entries()).values()];
  }

  async function entries(): Promise<ReadonlyMap<string, QuarantineItem | ArchiveError>> {
    const found = new Map<string, QuarantineItem | ArchiveError>();
    for (const file of (await storage.names(QUARANTINE)).files) {
      const key = `${QUARANTINE}/${file}`;
      if (parseKey(key)?.kind !== 'description') continue;
      const item = known.get(key) ?? (await readItem(key));
      if (item === null) continue;
      if (!(item instanceof ArchiveError)) known.set(key, item);
      found.set(key, item);
    }
    return found;
  }

  async function readItem(key: string): Promise<QuarantineItem | ArchiveError | null> {
    const bytes = await storage.read(key);
    if (bytes === null) return null;
    try {
      const item = schema.parse(JSON.parse(bytes.toString()));
      if (key === quarantineDescription(item.name)) return item;
      return new ArchiveError('ARCHIVE_DAMAGED', `${storage.name}/${key}: describes ${item.name}`);
    } catch (error) {
      return new ArchiveError('ARCHIVE_DAMAGED', `${storage.name}/${key}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** The items that can be read; the others make way, with their pages. */
  async function whole(): Promise<QuarantineItem[]> {
    const items: QuarantineItem[] = [];
    for (const [key, item] of await entries()) {
      if (!(item instanceof ArchiveError)) items.push(item);
      else {
        const parsed = parseKey(key);
        const why = `quarantine: ${item.detail}`;
        await trash.move(key, why);
        if (parsed?.kind === 'description') await trash.move(quarantinePage(parsed.name), why);
        log({ level: 'warn', stage: 'run', message: `${item.detail}; it is in trash/ now` });
      }
    }
    return items;
  }
}

const schema = z.strictObject({
  name: z.string(),
  url: z.string(),
  finalUrl: z.string(),
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  fetchedAt: z.string(),
  fetchedBy: z.string(),
  verdict: z.strictObject({
    kind: z.enum(['article', 'gone', 'moved', 'link-out', 'blocked', 'server-error', 'truncated', 'not-an-article']),
    evidence: z.array(z.string()),
  }),
  sha256: z.string(),
  bytes: z.number(),
  storedBytes: z.number(),
});

function nameOf({ url, fetchedAt }: Page): string {
  const { pathname, search } = new URL(url);
  const last = `${pathname.split('/').at(-1)}${search}`.replace(/[^\w.-]+/g, '-').slice(0, 80);
  return `${fetchedAt.replace(/[-:.]/g, '')}_${last}`;
}

function isSame(a: QuarantineItem, b: QuarantineItem): boolean {
  return a.url === b.url && a.verdict.kind === b.verdict.kind && a.sha256 === b.sha256;
}

/** The oldest of what is over the limits; given and returned oldest first. */
function tooMany(
  items: readonly QuarantineItem[],
  limits: { readonly quarantineItems: number; readonly quarantineBytes: number },
): readonly QuarantineItem[] {
  let bytes = 0;
  const first = items.findLastIndex((item, i) => {
    bytes += item.storedBytes;
    return items.length - i > limits.quarantineItems || bytes > limits.quarantineBytes;
  });
  return items.slice(0, first + 1);
}
