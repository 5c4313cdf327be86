/**
 * What each export costs beside reading the same files, and whether its memory grows with the archive.
 * `npm run bench:exports [-- --articles 10000 --pictures 1]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeArchive } from './archive-generator.ts';
import { measure } from './measure.ts';

const { values } = parseArgs({
  options: { articles: { type: 'string', default: '10000' }, pictures: { type: 'string', default: '1' } },
});
const [articles, pictures] = [Number(values.articles), Number(values.pictures)];
const COMMAND = join(import.meta.dirname, '../../src/cli.ts');

/** Formats with the kinds of files that they read. */
const FORMATS = [
  ['jsonl', 'texts'],
  ['csv', 'texts'],
  ['parquet', 'texts'],
  ['sqlite', 'texts'],
  ['csl', 'texts'],
  ['ris', 'texts'],
  ['epub', 'all'],
  ['markdown', 'all'],
  ['markdown', 'again'],
  ['hexo', 'all'],
  ['hexo', 'again'],
] as const;

const folder = await mkdtemp(join(process.env.GUANCHA_TEST_FOLDER ?? tmpdir(), 'guancha-bench-'));
try {
  const archive = join(folder, 'archive');
  makeArchive(archive, { articles, pictures });
  const reading = async (what: string) =>
    measure(['sh', '-c', `find ${what} -type f -print0 | xargs -0 -n 500 cat > /dev/null`]);
  const texts = `${archive}/articles ${archive}/records`;
  await reading(texts); // fills the caches
  const cat = { texts: await reading(texts), all: await reading(`${texts} ${archive}/assets`) };
  process.stdout.write(
    `${articles} articles with ${pictures} pictures each; cat reads the texts in ${seconds(cat.texts.wallMs)}, all in ${seconds(cat.all.wallMs)}\n\n` +
      '| export | s | CPU s | articles/s | time, of cat’s | peak memory, MB |\n|---|---|---|---|---|---|\n',
  );
  for (const [format, kind] of FORMATS) {
    const target = join(folder, `out.${format}`);
    const bounds = format === 'epub' ? ['--since', '2000-01-01'] : [];
    const { wallMs, cpuMs, peakBytes } = await measure(
      [process.execPath, COMMAND, 'export', format, target, '--archive', archive, '--json', ...bounds],
      { memory: true },
    );
    const reference = kind === 'all' ? cat.all.wallMs : cat.texts.wallMs;
    const name = kind === 'again' ? `${format}, once more` : format;
    const rate = `${Math.round((articles * 1000) / wallMs)} | ${(wallMs / reference).toFixed(0)}`;
    process.stdout.write(
      `| ${name} | ${seconds(wallMs)} | ${seconds(cpuMs)} | ${rate} | ${Math.round(peakBytes / 1e6)} |\n`,
    );
    const isLast = !FORMATS.some(([other, how]) => other === format && how === 'again') || kind === 'again';
    if (isLast) await rm(target, { recursive: true });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function seconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(1);
}
