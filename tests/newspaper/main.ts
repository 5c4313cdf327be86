/**
 * Serves a newspaper until standard input ends or SIGTERM or SIGINT comes, for benches that want it in a process of its own.
 * Options: --articles N, --images N, --seed N, --page-bytes N, --list-size N. Prints one line of JSON: the origins, the
 * articles' addresses, and a configuration that names every list.
 * There are no special pages.
 */
import { parseArgs } from 'node:util';
import { openNewspaper } from './newspaper.ts';

const { values } = parseArgs({
  options: {
    articles: { type: 'string' },
    images: { type: 'string' },
    seed: { type: 'string' },
    'page-bytes': { type: 'string' },
    'list-size': { type: 'string' },
  },
});

await using newspaper = await openNewspaper({
  specials: false,
  ...(values.articles === undefined ? {} : { articles: Number(values.articles) }),
  ...(values.images === undefined ? {} : { imagesPerArticle: Number(values.images) }),
  ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
  ...(values['page-bytes'] === undefined ? {} : { pageBytes: Number(values['page-bytes']) }),
  ...(values['list-size'] === undefined ? {} : { listSize: Number(values['list-size']) }),
});
const { www, community, images } = newspaper;
const articles = newspaper.articles.map(({ url }) => url);
process.stdout.write(
  `${JSON.stringify({ www, community, images, articles, config: newspaper.config({ archive: './archive' }) })}\n`,
);

await new Promise<void>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  process.stdin.once('end', resolve).once('close', resolve).resume();
});
process.stdin.destroy();
