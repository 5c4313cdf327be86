/** `history ID|URL`: an article's versions, when it was gone, and when it was last visited. Reads only. */
import { relative, resolve } from 'node:path';
import { type Archive, openArchive, type StoredArticle } from '../archive/archive.ts';
import { blocksOf, compareDocuments, countChanges, type DocumentDiff, type Piece } from '../archive/diff.ts';
import { idOf, parseKey } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import type { Version } from '../archive/record.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { destinationOf } from '../frontier/frontier.ts';
import { openOperations } from '../frontier/operations.ts';
import type { LastVisit } from '../journal/journal.ts';
import type { ArticleId } from '../model.ts';
import type { Terminal } from '../report/terminal.ts';
import { joined, style, type Text } from '../report/text.ts';
import { parseArticleUrl } from '../site/address.ts';
import { describeChanges } from './changes.ts';

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
    ...versions.map((version, i) => `${String(i + 1).padStart(3)}  ${version.capturedAt}  ${describe(version)}`),
    '',
    ...absences.map(
      ({ since, until, evidence }) =>
        `gone since ${since}${until === null ? '' : ` until ${until}`}: ${evidence.join('; ')}`,
    ),
    ...movedFrom.map((from) => `moved from ${from}`),
    ...(movedTo === null ? [] : [`moved to ${movedTo.url}, found ${movedTo.since}`]),
    ...visits.map(({ outcome, at }) => `last ${outcome === 'unchanged' ? 'seen unchanged' : outcome} ${at}`),
  ];
  if (terminal.json)
    terminal.result('', { id, url, title: record.article.title, versions, absences, movedFrom, movedTo, visits });
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

// `diff ID|URL [A B]`: what changed in an article's text between two of its versions, word by word. Reads only.

/**
 * @param options versions counted from 1: by default the newest and the one before, with `from` alone that one and the newest
 * @throws URL_INVALID, NOT_ARCHIVED, USAGE, ARCHIVE_DAMAGED
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
    terminal.result('', { id, from, to, changes: countChanges(found), ...found });
    return EXIT.ok;
  }

  terminal.say(
    `${id}, version ${from} of ${before.capturedAt} → ${to} of ${after.capturedAt}`,
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
    'USAGE',
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

// The article that somebody names on the command line by its id or any spelling of its address.

/**
 * Looks an article up, or the post that it became, without holding the archive; it may be read beside a crawl.
 * @param text `guancha:904308`, `fengwen:399176`, `904308` for either of them, the path of a document, or an address
 * @throws URL_INVALID, NOT_ARCHIVED
 */
export async function storedArticle(
  text: string,
  config: Config,
): Promise<StoredArticle & { readonly archive: Archive }> {
  const address = addressOf(text, config);
  if (address === null) throw new ArchiveError('URL_INVALID', text);
  using operations = openOperations(config, { readOnly: true });
  const { frontier, journal } = operations;
  const places = { get: journal.places.get, set: () => {} }; // this command only reads
  const archive = openArchive(await openStorage(config), { ...config.limits, places });
  const isNumber = /^\d+$/.test(text);
  const found =
    (await archive.find(address.id, address.date)) ??
    (isNumber ? await archive.find(`fengwen:${Number(text)}`, null) : null);
  if (found !== null) return { archive, ...found };
  const to = destinationOf(frontier.find(address.id));
  const post = to === null ? null : parseArticleUrl(to, config.site);
  const moved = post === null ? null : await archive.find(post.id, post.date);
  if (moved !== null) return { archive, ...moved };
  throw new ArchiveError(
    'NOT_ARCHIVED',
    `${text}: not in ${config.archive}${to === null ? '' : `; it moved to ${to}`}`,
  );
}

/** A number alone is first one of www. */
function addressOf(
  text: string,
  { archive, site }: Config,
): { readonly id: ArticleId; readonly date: string | null } | null {
  if (/^(?:guancha|fengwen):\d+$/.test(text)) return { id: text as ArticleId, date: null };
  if (/^[1-9]\d{0,14}$/.test(text)) return { id: `guancha:${Number(text)}`, date: null };
  for (const key of [text, relative(archive, resolve(text))]) {
    const parsed = parseKey(key);
    if (parsed?.kind === 'document' || parsed?.kind === 'record') return { id: idOf(parsed.article), date: null };
  }
  return parseArticleUrl(text, site);
}
