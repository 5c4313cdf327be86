/** `history ARTICLE`: an article's versions, when it was gone, and when it was last visited. Reads only. */

import { describeChanges } from '../archive/changes.ts';
import { blocksOf, compareDocuments, countChanges, type DocumentDiff, type Piece } from '../archive/diff.ts';
import type { Version } from '../archive/record.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import type { LastVisit } from '../journal/journal.ts';
import type { ArticleId } from '../model.ts';
import type { Terminal } from '../report/terminal.ts';
import { joined, style, type Text } from '../report/text.ts';
import { storedArticle } from './named-article.ts';

/** Throws URL_INVALID, NOT_ARCHIVED. */
export async function history(
  article: string,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const { record } = await storedArticle(article, config);
  const { id, url, versions, absences, movedFrom = [], movedTo = null } = record;
  const visits = lastVisits(config, id as ArticleId);
  const lines = [
    style('bold', record.article.title),
    `${id}  ${url}`,
    '',
    ...versions.map(
      (version, i) => `${String(i + 1).padStart(3)}  ${wallClock(version.capturedAt)}  ${describe(version)}`,
    ),
    '',
    ...absences.map(
      ({ since, until, evidence }) =>
        `gone since ${wallClock(since)}${until === null ? '' : ` until ${wallClock(until)}`}: ${evidence.join('; ')}`,
    ),
    ...movedFrom.map((from) => `moved from ${from}`),
    ...(movedTo === null ? [] : [`moved to ${movedTo.url}, found ${wallClock(movedTo.since)}`]),
    ...visits.map(({ outcome, at }) => `last ${outcome === 'unchanged' ? 'seen unchanged' : outcome} ${wallClock(at)}`),
  ];
  if (terminal.json)
    terminal.result('', {
      type: 'history',
      id,
      url,
      title: record.article.title,
      versions,
      absences,
      movedFrom,
      movedTo,
      visits,
    });
  else terminal.say(...lines);
  return EXIT.ok;
}

function lastVisits(config: Config, id: ArticleId): readonly LastVisit[] {
  using operations = openOperations(config, { readOnly: true });
  return operations.journal.visits.of(id);
}

function describe({ document, changes, confirmed, provenance }: Version): string {
  const doubted =
    confirmed === undefined ? '' : `  (implausible: ${confirmed.detail}; seen ${confirmed.seen.join(', ')})`;
  const imported = provenance === undefined ? '' : `  (imported: ${provenance.kind} ${provenance.from})`;
  return `${document}  ${changes === null ? '' : describeChanges(changes)}`.trimEnd() + doubted + imported;
}

// `diff ARTICLE [A B]`: what changed in an article's text between two of its versions, word by word. Reads only.

/**
 * @param options versions counted from 1: by default the newest and the one before, with `from` alone that one and the newest
 * @throws URL_INVALID, NOT_ARCHIVED, NOT_THERE, ARCHIVE_DAMAGED
 */
export async function diff(
  article: string,
  options: { readonly from?: number | undefined; readonly to?: number | undefined },
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const { archive, record } = await storedArticle(article, config);
  const { id, versions } = record;
  const to = options.to ?? versions.length;
  const from = options.from ?? Math.max(1, to - 1);
  const [before, after] = [versionOf(versions, from), versionOf(versions, to)];
  const found = compareDocuments(await archive.readVersion(before), await archive.readVersion(after));
  if (terminal.json) {
    terminal.result('', { type: 'diff', id, from, to, changes: countChanges(found), ...found });
    return EXIT.ok;
  }

  if (versions.length === 1) {
    terminal.say(`${id}: there is one version, of ${wallClock(after.capturedAt)}, and nothing to compare it with`);
    return EXIT.ok;
  }
  terminal.say(
    `${id}, version ${from} of ${wallClock(before.capturedAt)} → ${to} of ${wallClock(after.capturedAt)}`,
    '',
    ...diffText(found, terminal),
  );
  return EXIT.ok;
}

/** What changed between two documents, as lines for people. */
export function diffText(found: DocumentDiff, terminal: Pick<Terminal, 'colours'>): readonly Text[] {
  const { date, images } = found;
  const removed = (text: string) => mark(terminal, 'removed', text);
  const added = (text: string) => mark(terminal, 'added', text);
  return [
    ...render(found.title, terminal).map((each) => style('bold', each)),
    ...(date === null ? [] : [removed(date.before), added(date.after)]),
    ...render(found.body, terminal),
    ...(found.isCoarse ? ['', 'The texts are too long to be compared word by word in every place.'] : []),
    ...images.removed.map((src) => removed(`picture ${src}`)),
    ...images.added.map((src) => added(`picture ${src}`)),
  ];
}

function versionOf(versions: readonly Version[], number: number): Version {
  const version = versions[number - 1];
  if (version !== undefined) return version;
  throw new ArchiveError(
    'NOT_THERE',
    `diff: there is no version ${number}; the archive has ${versions.length} of the article`,
  );
}

/** Blocks that changed, with an ellipsis for those that did not. */
function render(pieces: readonly Piece[], terminal: Pick<Terminal, 'colours'>): Text[] {
  const lines: Text[] = [];
  for (const block of blocksOf(pieces)) {
    if (block.some(({ kind }) => kind !== 'same'))
      lines.push(joined(block.map(({ kind, text }) => (kind === 'same' ? text : mark(terminal, kind, text)))));
    else if (lines.at(-1) !== '…') lines.push('…');
  }
  return lines.every((each) => each === '…') ? [] : lines;
}

/** In colour on a terminal; elsewhere as wdiff writes it, so that nothing is lost in a file. */
export function mark(terminal: Pick<Terminal, 'colours'>, kind: 'added' | 'removed', text: string): Text {
  if (terminal.colours) return style(kind === 'added' ? 'green' : 'red', text);
  return kind === 'added' ? `{+${text}+}` : `[-${text}-]`;
}
