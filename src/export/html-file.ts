/** One article as an HTML file that needs nothing else: its pictures are in it, no script is, and it asks nobody for anything. */
import { hash } from 'node:crypto';
import { ArchiveError } from '../errors.ts';
import { parseFragment } from '../page/html.ts';
import { STYLE } from '../reader/style.ts';
import type { Site } from '../site/address.ts';
import type { SelectedArticle } from './articles.ts';
import type { Content } from './file-export.ts';
import { pictureBytes } from './picture-records.ts';
import { escaped, strictUri } from './plain-markup.ts';
import { mediaTypeOf, openReadable, type Readable, storedPictures } from './readable.ts';

/** For the wall behind the sanitiser: nothing is loaded but what is written in the file. */
const POLICY = `default-src 'none'; img-src data:; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; base-uri 'none'; form-action 'none'`;

/** A drawing is no more than a picture here: browsers run nothing in one that `img` shows. */
const typeOf = (type: string) => (type === 'svg' ? 'image/svg+xml' : mediaTypeOf(type));

/** Of the first article. @throws NOT_ARCHIVED where there is none that can be read */
export function htmlFile(site: Site): Content {
  return async function* (articles, { sources, options }) {
    const makeReadable = await openReadable(site);
    for await (const article of articles) {
      const addresses = new Map<string, string>();
      for (const asset of storedPictures(article)) {
        const type = typeOf(asset.type);
        const bytes = type === null ? null : await pictureBytes(sources.storage, asset);
        if (bytes !== null) addresses.set(asset.sha256, `data:${type};base64,${bytes.toString('base64')}`);
        else
          options.onLeftOut({
            kind: 'picture-damaged',
            key: article.key,
            url: article.record.url,
            detail: `${asset.src}: its bytes are not in the archive, or of no known kind`,
          });
      }
      // The sanitiser reads addresses of some bytes in the place of megabytes.
      const readable = makeReadable(article, {
        pictureHref: ({ sha256 }) => (addresses.has(sha256) ? `pictures/${sha256}` : null),
        articleHref: () => null,
      });
      yield* pageOf(article, withPictures(readable, addresses));
      return;
    }
    throw new ArchiveError('NOT_ARCHIVED', `${sources.storage.name}: the article that was named cannot be exported`);
  };
}

function withPictures({ body, ...rest }: Readable, addresses: ReadonlyMap<string, string>): Readable {
  const $ = parseFragment(body);
  for (const { attribs } of $('img').toArray())
    attribs.src = addresses.get((attribs.src ?? '').replace('pictures/', '')) ?? '';
  return { ...rest, body: $.html() };
}

function* pageOf({ record }: SelectedArticle, { title, body, authors }: Readable): Generator<string> {
  const { source, publishedAt } = record.article;
  const about = [source, ...authors].filter((each) => each !== null && each !== undefined && each !== '');
  const time = publishedAt.slice(0, 16).replace('T', ' ');
  yield `<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main class="text">
<article class="piece">
<header>
<h1><bdi>${escaped(title)}</bdi></h1>
<p class="about"><time datetime="${escaped(publishedAt)}">${escaped(time)}</time>${about
    .map((each) => `<span class="sep">·</span><bdi>${escaped(each ?? '')}</bdi>`)
    .join(
      '',
    )}<span class="sep">·</span><a href="${escaped(strictUri(record.url))}" rel="noopener noreferrer nofollow">${escaped(record.id)}</a></p>
</header>
<div class="body">
`;
  yield body;
  yield `
</div>
</article>
</main>
</body>
</html>
`;
}
