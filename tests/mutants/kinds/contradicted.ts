/** A field or the text that something else in the page, its list or its parts contradicts. */
import type { CheerioAPI } from 'cheerio';
import { inPage, inSource, isPost, kindsOf, type MutantKind, type Original, plain, type Words } from '../kind.ts';

/** Only pages of the www site name themselves in so many places. */
const onWww =
  (make: MutantKind['make']): MutantKind['make'] =>
  (original, words) =>
    isPost(original) ? null : make(original, words);

function otherOf({ others: { article } }: Original): Original | null {
  return article;
}

/** Another number of the same kind. */
function otherId({ address }: Original, { random }: Words): string {
  const id = /\d+$/.exec(address.id)?.[0] ?? '1';
  return String(Number(id) - random.int(3, 90));
}

const jsonLd = (pattern: RegExp, write: (words: Words, original: Original) => string) =>
  onWww((original, words) => inSource(original, pattern, write(words, original)));

/** A time in the place of the printed one; the rest of the page keeps the right one. */
function shifted(hours: (hour: number) => number | null): MutantKind['make'] {
  return onWww((original) =>
    inPage(original, ($) => {
      const time = $('li.left-main > div.time:not([style]) > span:first-child').first();
      const printed = time.text().trim();
      const at = Date.parse(`${printed.replace(' ', 'T')}Z`);
      const by = Number.isNaN(at) ? null : hours(new Date(at).getUTCHours());
      if (by === null || !hasStamps($)) return false;
      time.text(new Date(at + by * 3_600_000).toISOString().slice(0, 19).replace('T', ' '));
      return true;
    }),
  );
}

/** Pictures named by the time of their upload, which lies shortly before the publication. */
function hasStamps($: CheerioAPI): boolean {
  return $('.all-txt img')
    .toArray()
    .some((img) => /\/\d{17}\.\w+/.test(`${img.attribs.src} ${img.attribs['data-original']}`));
}

function listedAs(
  change: (listed: NonNullable<Original['listed']>, words: Words, original: Original) => Original['listed'],
): MutantKind['make'] {
  return (original, words) => {
    const listed = original.listed === null ? null : change(original.listed, words, original);
    return listed === null ? null : { html: original.html, listed, sees: [] };
  };
}

const clockOf = (at: string) => at.slice(0, 16).replace('T', ' ');

/** Changes the article in parts. */
function parted(
  change: (
    parts: readonly string[],
    original: Original,
    words: Words,
  ) => { readonly first: string; readonly rest: readonly string[]; readonly single?: string } | null,
): MutantKind['make'] {
  return (original, words) => {
    const changed = original.parts.length < 2 ? null : change(original.parts, original, words);
    return changed === null
      ? null
      : {
          html: changed.first,
          parts: changed.rest,
          ...(changed.single === undefined ? {} : { single: changed.single }),
          sees: [],
        };
  };
}

