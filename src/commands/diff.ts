/** `diff ID|URL [A B]`: what changed in an article's text between two of its versions, word by word. Reads only. */
import type { Config } from '../config.ts';
import { compareDocuments, countChanges } from '../diff/compare.ts';
import type { Piece } from '../diff/words.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import type { Version } from '../store/record.ts';
import { storedArticle } from './stored-article.ts';
import type { Terminal } from './terminal.ts';

/**
 * @param options versions counted from 1: by default the newest and the one before, with `from` alone that one and the newest
 * @throws URL_INVALID, NOT_ARCHIVED, USAGE, ARCHIVE_DAMAGED
 */
export async function diff(
  article: string,
  options: { readonly from?: number | undefined; readonly to?: number | undefined },
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const { store, record } = await storedArticle(article, config);
  const { id, versions } = record;
  const to = options.to ?? versions.length;
  const from = options.from ?? Math.max(1, to - 1);
  const [before, after] = [versionOf(versions, from), versionOf(versions, to)];
  const found = compareDocuments(await store.readVersion(before), await store.readVersion(after));
  if (terminal.json) {
    terminal.result('', { id, from, to, changes: countChanges(found), ...found });
    return EXIT.ok;
  }

  const { date, images } = found;
  const removed = (text: string) => mark(terminal, 'removed', text);
  const added = (text: string) => mark(terminal, 'added', text);
  const lines = [
    `${id}, version ${from} of ${before.capturedAt} → ${to} of ${after.capturedAt}`,
    '',
    ...render(found.title, terminal).map((line) => terminal.style('bold', line)),
    ...(date === null ? [] : [removed(date.before), added(date.after)]),
    ...render(found.body, terminal),
    ...images.removed.map((src) => removed(`picture ${src}`)),
    ...images.added.map((src) => added(`picture ${src}`)),
  ];
  terminal.say(lines.join('\n'));
  return EXIT.ok;
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
function render(pieces: readonly Piece[], terminal: Terminal): string[] {
  const lines: string[] = [];
  for (const block of blocksOf(pieces)) {
    if (block.some(({ kind }) => kind !== 'same'))
      lines.push(block.map(({ kind, text }) => (kind === 'same' ? text : mark(terminal, kind, text))).join(''));
    else if (lines.at(-1) !== '…') lines.push('…');
  }
  return lines.every((line) => line === '…') ? [] : lines;
}

/** The pieces of each block; a block ends where either text has a line break. */
function blocksOf(pieces: readonly Piece[]): Piece[][] {
  const blocks: Piece[][] = [[]];
  for (const { kind, text } of pieces) {
    for (const [i, part] of text.split('\n').entries()) {
      if (i > 0) blocks.push([]);
      if (part !== '') blocks.at(-1)?.push({ kind, text: part });
    }
  }
  return blocks.filter((block) => block.length > 0);
}

/** In colour on a terminal; elsewhere as wdiff writes it, so that nothing is lost in a file. */
function mark(terminal: Terminal, kind: 'added' | 'removed', text: string): string {
  if (terminal.colours) return terminal.style(kind === 'added' ? 'green' : 'red', text);
  return kind === 'added' ? `{+${text}+}` : `[-${text}-]`;
}
