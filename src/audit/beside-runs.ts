/**
 * Beside a run an archive is never quite still: a document is there a moment before its record, a picture minutes before the
 * record that names it. What is found then is looked at again until whatever was under way has ended, and told if it lasts.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FRONTIER, isPost, parseKey, stemOf } from '../archive/keys.ts';
import { ArchiveError } from '../errors.ts';
import { clusterClock, openCluster } from '../frontier/postgres.ts';
import { openHands } from '../journal/hands.ts';
import { openToRead } from '../sqlite.ts';
import { CHECKS, type Finding } from './promises.ts';
import { changedAt } from './read-file.ts';

/** So often, and so far apart, is looked again: longer than any file and its record take to be written. */
const LOOKS = 8;
const BETWEEN_LOOKS_MS = 400;
/** So long before the audit an article in hand may have got its first picture. */
const IN_HAND_MS = 3_600_000;

/**
 * True while a run has not come to its end, and after one that was killed; of a cluster while hands work. Leaves no trace.
 * @param postgres as `auditFrontier` takes it
 */
export function isBusy(root: string, postgres: string | null): boolean {
  if (postgres !== null) return haveHands(postgres);
  try {
    if (changedAt(join(root, FRONTIER)) === null) return false;
    using database = openToRead(join(root, FRONTIER));
    const last = database.prepare('SELECT ended_at FROM runs ORDER BY rowid DESC LIMIT 1').get();
    return last !== undefined && last.ended_at === null;
  } catch (error) {
    if (!(error instanceof ArchiveError) || error.cause === undefined) throw error;
    return false; // older than the table of runs, or no database: its own check says so
  }
}

function haveHands(postgres: string): boolean {
  using database = openCluster(postgres, { readOnly: true });
  return openHands(database, { now: clusterClock(database), name: '' }).working().length > 0;
}

/**
 * What of the findings lasts.
 * @param options `startedAt` is when the audit began, ms since 1970; `look` audits some articles again, by their stems
 */
export async function lasting(
  findings: readonly Finding[],
  options: {
    readonly root: string;
    readonly startedAt: number;
    readonly signal: AbortSignal;
    readonly look: (stems: readonly string[], about: readonly Finding[]) => Promise<readonly Finding[]>;
  },
): Promise<readonly Finding[]> {
  const { root, startedAt, signal, look } = options;
  let left = findings;
  for (let times = 0; times < LOOKS && left.some((found) => verdictOf(found) === null); times++) {
    await sleep(BETWEEN_LOOKS_MS, undefined, { signal });
    const open = left.filter((found) => verdictOf(found) === null);
    const seen = new Set((await look([...new Set(open.flatMap(stemsOf))], open)).map(nameOf));
    left = left.filter((found) => verdictOf(found) ?? seen.has(nameOf(found)));
  }
  return left.filter((found) => verdictOf(found) !== false);

  /** What the file itself says: true if the finding stands, false if not, null if only another look can tell. */
  function verdictOf({ code, path }: Finding): boolean | null {
    const at = changedAt(join(root, path));
    if (CHECKS[code].group === 'seals') return true; // what was under way was waited for as it was looked at
    switch (code) {
      case 'picture-gone':
      case 'capture-missing':
        return at === null;
      case 'capture-damaged':
      case 'capture-form':
      case 'capture-altered':
      case 'capture-place':
      case 'capture-body-missing':
        return true; // of what is written once, and read to where it ended
      case 'asset-orphan':
      case 'capture-open':
      case 'temporary-file':
        return at !== null && at < startedAt - IN_HAND_MS;
      case 'stray-file':
      case 'special-file':
      case 'link-in-archive':
      case 'linked-file':
        return at !== null;
      default:
        return null;
    }
  }
}

/** What it is about, whatever was seen this time. */
export function nameOf({ code, path, article }: Finding): string {
  return `${code} ${article ?? ''} ${path}`;
}

/** The articles that it concerns, as a selection names them. */
function stemsOf({ article, path, also }: Finding): string[] {
  const keys = [path, also ?? ''].flatMap((each) => {
    const parsed = parseKey(each);
    return parsed !== null && 'article' in parsed ? [parsed.article] : [];
  });
  const stems = keys.map((key) => (isPost(key) ? `fengwen:${stemOf(key)}` : stemOf(key)));
  if (article === null) return stems;
  return [...stems, article.startsWith('fengwen:') ? article : `_${article.slice(article.indexOf(':') + 1)}`];
}
