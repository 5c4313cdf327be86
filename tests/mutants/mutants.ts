/** Makes mutants of pages and says of each whether the extraction came out right, flagged it, or was silently wrong. */
import { ArchiveError } from '../../src/errors.ts';
import { FLAGS } from '../../src/flags.ts';
import type { Article, ArticleAddress, Listed } from '../../src/model.ts';
import { extract } from '../../src/page/extract.ts';
import { judge } from '../../src/page/judge.ts';
import { type ParsedPage, parsePage } from '../../src/page/page.ts';
import type { Site } from '../../src/site/address.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { fetchedPage } from '../support/fetched-page.ts';
import { type Mutant, type MutantKind, type Original, type Reading, readingOf, type Sight, wordsOf } from './kind.ts';
import { KINDS } from './kinds.ts';

/** `right`: equal and unflagged. `right, flagged`: equal, but in doubt. `flagged`: not equal, and in doubt or no article. */
export type Result = 'right' | 'right, flagged' | 'flagged' | 'silent error';

export interface Row {
  readonly kind: MutantKind;
  readonly made: number;
  readonly counts: Readonly<Record<Result, number>>;
  /** One silent error or false flag of the kind, for people. */
  readonly example: string | null;
}

/** Prime, so that it walks through pages of any number. */
const STRIDE = 17;

const FETCHED_AT = '2026-11-23T04:00:00.000Z';

/**
 * @param count how many mutants to make at the least, spread over kinds and pages
 * @param only a part of the names of the kinds to try
 */
export function tryMutants(
  originals: readonly Original[],
  site: Site,
  options: { readonly seed: number; readonly count: number; readonly only?: string },
): Row[] {
  const perKind = Math.ceil(options.count / KINDS.length);
  return KINDS.filter(({ name }) => name.includes(options.only ?? '')).map((kind) => {
    const counts: Record<Result, number> = { right: 0, 'right, flagged': 0, flagged: 0, 'silent error': 0 };
    let example: string | null = null;
    let made = 0;
    // Every page is asked before a kind is given up; with few mutants they are spread over all pages.
    const first = openRandom('page', options.seed, kind.name).int(0, originals.length - 1);
    for (let i = 0; made < perKind && i < Math.max(perKind, originals.length) * 2; i++) {
      const original = originals[(first + i * STRIDE) % originals.length];
      if (original === undefined) break;
      const mutant = kind.make(original, wordsOf(openRandom('mutant', options.seed, kind.name, i)));
      if (mutant === null) continue;
      made += 1;
      const found = readMutant(original, mutant, site);
      const result = compare(original.truth, mutant.sees, found);
      counts[result] += 1;
      const isBad = result === 'silent error' || (kind.class === 'same' && result !== 'right');
      if (isBad)
        example ??= `${original.name}, mutant ${i}: ${result}; ${difference(original.truth, mutant.sees, found)}`;
    }
    return { kind, made, counts, example };
  });
}

/** What became of a page. */
export interface Outcome {
  /** Null where the page is judged no article, or cannot be read. */
  readonly reading: Reading | null;
  readonly doubts: readonly string[];
  /** The verdict, or the doubts, for people. */
  readonly why: string;
}

/** Reads pages as a visit does: judged first, then extracted, with what the list printed. */
export function readPages(
  [first, ...rest]: readonly [ParsedPage, ...ParsedPage[]],
  address: ArticleAddress,
  site: Site,
  others: { readonly listed: Listed | null; readonly single: ParsedPage | null },
): Outcome {
  const verdict = judge(first, site);
  if (verdict.kind !== 'article')
    return { reading: null, doubts: [], why: `${verdict.kind}: ${verdict.evidence.join('; ')}` };
  try {
    const article = extract([first, ...rest], address, site, others);
    const doubts = doubtsOf(article);
    return { reading: readingOf(article), doubts, why: doubts.join('; ') };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return { reading: null, doubts: [], why: error.message };
  }
}

/** The flags that doubt; notes say what was kept as published. */
export function doubtsOf({ flags }: Article): readonly string[] {
  return flags.filter(({ code }) => FLAGS[code].level === 'doubt').map(({ code, detail }) => `${code} (${detail})`);
}

export function pageOf(url: string, html: string | Uint8Array, headers?: Mutant['headers']): ParsedPage {
  return parsePage(
    fetchedPage({
      url,
      headers: headers ?? { 'content-type': 'text/html; charset=utf-8' },
      body: typeof html === 'string' ? Buffer.from(html) : html,
      fetchedAt: FETCHED_AT,
    }),
  );
}

function readMutant({ address, listed }: Original, mutant: Mutant, site: Site): Outcome {
  const { html, body, headers, parts = [], single } = mutant;
  const pages = parts.map((part) => pageOf(address.url, part));
  return readPages([pageOf(address.url, body ?? html, headers), ...pages], address, site, {
    listed: mutant.listed ?? listed,
    single: single === undefined ? null : pageOf(address.url, single),
  });
}

function compare(truth: Reading, sees: readonly Sight[] = [{}], { reading, doubts }: Outcome): Result {
  if (reading === null) return 'flagged';
  const isRight = sees.some((sight) => differing(truth, sight, reading).length === 0);
  if (isRight) return doubts.length > 0 ? 'right, flagged' : 'right';
  return doubts.length > 0 ? 'flagged' : 'silent error';
}

/** The fields that are otherwise than a reader sees them. */
function differing(truth: Reading, sight: Sight, reading: Reading): readonly (keyof Reading)[] {
  return (Object.keys(truth) as (keyof Reading)[]).filter((field) => {
    const wanted = field in sight ? sight[field] : truth[field];
    return typeof wanted === 'function'
      ? wanted(reading[field]) !== true
      : JSON.stringify(wanted) !== JSON.stringify(reading[field]);
  });
}

function difference(truth: Reading, sees: readonly Sight[] = [{}], { reading, why }: Outcome): string {
  if (reading === null) return why;
  const [sight = {}] = sees;
  const shown = differing(truth, sight, reading).map((field) => {
    const wanted = field in sight && typeof sight[field] !== 'function' ? sight[field] : truth[field];
    const [a, b] = [JSON.stringify(wanted), JSON.stringify(reading[field])];
    let from = 0;
    while (from < a.length && a[from] === b[from]) from += 1;
    const at = Math.max(0, from - 20);
    return `${field}: ${a.slice(at, at + 80)} → ${b.slice(at, at + 80)}`;
  });
  return [why, ...shown].filter(Boolean).join('; ');
}
