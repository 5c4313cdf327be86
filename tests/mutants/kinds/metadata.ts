/** What the head and small print of a page say of its article, beside the places that the site is known to use. */
import { inBody, isPost, kindsOf, type MutantKind, type Original, type Words } from '../kind.ts';

/** Adds to the head what contradicts the article. */
function inHead(write: (words: Words, original: Original) => string | null): MutantKind['make'] {
  return (original, words) => {
    const line = write(words, original);
    return line === null ? null : { html: original.html.replace('</head>', () => `${line}</head>`), sees: [] };
  };
}

const meta = (name: string, value: string) => `<meta property="${name}" content="${value}">`;

/** Another article's address on the same site. */
function elsewhere({ address }: Original, { random }: Words): string {
  const id = Number(/\d+$/.exec(address.id)?.[0] ?? 1) - random.int(3, 90);
  return address.url.replace(/\d+(?=\.shtml$|$)/, String(id));
}

const schema = (words: Record<string, unknown>) =>
  `<script type="application/ld+json">${JSON.stringify({ '@context': 'https://schema.org', '@type': 'NewsArticle', ...words })}</script>`;

/** Says at the top of the body how much there should be. */
function counted(write: (words: Words, original: Original) => string): MutantKind['make'] {
  return (original, words) =>
    inBody(original, ({ prepend, prose }) => {
      if (prose.length < 3) return false;
      prepend(`<p>${write(words, original)}</p>`);
      return [];
    });
}

export const METADATA: readonly MutantKind[] = kindsOf('C', {
  'another canonical address': inHead(
    (words, original) => `<link rel="canonical" href="${elsewhere(original, words)}">`,
  ),
  'another address for sharing': inHead((words, original) => meta('og:url', elsewhere(original, words))),
  'another title for sharing': inHead((words) => meta(words.pick(['og:title', 'twitter:title']), words.headline())),
  'another time for sharing': inHead(({ random }) =>
    meta('article:published_time', `2017-0${random.int(1, 9)}-11T08:00:00+08:00`),
  ),
  'another headline in the data of a schema': inHead((words) => schema({ headline: words.headline() })),
  'another time in the data of a schema': inHead(({ random }) =>
    schema({ datePublished: `2017-0${random.int(1, 9)}-11T08:00:00+08:00` }),
  ),
  'a longer text in the data of a schema': inHead((words, { truth }) =>
    schema({ articleBody: truth.text + Array.from({ length: 9 }, () => words.strange()).join('') }),
  ),
  'a title of a missing page': (original, { pick }) => ({
    html: original.html.replace(
      /<title>[\s\S]*?<\/title>/,
      () => `<title>${pick(['404 Not Found', '页面不存在', '出错了', '系统维护', '安全验证', 'Error'])}</title>`,
    ),
    sees: [],
  }),
  'a jump elsewhere beside the article': (original, words) =>
    isPost(original)
      ? null
      : {
          html: original.html.replace(
            '</head>',
            () => `<meta http-equiv="refresh" content="0;url=${elsewhere(original, words)}"></head>`,
          ),
          sees: [],
        },
  'a count of words far above the text': counted(({ pick, random }) => {
    const count = random.int(9000, 30_000);
    return pick([`本文共${count}字，阅读约需${Math.round(count / 400)}分钟`, `全文${count}字`, `字数：${count}`]);
  }),
  'a count of pictures above those shown': counted(({ pick, random }) =>
    pick([`图集（共${random.int(12, 40)}张）`, `1/${random.int(12, 40)}`, `共${random.int(12, 40)}图，点击查看`]),
  ),
  'a count of parts above those read': counted(({ pick, random }) =>
    pick([
      `（第1页，共${random.int(2, 6)}页）`,
      `本文分${random.int(2, 6)}页，当前第1页`,
      `1 / ${random.int(2, 6)} 页`,
    ]),
  ),
});
