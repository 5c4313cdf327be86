/** `letter`: what a month brought, as Markdown; and the notice of it that a schedule sends. */
import type { App } from '../app.ts';
import { openArchive } from '../archive/archive.ts';
import { openStorage } from '../archive/open-storage.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import { type Letter, type Month, monthAt, monthBefore, monthOf } from '../letter/letter.ts';
import { letterLines, letterMarkdown } from '../letter/markdown.ts';
import { readLetter } from '../letter/read-letter.ts';
import type { Notice } from '../notify/notice.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Terminal } from '../report/terminal.ts';

/**
 * @param name `2026-10`; the last month that is over where it is absent
 * @throws USAGE for what is no month, and for one that has not begun
 */
export async function letter(
  name: string | undefined,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const now = Date.now();
  const month = monthOf(name ?? monthBefore(monthAt(now)), now);
  if (month === null)
    throw new ArchiveError('USAGE', `letter: ${name} is not a month that has begun, such as ${monthAt(now)}`);
  const archive = openArchive(await openStorage(config), config.limits);
  using operations = openOperations(config, { readOnly: true });
  const read = await readLetter({ archive, ...operations }, month);
  const { edited, withdrawn, returned, completeness, days, damaged, ...rest } = read;
  const changes = [...edited.all, ...withdrawn.all, ...returned.all].sort((a, b) =>
    a.at < b.at ? -1 : Number(a.at > b.at),
  );
  if (terminal.json) for (const change of changes) terminal.result('', { type: 'change', ...change });
  const { known, archived, completeness: numbers } = completeness;
  const values = {
    ...rest,
    ...days,
    edits: edited.edits,
    edited: edited.articles,
    kinds: edited.kinds,
    withdrawn: withdrawn.count,
    returned: returned.count,
    known,
    archived,
    numbers,
    unreadable: damaged,
  };
  terminal.summary('letter', values);
  terminal.say(...letterMarkdown(read).trimEnd().split('\n')); // whole lines: a terminal's width does not cut Markdown
  return read.damaged === 0 ? EXIT.ok : EXIT.incomplete;
}

/** How often it is looked whether a letter is due. */
const BETWEEN_LOOKS_MS = 600_000;

/**
 * Keeps the letter of the last month for the hooks that want it, once: what was sent is known by its month. A schedule that was
 * off for days does it when it is back, for the last month alone; an archive that began after that month has none of it.
 * @returns a function that is called between two steps of a schedule
 */
export function sendLetters(
  { services, frontier, journal }: Pick<App, 'services' | 'frontier' | 'journal'>,
  {
    config,
    notifier,
    onProgress,
  }: { readonly config: Config; readonly notifier: Notifier; readonly onProgress: () => void },
): () => Promise<void> {
  const isWanted = config.notify.some(({ on }) => on.includes('letter'));
  const { clock, archive } = services;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = clock.now();
    if (!isWanted || Math.abs(now - lookedAt) < BETWEEN_LOOKS_MS) return;
    lookedAt = now;
    const month = monthOf(monthBefore(monthAt(now)), now);
    if (month === null || (journal.runs.beganAt() ?? now) >= month.endsAt) return;
    if (notifier.hasKept(emptyNotice(month))) return;
    notifier.notify(letterNotice(await readLetter({ archive, frontier, journal }, month, { onProgress })));
  };
}

/** The same notice as one with its text: it is known by its month. */
function emptyNotice({ month }: Month): Notice {
  return { on: 'letter', month, lines: [], text: '' };
}

function letterNotice(letter: Letter): Notice {
  return { on: 'letter', month: letter.month, lines: letterLines(letter), text: letterMarkdown(letter) };
}
