/**
 * What the rules make of the labelled set and of the newspaper, as hashes: one of what goes in, one of what comes out.
 * `npm run rules` writes them down; it refuses to where a page comes out otherwise under the same version of the rules.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../src/archive/record.ts';
import { composeDocument } from '../../src/crawl/plan.ts';
import { RULES } from '../../src/crawl/rules.ts';
import type { Listed } from '../../src/model.ts';
import { extract } from '../../src/page/extract.ts';
import { judge } from '../../src/page/judge.ts';
import { parsePage } from '../../src/page/page.ts';
import { parseArticleUrl } from '../../src/site/address.ts';
import { bytesOf, caseNames, labelOf, SITE } from '../labelled/cases.ts';
import { newspaperPages } from '../mutants/originals.ts';
import { fetchedPage } from '../support/fetched-page.ts';

export interface Results {
  readonly rules: number;
  /** By the hash of an article's pages. */
  readonly results: Readonly<Record<string, string>>;
}

const FILE = join(import.meta.dirname, 'results.json');

export function readResults(): Results {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Results;
}

export async function resultsNow(): Promise<Results> {
  const labelled = caseNames().map((name) => ({ ...labelOf(name), listed: null, bodies: bytesOf(name) }));
  const printed = (await newspaperPages(48)).map(({ url, html, parts, listed }) => ({
    url,
    fetchedAt: '2026-11-23T04:00:00.000Z',
    listed,
    bodies: (parts.length > 0 ? parts : [html]).map((text) => Buffer.from(text)),
  }));
  return { rules: RULES, results: Object.fromEntries([...labelled, ...printed].map(resultOf)) };
}

/** Pages of the same hash that came out otherwise, in order. */
export function otherwise(before: Results, now: Results): readonly string[] {
  return Object.keys(now.results).filter((page) => (before.results[page] ?? now.results[page]) !== now.results[page]);
}

function resultOf({
  url,
  fetchedAt,
  listed,
  bodies,
}: {
  readonly url: string;
  readonly fetchedAt: string;
  readonly listed: Listed | null;
  readonly bodies: readonly Uint8Array[];
}): readonly [page: string, result: string] {
  const address = parseArticleUrl(url, SITE);
  if (address === null) throw new TypeError(`no article: ${url}`);
  const page = short([address.url, fetchedAt, listed, ...bodies.map(sha256)]);
  const parts = bodies.map((body) => parsePage(fetchedPage({ url: address.url, body, fetchedAt })));
  const verdict = parts[0] === undefined ? null : judge(parts[0], SITE);
  if (verdict?.kind !== 'article') return [page, short(verdict)];
  const article = extract(parts, address, SITE, { listed, single: null });
  const { document } = composeDocument(article, {
    url: address.url,
    categories: ['新媒体', '观察者网', '要闻'],
    author: '观察者网',
    date: 'site-clock',
    leadPicture: null,
    known: null,
  });
  return [page, short([verdict, article, document])];
}

function short(value: unknown): string {
  return sha256(JSON.stringify(value)).slice(0, 16);
}

if (import.meta.main) {
  const [before, now] = [readResults(), await resultsNow()];
  const changed = otherwise(before, now);
  if (changed.length > 0 && before.rules === now.rules) {
    process.stderr.write(
      `${changed.length} pages come out otherwise: first raise RULES in src/crawl/rules.ts by one\n`,
    );
    process.exitCode = 1;
  } else writeFileSync(FILE, `${JSON.stringify(now, null, 2)}\n`);
}
