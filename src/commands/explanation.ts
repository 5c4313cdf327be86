/** An extraction as people read it: the article, or where everything in it came from. */
import { evidenceOf } from '../extract/evidence.ts';
import type { LedgerEntry } from '../extract/ledger.ts';
import { linesOf } from '../extract/text.ts';
import { FLAGS, type Flag } from '../flags.ts';
import { parseFragment } from '../html/html.ts';
import type { PageReading } from './extract.ts';
import type { Style, Terminal } from './terminal.ts';

type Paint = Terminal['style'];

/** Headline, fields and text of the article, and what is doubtful about it. */
export function articleText(reading: PageReading, paint: Paint): string {
  const { extraction, flags } = reading;
  if (extraction === null) return `${verdictText(reading, paint)}\n`;
  const { article } = extraction;
  const people = [...article.columnists, ...article.staff].map(({ name }) => name).join('、');
  const facts = [article.publishedAt.slice(0, 16).replace('T', ' '), article.source, people, article.byline?.text];
  return [
    paint('bold', article.title),
    paint('dim', facts.filter((fact) => fact).join('  ')),
    '',
    ...linesOf(parseFragment(article.body).root().contents()),
    ...(flags.length > 0 ? ['', ...flagLines(flags, paint)] : []),
    '',
  ].join('\n');
}

/** Verdict, each field with the selector that gave it, the ledger, and the flags with what they mean. */
export function explanationText(reading: PageReading, paint: Paint): string {
  const { extraction, flags } = reading;
  if (extraction === null) return [verdictText(reading, paint), ...flagLines(flags, paint), ''].join('\n');
  const { ledger } = extraction;
  const fields = evidenceOf(extraction).map(
    ({ field, from, value }) =>
      `${paint('bold', field.padEnd(14))} ${value ?? paint('dim', 'none')}\n${' '.repeat(15)}${paint('dim', from)}`,
  );
  const open = ledger.missing.characters !== 0 || ledger.missing.pictures !== 0;
  const closing = open ? paint('red', `open: ${countOf(ledger.missing)}`) : paint('green', 'closed');
  return [
    verdictText(reading, paint),
    '',
    ...fields,
    '',
    `${paint('bold', 'ledger')}  ${countOf(ledger.total)}, ${closing}`,
    ...ledger.rows.map(
      (row) => `  ${countOf(row)}  ${paint(COLOURS[row.fate], [row.fate, row.name].filter(Boolean).join(' '))}`,
    ),
    '',
    ...(flags.length > 0 ? flagLines(flags, paint) : [paint('green', 'no flags')]),
    '',
  ].join('\n');
}

const COLOURS: Readonly<Record<LedgerEntry['fate'], Style>> = {
  body: 'green',
  field: 'bold',
  dropped: 'dim',
  unknown: 'red',
};

function verdictText({ url, verdict }: PageReading, paint: Paint): string {
  const style = verdict.kind === 'article' ? 'green' : 'yellow';
  return `${paint(style, verdict.kind)}  ${url}\n${paint('dim', verdict.evidence.join('; '))}`;
}

function flagLines(flags: readonly Flag[], paint: Paint): readonly string[] {
  return flags.map(({ code, detail }) => {
    const { level, title, meaning } = FLAGS[code];
    return `${paint(level === 'doubt' ? 'red' : 'yellow', `⚑ ${code}`)}  ${title}: ${detail}\n  ${paint('dim', meaning)}`;
  });
}

function countOf({ characters, pictures }: { readonly characters: number; readonly pictures: number }): string {
  return `${String(characters).padStart(6)} characters ${String(pictures).padStart(3)} pictures`;
}
