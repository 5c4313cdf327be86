/**
 * Serves a newspaper until standard input ends or SIGTERM or SIGINT comes, for benches that want it in a process of its own.
 * Options: --articles N, --images N, --seed N, --page-bytes N, --list-size N. Prints one line of JSON: the origins, the
 * articles' addresses, and a configuration that names every list.
 * There are no special pages. Two words are answered on standard input, each by a line of JSON: `truth` by what is true
 * about the articles, `counts` by what was served since the last time.
 */
import { createInterface } from 'node:readline';
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

let counted = 0;
createInterface({ input: process.stdin }).on('line', (word) => {
  if (word === 'truth') process.stdout.write(`${JSON.stringify(newspaper.articles)}\n`);
  if (word === 'counts') process.stdout.write(`${JSON.stringify(counts())}\n`);
});

await new Promise<void>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  process.stdin.once('end', resolve).once('close', resolve);
});
process.stdin.destroy();

/** Requests, and the articles and pictures that were given at least once. */
function counts() {
  const seen = newspaper.requests.slice(counted);
  counted = newspaper.requests.length;
  const given = seen.filter(({ status }) => status === 200);
  const numbers = new Set(articles.map(numberIn));
  const served = new Set(given.filter(({ origin }) => origin !== 'images').map(({ path }) => numberIn(path)));
  const pictures = new Set(given.filter(({ origin }) => origin === 'images').map(({ path }) => path));
  return {
    requests: seen.length,
    articles: [...served].filter((each) => numbers.has(each)).length,
    pictures: pictures.size,
  };
}

/** Of the article at an address, whichever of its parts. */
function numberIn(address: string): string {
  return /_\d\d_\d\d_(\d+)(?:_\w+)?\.shtml|[?&]id=(\d+)/.exec(address)?.slice(1).join('') ?? '';
}