export const CONTRADICTED: readonly MutantKind[] = kindsOf('C', {
  'another title of the page': (original, words) =>
    inSource(original, /<title>[\s\S]*?<\/title>/, `<title>${words.headline()}</title>`, []),
  'an empty title of the page': (original) => inSource(original, /<title>[\s\S]*?<\/title>/, '<title></title>', [{}]),
  'another headline': (original, words) => inSource(original, /(?<=<h[13]>)[^<]{4,}(?=<\/h[13]>)/, words.headline()),
  'another headline and title of the page': onWww((original, words) => {
    const title = words.headline();
    const first = inSource(original, /<title>[\s\S]*?<\/title>/, `<title>${title}</title>`);
    return first === null ? null : inSource({ ...original, html: first.html }, /(?<=<h3>)[^<]{4,}(?=<\/h3>)/, title);
  }),
  'the headline of a recent article': onWww((original) =>
    inPage(original, ($) => {
      const other = $('.resemble-art-black a').first().text();
      return other !== '' && $('li.left-main > h3').text(other).length > 0;
    }),
  ),
  'another title in the JSON-LD': jsonLd(/(?<="title"\s*:\s*")[^"]*/, ({ headline }) => headline()),
  'another text in the share settings': jsonLd(/(?<=bdText : ')[^']*/, ({ headline }) => `${headline()}-观察者网`),
  'another summary in the share settings': onWww((original, { sentence }) =>
    original.truth.summary === null ? null : inSource(original, /(?<=bdDesc : ')[^']*/, sentence() + sentence(), []),
  ),
  'a summary of something else': onWww((original, { strange }) =>
    original.truth.summary === null
      ? null
      : inSource(original, /(?<=<meta name="Description" content=")[^"]*/, strange()),
  ),
  'the site’s own words for the summary': onWww((original, { pick }) =>
    inSource(
      original,
      /(?<=<meta name="Description" content=")[^"]*/,
      pick([
        '观察者网，致力于荟萃中外思想者精华，提供及时新闻与评论的资讯网站',
        '观察者网-中国关怀 全球视野',
        '观察者网：关注时政、国际、经济的新闻门户',
      ]),
      [{ summary: null }],
    ),
  ),
  'another number of the comments': onWww((original, words) =>
    original.html.includes('postpage-view')
      ? inSource(original, /(?<=id="comments-container" data-id=")\d+/, otherId(original, words), [])
      : null,
  ),
  'another address of the mobile form': onWww((original, words) => {
    const id = /\d+$/.exec(original.address.id)?.[0] ?? '';
    const html = original.html.replaceAll(
      new RegExp(`(m\\.guancha\\.cn[^"']*_)${id}`, 'g'),
      `$1${otherId(original, words)}`,
    );
    return html === original.html ? null : { html, sees: [] };
  }),
  'another address in the JSON-LD': onWww((original, words) => {
    const id = /\d+$/.exec(original.address.id)?.[0] ?? '';
    return inSource(original, new RegExp(`(?<="@id"\\s*:\\s*"[^"]*_)${id}`), otherId(original, words), []);
  }),
  'another address in the request to link here': onWww((original, words) => {
    const id = /\d+$/.exec(original.address.id)?.[0] ?? '';
    const html = original.html.replaceAll(
      new RegExp(`(context_endf[\\s\\S]{0,200}?_)${id}`, 'g'),
      `$1${otherId(original, words)}`,
    );
    return html === original.html ? null : { html, sees: [] };
  }),
  'another picture in the share settings': onWww((original, { random }) =>
    inSource(
      original,
      /(?<=bdPic : ')[^']+/,
      `https://i.guancha.cn/news/2016/05/06/201605061${random.int(10000000, 59999999)}.jpg`,
    ),
  ),
  'a clock of twelve hours without its half': shifted((hour) => (hour > 12 ? -12 : null)),
  'a clock eight hours early': shifted(() => -8),
  'a clock eight hours late': shifted(() => 8),
  'another date in the JSON-LD': jsonLd(
    /(?<="pubDate"\s*:\s*")[^"]*/,
    ({ random }) => `2018-0${random.int(1, 9)}-11T08:00:00`,
  ),
  'a date to come in the JSON-LD': jsonLd(
    /(?<="pubDate"\s*:\s*")[^"]*/,
    ({ random }) => `2031-0${random.int(1, 9)}-11T08:00:00`,
  ),
  'an update before the publication': onWww((original) =>
    inSource(original, /(?<=最后更新: )[\d: -]+/, '2016-01-01 08:00:00'),
  ),
  'pictures uploaded after the last word of the page': onWww((original) => {
    const body = original.body.replace(/\/20\d\d\/\d\d\/\d\d\/20\d{15}(?=\.)/g, '/2026/11/20/20261120111111222');
    return body === original.body ? null : { html: original.head + body + original.tail };
  }),
  'another columnist than the byline’s': onWww((original, words) =>
    inPage(original, ($) => {
      const link = $('ul.author .author-intro p a').first();
      return link.length > 0 && (original.truth.byline?.length ?? 0) > 0 && link.text(words.name()).length > 0;
    }),
  ),
  'another staff writer than the byline’s': onWww((original, words) =>
    inPage(original, ($) => {
      const link = $('ul.editor .editor-intro p a').first();
      return link.length > 0 && (original.truth.byline?.length ?? 0) > 0 && link.text(words.name()).length > 0;
    }),
  ),
  'another writer in the share settings': onWww((original, words) =>
    original.truth.columnists.length === 0
      ? null
      : inSource(original, /(?<=bdText : '[^']*-)[^'-]+(?=-观察者网')/, words.name(), []),
  ),
  'a list with another headline': listedAs((listed, words) => ({ ...listed, title: words.headline(), summary: null })),
  'a list with another time': listedAs((listed, { random }, { truth }) => ({
    ...listed,
    time: clockOf(new Date(Date.parse(truth.published) - random.int(3, 40) * 86_400_000).toISOString()),
  })),
  'a list with another summary': listedAs((listed, words) => ({ ...listed, summary: words.strange() })),
  'the second part of another article': parted(([first = ''], original) => {
    const other = otherOf(original);
    return other === null ? null : { first, rest: [other.html] };
  }),
  'a part that repeats the end of the one before': parted((parts, original) => {
    const [first = '', second = ''] = parts;
    const last = original.body
      .match(/<p[^>]*>(?:(?!<\/p>)[\s\S])*<\/p>/g)
      ?.findLast((p) => first.includes(p) && plain(p.replace(/<[^>]*>/g, '')).length > 10);
    const at = /class="(?:content all-txt|article-txt-content)">/.exec(second);
    if (last === undefined || at === null) return null;
    const begin = at.index + at[0].length;
    return { first, rest: [`${second.slice(0, begin)}${last}${second.slice(begin)}`, ...parts.slice(2)] };
  }),
  'a part that is missing': parted(([first = '', ...rest]) => ({ first, rest: rest.slice(0, -1) })),
  'parts in another order': parted(([first = '', ...rest]) =>
    rest.length < 2 ? null : { first, rest: rest.toReversed() },
  ),
  'a part that is the first again': parted(([first = '', ...rest]) => ({ first, rest: [...rest.slice(0, -1), first] })),
  'a single form with another text': parted(([first = '', ...rest], original) => {
    const other = otherOf(original);
    return other === null ? null : { first, rest, single: original.head + other.body + original.tail };
  }),
  'headline and time changed about': onWww((original) =>
    inPage(original, ($) => {
      const [title, time] = [
        $('li.left-main > h3').first(),
        $('li.left-main > div.time').first().children('span').first(),
      ];
      const [a, b] = [title.text(), time.text()];
      title.text(b);
      time.text(a);
      return a !== '' && b !== '';
    }),
  ),
  'the name of the site for a headline': (original) =>
    inSource(original, /(?<=<h[13]>)[^<]{4,}(?=<\/h[13]>)/, '观察者网'),
  'an empty headline': (original) => inSource(original, /(?<=<h[13]>)[^<]{4,}(?=<\/h[13]>)/, ''),
});
