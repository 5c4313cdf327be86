/**
 * What the catalog costs: to build, to keep, to ask. `npm run bench:search [-- --articles 100000 --queries 300]`
 * CPU times, which a busy machine changes less than wall times; those of making the articles are taken off.
 */
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { documentKey, recordKey } from '../../src/archive/keys.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { parseQuery } from '../../src/catalog/query.ts';
import { refresh } from '../../src/catalog/refresh.ts';
import { compact } from '../../src/catalog/reindex.ts';
import { SCHEMA, VERSION } from '../../src/catalog/schema.ts';
import type { Sort } from '../../src/catalog/search.ts';
import { openDerivedDatabase } from '../../src/sqlite.ts';
import { articleOf, openGenerated, random, wordBy } from './generated-news.ts';

const { values } = parseArgs({
  options: { articles: { type: 'string', default: '100000' }, queries: { type: 'string', default: '300' } },
});
const [articles, queries] = [Number(values.articles), Number(values.queries)];
const say = (text: string) => process.stdout.write(`${text}\n`);

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const folder = await mkdtemp(join(tmpdir(), 'guancha-bench-'));
try {
  const path = join(folder, 'catalog.sqlite');
  const storage = openGenerated(articles);

  const sample = Math.min(articles, 1000);
  const before = cpuMs();
  let textBytes = 0;
  for (let i = 0; i < sample; i++) {
    const { key, title, paragraphs } = articleOf(i);
    await storage.read(recordKey(key));
    await storage.read(documentKey(key));
    textBytes += Buffer.byteLength([title, ...paragraphs].join('\n'));
  }
  const makingMs = ((cpuMs() - before) * articles) / sample;
  textBytes = (textBytes * articles) / sample;

  const started = cpuMs();
  {
    using database = openDerivedDatabase(path, { schema: SCHEMA, version: VERSION, mode: 'build' });
    await refresh(database, storage, { whole: true, batch: 512 });
    say(`filled: ${((cpuMs() - started - makingMs) / 1000).toFixed(0)} s of CPU`);
    compact(database);
    const sizes = database
      .prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC LIMIT 12')
      .all();
    for (const { name, bytes } of sizes) say(`  ${String(name)}: ${(Number(bytes) / 1e6).toFixed(1)} MB`);
  }
  const builtMs = cpuMs() - started - makingMs;
  const { size } = statSync(path);
  say(`${articles} articles, text ${(textBytes / 1e6).toFixed(0)} MB`);
  say(`built in ${(builtMs / 1000).toFixed(0)} s of CPU (and ${(makingMs / 1000).toFixed(0)} s to make the articles)`);
  say(`catalog ${(size / 1e6).toFixed(0)} MB, ${(size / textBytes).toFixed(2)} times the text`);
  say(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);

  using catalog = await openCatalog(storage, { path });
  const next = random(99);
  const piece = (length: number) => {
    const { paragraphs } = articleOf(Math.floor(next() * articles));
    const text = (paragraphs[Math.floor(next() * paragraphs.length)] ?? '').replace(/[，。”]/g, '');
    const at = Math.floor(next() * Math.max(1, text.length - length));
    return text.slice(at, at + length);
  };
  const kinds: Readonly<Record<string, () => string>> = {
    '1 character': () => piece(1),
    '2 characters': () => piece(2),
    '4 characters': () => piece(4),
    '8 characters': () => piece(8),
    'a word by its frequency': () => wordBy(next),
    'two words': () => `${wordBy(next)} ${wordBy(next)}`,
    'a word, and not another': () => `${wordBy(next)} -${wordBy(next)}`,
    'a word of a source': () => `${wordBy(next)} 来源:来源${Math.floor(next() * 300)}`,
    'a source': () => `来源:来源${Math.floor(next() * 300)}`,
  };
  say('\n| query | order | hits p50 / p95 | CPU ms p50 / p95 / most |\n|---|---|---|---|');
  for (const [name, make] of Object.entries(kinds))
    for (const sort of ['newest', 'best'] satisfies Sort[]) {
      const [times, hits]: [number[], number[]] = [[], []];
      for (let i = 0; i < queries; i++) {
        const query = parseQuery(`${make()}`);
        const at = cpuMs();
        const { total } = await catalog.search(query, { limit: 20, sort });
        times.push(cpuMs() - at);
        hits.push(total);
      }
      const of = (numbers: readonly number[], part: number) =>
        [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))] ?? 0;
      const ms = [0.5, 0.95, 1].map((part) => of(times, part).toFixed(2)).join(' / ');
      say(`| ${name} | ${sort} | ${of(hits, 0.5)} / ${of(hits, 0.95)} | ${ms} |`);
    }
} finally {
  await rm(folder, { recursive: true });
}
