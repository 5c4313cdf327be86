/**
 * What the web reader's pages cost, in process: CPU a page, bytes, memory over many pages.
 * `npm run bench:reader [-- --articles 3000 --requests 10000]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openArchive } from '../../src/archive/archive.ts';
import { openDisk } from '../../src/archive/disk.ts';
import { CATALOG } from '../../src/archive/keys.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { systemClock } from '../../src/clock.ts';
import { defaultConfig } from '../../src/config.ts';
import { openLibrary } from '../../src/reader/library.ts';
import { createReader } from '../../src/reader/reader.ts';
import { SITE } from '../support/article-page.ts';
import { makeArchive } from './archive-generator.ts';

const { values } = parseArgs({
  options: { articles: { type: 'string', default: '3000' }, requests: { type: 'string', default: '10000' } },
});
const [articles, requests] = [Number(values.articles), Number(values.requests)];
const say = (text: string) => process.stdout.write(`${text}\n`);
/** As the generator numbers them. */
const FIRST = 100_000;
/** Pages before any is measured, so that code is warm and caches are full. */
const WARM_UP = 300;

const folder = await mkdtemp(join(tmpdir(), 'guancha-bench-'));
try {
  makeArchive(folder, { articles, pictures: 0 });
  const storage = openDisk(folder);
  const config = { ...defaultConfig(), archive: folder };
  const log = ({ message }: { readonly message: string }) => say(message);
  using catalog = await openCatalog(storage, { path: join(folder, CATALOG), log });
  await catalog.refresh();
  const ended = new AbortController();
  const library = openLibrary(
    { archive: openArchive(storage, config.limits), catalog, storage, folder, config: { ...config, site: SITE } },
    { clock: systemClock, log, signal: ended.signal },
  );
  const reader = createReader(library, { names: [], gate: null, log });
  /** Visits a page as a browser asks for it, and reads it to its end. */
  const visit = async (path: string) => {
    const headers = { host: 'localhost', 'accept-encoding': 'gzip' };
    const answer = await reader.request(`http://localhost${path}`, { headers });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
    return (await answer.arrayBuffer()).byteLength;
  };
  const kinds: readonly (readonly [string, (i: number) => string])[] = [
    ['front', () => '/'],
    ['article', (i) => articlePath(i)],
    ['history', (i) => `${articlePath(i)}/history`],
    ['search, two characters', (i) => `/search?q=${encodeURIComponent(['茶山', '渡口', '灯塔'][i % 3] ?? '')}`],
  ];
  const any = (i: number) => kinds[i % kinds.length]?.[1](i) ?? '/';

  for (let i = 0; i < WARM_UP; i++) await visit(any(i));
  say('| page | CPU ms p50 | p95 | bytes, compressed |\n|---|---|---|---|');
  for (const [name, pathOf] of kinds) {
    const times: number[] = [];
    let bytes = 0;
    for (let i = 0; i < Math.max(20, requests / 50); i++) {
      const before = process.cpuUsage();
      bytes = await visit(pathOf(i));
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    times.sort((a, b) => a - b);
    const at = (part: number) => (times[Math.floor(times.length * part)] ?? 0).toFixed(1);
    say(`| ${name} | ${at(0.5)} | ${at(0.95)} | ${bytes} |`);
  }

  say(`heap before: ${heapMb()} MB`);
  for (let i = 0; i < requests; i++) {
    await visit(any(i));
    if ((i + 1) % Math.ceil(requests / 4) === 0) say(`after ${i + 1} pages: ${heapMb()} MB`);
  }
  ended.abort();
} finally {
  await rm(folder, { recursive: true });
}

/** One of all articles, far from the one before. */
function articlePath(i: number): string {
  return `/articles/guancha/${FIRST + ((i * 7919) % articles)}`;
}

/** What is left after a collection: heap, and memory of the process. */
function heapMb(): string {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return `${(heapUsed / 1e6).toFixed(1)} (process ${(rss / 1e6).toFixed(0)})`;
}
