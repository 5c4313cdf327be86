/** `changes`: what the site edited and withdrew after it was archived. Reads the records alone. */

import { openArchive } from '../archive/archive.ts';
import { type ArticleChange, changesOf, describeChanges } from '../archive/changes.ts';
import { openStorage } from '../archive/open-storage.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode, renderError } from '../errors.ts';
import type { Terminal } from '../report/terminal.ts';
import { joined, line, type Style, type Styled, style } from '../report/text.ts';
import { startOf } from '../site/clock.ts';
import { requireDay } from './coverage.ts';

interface ChangesOptions {
  /** A day, `2026-11-24`, so many days back, `7d`, or an instant in ISO 8601: only what was found then or later. */
  readonly since?: string | undefined;
}

/** Prints in the order of time. @throws USAGE if `since` is no time */
export async function changes(
  { since }: ChangesOptions,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const from = since === undefined ? '' : instantOf(since);
  const found: ArticleChange[] = [];
  let damaged = 0;
  for await (const stored of openArchive(await openStorage(config), config.limits).records()) {
    if (stored instanceof ArchiveError) {
      damaged += 1;
      terminal.log({ level: 'error', stage: 'store', message: renderError(stored) });
    } else found.push(...changesOf(stored.record).filter(({ at }) => at >= from));
  }
  found.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  for (const change of found) terminal.result(describe(change), { type: 'change', ...change });
  const count = (what: ArticleChange['what']) => found.filter((change) => change.what === what).length;
  const counts = { edited: count('edited'), withdrawn: count('withdrawn'), returned: count('returned') };
  const text =
    found.length === 0
      ? 'nothing was edited or withdrawn, as far as the site was visited again'
      : `${counted(counts.edited, 'edit')}, ${counts.withdrawn} withdrawn, ${counts.returned} returned`;
  terminal.summary('changes', { ...counts, unreadable: damaged }, text);
  return damaged === 0 ? EXIT.ok : EXIT.incomplete;
}

const STYLES: Readonly<Record<ArticleChange['what'], Style>> = {
  edited: 'green',
  withdrawn: 'yellow',
  returned: 'green',
};

function describe(change: ArticleChange): Styled {
  const { at, what, id, title } = change;
  const head = line`${wallClock(at)}  ${style(STYLES[what], what.padEnd(9))}`;
  return joined([head, id, ...detailOf(change), title], '  ');
}

function detailOf(change: ArticleChange): string[] {
  if (change.what === 'returned') return [];
  if (change.what === 'withdrawn') return [change.evidence.join('; ')];
  const { version, kinds, changes: sizes } = change;
  const figures = sizes === null ? 'the version before cannot be read' : describeChanges(sizes);
  return [`version ${version}`, ...(kinds.length === 0 ? [] : [kinds.join(', ')]), figures];
}

const DAY_MS = 86_400_000;

/** A day is Beijing's, as all days of the site are; `7d` are the seven before this moment. */
function instantOf(text: string): string {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(Date.now() - Number(days) * DAY_MS).toISOString();
  if (!text.includes('T')) return new Date(startOf(requireDay(text, '--since'))).toISOString();
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = isInstant ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new ArchiveError(
    'USAGE',
    `--since: ${text} is no day such as 2026-11-24, not so many days back as 7d, and no instant with its zone such as 2026-11-24T08:00+08:00`,
  );
}
