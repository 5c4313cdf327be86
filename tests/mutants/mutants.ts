/** Makes mutants of pages and says of each whether the extraction came out right, flagged it, or was silently wrong. */
import { ArchiveError } from '../../src/errors.ts';
import { FLAGS } from '../../src/flags.ts';
import type { Article, ArticleAddress } from '../../src/model.ts';
import { extract } from '../../src/page/extract.ts';
import { parseFragment } from '../../src/page/html.ts';
import { judge } from '../../src/page/judge.ts';
import { parsePage } from '../../src/page/page.ts';
import type { Site } from '../../src/site/address.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { fetchedPage } from '../support/fetched-page.ts';
import { KINDS, type Mutant, type MutantKind, type Others } from './kinds.ts';

/** A whole page that is an article, and comes out of the extraction right and without a doubt. */
export interface Original {
  readonly name: string;
  readonly html: string;
  readonly address: ArticleAddress;
  readonly others: Others;
}

/** `right`: equal and unflagged. `right, flagged`: equal, but in doubt. `flagged`: not equal, and in doubt or no article. */
export type Result = 'right' | 'right, flagged' | 'flagged' | 'silent error';

export interface Row {
  readonly kind: MutantKind;
  readonly counts: Readonly<Record<Result, number>>;
  /** One silent error or false flag of the kind, for people. */
  readonly example: string | null;
}

const FETCHED_AT = '2026-11-23T04:00:00.000Z';

/** @param count how many mutants to make at the least, spread over kinds and pages */
export function tryMutants(
  originals: readonly Original[],
  site: Site,
  options: { readonly seed: number; readonly count: number },
): Row[] {
  const truths = originals.map((original) => read(original, { html: original.html }, site));
  const perKind = Math.ceil(options.count / KINDS.length);
  return KINDS.map((kind) => {
    const counts: Record<Result, number> = { right: 0, 'right, flagged': 0, flagged: 0, 'silent error': 0 };
    let example: string | null = null;
    let made = 0;
    for (let i = 0; made < perKind && i < perKind * 4; i++) {
      const original = originals[i % originals.length];
      const truth = truths[i % originals.length];
      if (original === undefined || truth?.article === null || truth === undefined) continue;
      const mutant = kind.make(original.html, openRandom('mutant', options.seed, kind.name, i), original.others);
      if (mutant === null) continue;
      made += 1;
      const found = read(original, mutant, site);
      const result = compare(truth.article, found);
      counts[result] += 1;
      const isBad = result === 'silent error' || (kind.effect === 'same' && result !== 'right');
      if (isBad) example ??= `${original.name}, mutant ${i}: ${result}; ${difference(truth.article, found)}`;
    }
    return { kind, counts, example };
  });
}

interface CheckInput {
  /** Null where the page is judged no article, or cannot be read. */
  readonly article: Article | null;
  readonly why: string;
}

function read({ address }: Original, { html, body, headers }: Mutant, site: Site): CheckInput {
  const page = parsePage(
    fetchedPage({
      url: address.url,
      headers: headers ?? { 'content-type': 'text/html; charset=utf-8' },
      body: body ?? Buffer.from(html),
      fetchedAt: FETCHED_AT,
    }),
  );
  const verdict = judge(page, site);
  if (verdict.kind !== 'article') return { article: null, why: `${verdict.kind}: ${verdict.evidence.join('; ')}` };
  try {
    const article = extract([page], address, site);
    return { article, why: doubts(article).join('; ') };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return { article: null, why: error.message };
  }
}

/** Flags that doubt, beyond those that the unchanged page has; notes say what was kept as published. */
function doubts(article: Article, known: readonly string[] = []): string[] {
  return article.flags
    .filter(({ code }) => !known.includes(code))
    .filter(({ code }) => FLAGS[code].level === 'doubt')
    .map(({ code, detail }) => `${code} (${detail})`);
}

function compare(truth: Article, { article }: CheckInput): Result {
  if (article === null) return 'flagged';
  const isRight = JSON.stringify(comparable(truth)) === JSON.stringify(comparable(article));
  const isFlagged =
    doubts(
      article,
      truth.flags.map(({ code }) => code),
    ).length > 0;
  if (isRight) return isFlagged ? 'right, flagged' : 'right';
  return isFlagged ? 'flagged' : 'silent error';
}

/** What an article says, without how it is formatted: white space and invisible characters do not count. */
function comparable(article: Article): Record<string, unknown> {
  const { body, flags: _flags, layout: _layout, url: _url, pages: _pages, ...fields } = article;
  const $ = parseFragment(body);
  $('script, style').remove();
  const plain = (text: string) => text.replace(/[\s\u00ad\u200b-\u200f\u2060\ufeff]+/g, '');
  return {
    ...fields,
    text: plain($.root().text()),
    captions: article.images.map(({ caption }) => plain(caption ?? '')),
    images: article.images.map(({ src }) => src),
  };
}

function difference(truth: Article, { article, why }: CheckInput): string {
  if (article === null) return why;
  const [a, b] = [comparable(truth), comparable(article)];
  const keys = Object.keys(a).filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
  const shown = keys.map((key) => `${key}: ${clip(a[key])} → ${clip(b[key])}`);
  return [why, ...shown].filter(Boolean).join('; ');
}

function clip(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 60)}…${text.slice(-60)}` : text;
}
