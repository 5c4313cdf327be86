/** Coverage of what a real crawl brought, compared with what the newspaper printed. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Newspaper, type NewspaperArticle, openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';

const SINCE = '2026-08-01'; // both counters, but not the articles of 2022
const PACE = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 4 };
const CLOCK = { preload: [join(import.meta.dirname, 'support/fixed-clock.ts')] };
const numberOf = ({ id }: NewspaperArticle) => Number(id.split(':')[1]);
const dayOf = ({ clock }: NewspaperArticle) => clock.published?.slice(0, 10) ?? '';
const countBy = (keys: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(keys, (key) => key)].map(([key, { length }]) => [key, length]));

describe('the coverage after a crawl', () => {
  let newspaper: Newspaper;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  /** On a list, of the www site, published in time. */
  let shown: readonly NewspaperArticle[];
  let archived: readonly Record<string, unknown>[];
  let lines: readonly Record<string, unknown>[];
  let summary: Record<string, unknown>;
  before(async () => {
    newspaper = await openNewspaper({ articles: 32, imagesPerArticle: 0, pageBytes: 9000 });
    folder = await temporaryFolder();
    const config = join(folder.path, 'crawl.yaml');
    await writeFile(config, newspaper.config({ archive: './archive', politeness: PACE }));
    const crawled = await run(['crawl', '--json', '--config', config], CLOCK);
    assert.equal(crawled.code, 0, crawled.stderr);
    archived = crawled.lines().filter(({ outcome }) => outcome === 'archived');
    const ended = await run(['coverage', '--json', '--since', SINCE, '--config', config], CLOCK);
    assert.equal(ended.code, 0, ended.stderr);
    lines = ended.lines();
    summary = ended.last();
    shown = newspaper.articles.filter(
      (article) => article.id.startsWith('guancha:') && article.lists.length > 0 && dayOf(article) >= SINCE,
    );
  });
  after(async () => {
    await newspaper[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const rows = (type: string) => lines.filter((line) => line.type === type);

  it('holds every archived article, and what became of the others, on its day', () => {
    const counts = rows('day').flatMap(({ day, states }) =>
      Object.entries(states as Record<string, number>).flatMap(([state, count]) =>
        count === 0 ? [] : [[`${day} ${state}`, count] as const],
      ),
    );
    const expected = countBy(shown.map((article) => `${dayOf(article)} ${article.outcome}`));
    assert.deepEqual(Object.fromEntries(counts), expected);
    const ids = new Set(archived.map(({ id }) => id));
    const printed = shown.filter(({ outcome }) => outcome === 'archived');
    assert.ok(printed.length > 20 && printed.every(({ id }) => ids.has(id)));
    assert.equal(summary.archived, printed.length);
  });

  it('gives each source its share', () => {
    const shares = Object.fromEntries(rows('share').map(({ source, shown: count }) => [source, count]));
    assert.deepEqual(shares, countBy(shown.flatMap(({ lists }) => lists)));
  });

  it('names every number between them as never seen', () => {
    const known = new Set(shown.map(numberOf));
    const eras = Object.values(Object.groupBy(known, (number) => (number < 900_000 ? 'old' : 'new')));
    assert.equal(eras.length, 2);
    const missing = eras.flatMap((numbers) => {
      const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
      return Array.from({ length: last - first }, (_, i) => first + i).filter((number) => !known.has(number));
    });
    const gaps = rows('gap').flatMap(({ from, to }) =>
      Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i),
    );
    assert.deepEqual(
      gaps,
      missing.sort((a, b) => a - b),
    );
    assert.deepEqual(rows('unwatched'), []);
  });
});
