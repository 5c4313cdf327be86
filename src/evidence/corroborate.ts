/**
 * Compares two archives by what their logs say of their documents, and by nothing else: neither needs to show the other a
 * text. What both have seen alike at different times and by different ways is hard to have been made up.
 */
import { sealNumber } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import type { SealFinding } from './findings.ts';
import { newestCheckpoint, statementOf } from './log.ts';
import { verifyLog } from './verify-log.ts';

/** What an archive has seen of an article: each content with the time of the seal that first has it, oldest first. */
export type Sightings = readonly { readonly hash: string; readonly sealedAt: string }[];

export interface Difference {
  readonly id: string;
  /**
   * `different`: each archive ends with a content that the other never saw. `here-only`, `there-only`: one has seen another
   * content after the one that the other ends with.
   */
  readonly kind: 'different' | 'here-only' | 'there-only';
  /** Time of the seal that first has what the other archive lacks. */
  readonly since: string;
  /** The newest content of both. */
  readonly here: string;
  readonly there: string;
}

export interface Corroboration {
  readonly alike: number;
  readonly differences: readonly Difference[];
  /** Ids that one archive alone has. */
  readonly onlyHere: readonly string[];
  readonly onlyThere: readonly string[];
}

/**
 * Reads what a log says of the documents, after the log itself was found right.
 * @throws NOT_SEALED; SEAL_DAMAGED naming the first thing that is wrong with the log
 */
export async function sightingsOf(storage: Storage): Promise<ReadonlyMap<string, Sightings>> {
  const newest = await newestCheckpoint(storage);
  if (newest === null) throw new ArchiveError('NOT_SEALED', `${storage.name}: nothing was sealed yet`);
  const findings: SealFinding[] = [];
  const { statements } = await verifyLog(
    storage,
    newest,
    (code, path, detail) => void findings.push({ code, path, detail }),
    {
      trusted: null,
      seen: { log: () => null, here: null },
      witnesses: [],
    },
  );
  const [wrong] = findings;
  if (wrong !== undefined)
    throw new ArchiveError('SEAL_DAMAGED', `${storage.name}/${wrong.path}: ${wrong.code}: ${wrong.detail}`);
  const found = new Map<string, { readonly hash: string; readonly sealedAt: string }[]>();
  for (const [path, sha256] of statements) {
    const statement = await statementOf(storage, sealNumber(path), sha256);
    for (const [id, hash] of statement?.contents ?? []) {
      const known = found.get(id);
      const sighting = { hash, sealedAt: statement?.at ?? '' };
      if (known === undefined) found.set(id, [sighting]);
      else if (!known.some((each) => each.hash === hash)) known.push(sighting);
    }
  }
  return found;
}

export function compareSightings(
  here: ReadonlyMap<string, Sightings>,
  there: ReadonlyMap<string, Sightings>,
): Corroboration {
  const differences: Difference[] = [];
  let alike = 0;
  for (const [id, own] of here) {
    const other = there.get(id);
    if (other === undefined) continue;
    const difference = differenceOf(id, own, other);
    if (difference === null) alike += 1;
    else differences.push(difference);
  }
  const missing = (from: ReadonlyMap<string, Sightings>, to: ReadonlyMap<string, Sightings>) =>
    [...from.keys()].filter((id) => !to.has(id));
  return { alike, differences, onlyHere: missing(here, there), onlyThere: missing(there, here) };
}

function differenceOf(id: string, own: Sightings, other: Sightings): Difference | null {
  const [here = '', there = ''] = [own.at(-1)?.hash, other.at(-1)?.hash];
  if (here === there) return null;
  const lacks = (sightings: Sightings, hash: string) => !sightings.some((each) => each.hash === hash);
  const kind = lacks(other, here) ? (lacks(own, there) ? 'different' : 'here-only') : 'there-only';
  const foreign = [
    ...own.filter(({ hash }) => lacks(other, hash)),
    ...other.filter(({ hash }) => lacks(own, hash)),
  ].map(({ sealedAt }) => sealedAt);
  return { id, kind, since: foreign.sort()[0] ?? own.at(-1)?.sealedAt ?? '', here, there };
}
