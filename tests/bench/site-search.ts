/**
 * What the search of a site without a server costs: to make, to keep, and how many bytes a query reads.
 * `npm run bench:site [-- --articles 100000 --queries 1000]`
 * CPU times, which a busy machine changes less than wall times; those of making the articles are taken off.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDisk } from '../../src/archive/disk.ts';
import { documentKey, recordKey } from '../../src/archive/keys.ts';
import type { CatalogArticle } from '../../src/catalog/entry.ts';
import { openSiteFiles } from '../../src/export/site-files.ts';
import { writeSearch } from '../../src/export/site-search.ts';
import { foldingTable, openFolding } from '../../src/reader/files-folding.ts';
import { nameOfRows, nameOfShard, placeOf, readNumbers, type Shard } from '../../src/reader/files-index.ts';
import { openFilesSearch } from '../../src/reader/files-search.ts';
import { searchScript, shardScript } from '../../src/reader/files-search-script.ts';
import { articleOf, openGenerated, random, wordBy } from './generated-news.ts';

const { values } = parseArgs({
  options: { articles: { type: 'string', default: '100000' }, queries: { type: 'string', default: '1000' } },
});
const [articles, queries] = [Number(values.articles), Number(values.queries)];
const FIRST_NUMBER = 500_000;
const say = (text: string) => process.stdout.write(`${text}\n`);

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const folder = await mkdtemp(join(process.env.GUANCHA_TEST_FOLDER ?? tmpdir(), 'guancha-bench-'));
try {
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

  const catalog = listOfGenerated();
  const site = openDisk(join(folder, 'site'));
  const files = await openSiteFiles(site, () => {});
  const began = cpuMs();
  const signal = new AbortController().signal;
  await writeSearch(catalog, { folder: site, files, storage, signal, fingerprint: '1', onProgress: () => {} });
  const made = await files.end();
  say(`index: ${((cpuMs() - began - makingMs) / 1000).toFixed(0)} s of CPU, ${made.files} files`);
  let [indexBytes, rowBytes] = [0, 0];
  for await (const { key, bytes } of site.list('search')) if (key.endsWith('.js')) indexBytes += bytes;
  for await (const { bytes } of site.list('rows')) rowBytes += bytes;
  say(`${articles} articles, text ${(textBytes / 1e6).toFixed(0)} MB`);
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  say(`index ${mb(indexBytes)}, ${(indexBytes / textBytes).toFixed(2)} times the text; rows ${mb(rowBytes)}`);
  say(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);

  const next = random(99);
  /** A piece of a clause. */
  const piece = (length: number): string => {
    const { paragraphs } = articleOf(Math.floor(next() * articles));
    const text = paragraphs[Math.floor(next() * paragraphs.length)] ?? '';
    const clauses = text.split(/[，。”]+/).filter((clause) => clause.length >= length);
    const clause = clauses[Math.floor(next() * clauses.length)] ?? '';
    const at = Math.floor(next() * (clause.length - length + 1));
    return clause.slice(at, at + length);
  };
  const word = () => {
    for (;;) {
      const drawn = wordBy(next);
      if ([...drawn].length > 1) return drawn;
    }
  };
  const kinds: Readonly<Record<string, () => string>> = {
    '2 characters': () => piece(2),
    '3 characters': () => piece(3),
    '4 characters': () => piece(4),
    '8 characters': () => piece(8),
    'a word by its frequency': word,
    'two words': () => `${word()} ${word()}`,
    'a word, and not another': () => `${word()} -${word()}`,
    'one of the 20 most frequent pairs': () => frequent[Math.floor(next() * frequent.length)] ?? '',
    'two of them': () => [0, 1].map(() => frequent[Math.floor(next() * frequent.length)] ?? '').join(' '),
  };
  const frequent = mostFrequent();
  const script = Buffer.byteLength(searchScript().text);
  const folding = openFolding(foldingTable());
  const all: number[] = [];
  say(`script of the page ${script} bytes, index of the index ${(await site.stat('search/index.js'))?.bytes} bytes\n`);
  say('| query | bytes p50 / p95 / most | files p50 / most | hits p50 | ends early |\n|---|---|---|---|---|');
  for (const [name, make] of Object.entries(kinds)) {
    const [sizes, counts, hits]: [number[], number[], number[]] = [[], [], []];
    let early = 0;
    for (let i = 0; i < Math.ceil(queries / Object.keys(kinds).length); i++) {
      let [bytes, loads] = [0, 0];
      const load = async (shard: string): Promise<Shard> => {
        const text = shard.startsWith('text/') ? textShard(shard) : await site.read(`${shard}.js`);
        if (text === null) throw new Error(shard);
        bytes += Buffer.byteLength(text);
        loads += 1;
        return JSON.parse(`[${text.toString().slice('guanchaArchive('.length, -3)}]`)[1] as Shard;
      };
      const search = openFilesSearch({ folding, load, readNumbers, nameOfShard, nameOfRows, placeOf });
      const answer = await search.find(make());
      sizes.push(bytes);
      counts.push(loads);
      hits.push(answer.kind === 'found' ? answer.hits.length : 0);
      if (answer.kind === 'found' && answer.hits.length < 10 && answer.next !== null) early += 1;
    }
    all.push(...sizes);
    say(
      `| ${name} | ${[0.5, 0.95, 1].map((part) => of(sizes, part)).join(' / ')} | ${of(counts, 0.5)} / ${of(counts, 1)} | ${of(hits, 0.5)} | ${early} |`,
    );
  }
  say(
    `\nof ${all.length} queries: ${[0.5, 0.95, 1].map((part) => of(all, part)).join(' / ')} bytes, and the script once`,
  );
} finally {
  await rm(folder, { recursive: true });
}

/** The newest first, as a catalog of all of them gives them. */
function listOfGenerated(): Parameters<typeof writeSearch>[0] {
  return {
    state: async () => ({ articles, damaged: 0, lackText: 0, behind: 0, place: 'temporary' }),
    search: async (_, { limit, after = null }) => {
      const from = after?.row ?? articles;
      const to = Math.max(0, from - limit);
      const found = Array.from({ length: from - to }, (_, i) => {
        const number = from - 1 - i;
        const id = `guancha:${FIRST_NUMBER + number}`;
        return { ...articleOf(number), id, precision: 'second' } as unknown as CatalogArticle;
      });
      const next = to === 0 ? null : { published: 0, row: to };
      return { articles: found, next, total: articles, isMore: false, isPartlyRanked: false, unknown: [] };
    },
  };
}

function of(numbers: readonly number[], part: number): number {
  return [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))] ?? 0;
}

function textShard(name: string): string {
  const { title, paragraphs } = articleOf(Number(name.slice(name.lastIndexOf('/') + 1)) - FIRST_NUMBER);
  return shardScript(name, [title, '', paragraphs.join('\n')]);
}

/** Pairs in most of 300 articles. */
function mostFrequent(): readonly string[] {
  const counts = new Map<string, number>();
  for (let i = 0; i < Math.min(300, articles); i++) {
    const text = articleOf(i)
      .paragraphs.join('')
      .replace(/[，。”\d]/g, '');
    const pairs = new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));
    for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 20)
    .map(([pair]) => pair);
}
