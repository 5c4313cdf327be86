/**
 * The ways in which a page is changed to try the extraction: each kind takes a page's HTML and gives it back changed.
 * `same` keeps every piece of information, so the article must come out right and unflagged. `lost` destroys some:
 * the article must come out right all the same, or flagged, or the page is judged no article.
 */
import { type CheerioAPI, load } from 'cheerio';
import type { Random } from '../newspaper/write/random.ts';

export interface Mutant {
  readonly html: string;
  /** The bytes, where they are not the HTML in UTF-8. */
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What stands in place of the page, and what is mixed into it. */
export interface Others {
  readonly home: string;
  readonly stub: string;
  /** Another article of the same layout. */
  readonly article: string;
}

export interface MutantKind {
  readonly name: string;
  /** Why some mutants of the kind cannot be distinguished from a page as published; those count apart. */
  readonly unseen?: string;
  readonly effect: 'same' | 'lost';
  /** Null where the page has nothing to change in this way. */
  readonly make: (html: string, random: Random, others: Others) => Mutant | null;
}

const BODY = '.all-txt, .article-txt-content, .textPageContInner, .gc_content';

/** Changes the tree; null where `change` says that there was nothing to change. */
function inTree(html: string, change: ($: CheerioAPI) => boolean): Mutant | null {
  const $ = load(html);
  return change($) ? { html: $.html() } : null;
}

/** Changes the first place of the source that matches. */
function inSource(html: string, pattern: RegExp, replacement: string): Mutant | null {
  return pattern.test(html) ? { html: html.replace(pattern, replacement) } : null;
}

const paragraphs = ($: CheerioAPI) => $(BODY).first().find('> p').toArray();
const onlyText = ($: CheerioAPI) =>
  paragraphs($).filter((p) => $(p).find('img, iframe, video').length === 0 && $(p).text().trim() !== '');

const kind = (effect: MutantKind['effect'], name: string, make: MutantKind['make']): MutantKind => ({
  effect,
  name,
  make,
});

const unseen = (why: string, of: MutantKind): MutantKind => ({ ...of, unseen: why });

export const KINDS: readonly MutantKind[] = [
  kind('same', 'full-width indents and no-break spaces', (html, random) =>
    inTree(html, ($) => {
      for (const p of onlyText($)) $(p).prepend(random.chance(0.5) ? '　　' : '&nbsp;&nbsp;');
      return onlyText($).length > 0;
    }),
  ),
  kind('same', 'lines broken otherwise', (html) => ({ html: html.replaceAll('\n', '\r\n') })),
  kind('same', 'attributes in another order', (html) =>
    inTree(html, ($) => {
      for (const element of $('[class]').toArray()) {
        if ('attribs' in element) element.attribs = Object.fromEntries(Object.entries(element.attribs).reverse());
      }
      return true;
    }),
  ),
  kind('same', 'tags in capitals', (html) => ({
    html: html.replace(
      /<(\/?)(p|div|strong|ul|li|span|h3)\b/g,
      (_, slash: string, tag: string) => `<${slash}${tag.toUpperCase()}`,
    ),
  })),
  kind('same', 'spans and fonts round the text', (html, random) =>
    inTree(html, ($) => {
      const all = onlyText($).filter((p) => !/^[【[（(]/.test($(p).text().trim()) && !/center/.test($.html(p)));
      for (const p of all) if (random.chance(0.5)) $(p).html(`<span style="font-size:16px;">${$(p).html()}</span>`);
      return all.length > 0;
    }),
  ),
  kind('same', 'comments and scripts in the body', (html, random) =>
    inTree(html, ($) => {
      const all = paragraphs($);
      if (all.length === 0) return false;
      $(random.pick(all)).after('<!-- <p>旧稿：不要这一段。</p> --><script>var x = "<p>也不要这一段。</p>";</script>');
      return true;
    }),
  ),
  kind('same', 'lazy pictures', (html) =>
    inTree(html, ($) => {
      const images = $(BODY)
        .first()
        .find('img[src]')
        .toArray()
        .filter((img) => $(img).attr('data-original') === undefined);
      for (const img of images)
        $(img)
          .attr('data-original', $(img).attr('src') ?? '')
          .removeAttr('src');
      return images.length > 0;
    }),
  ),
  kind('same', 'zero-width characters', (html, random) =>
    inTree(html, ($) => {
      const all = onlyText($).filter((p) => !/^[【[（(]/.test($(p).text().trim()));
      for (const p of all)
        if (random.chance(0.3))
          $(p)
            .append('\u200b')
            .prepend(random.chance(0.5) ? '\u00ad' : '');
      return all.length > 0;
    }),
  ),
  kind('same', 'GBK bytes, labelled so', (html) =>
    gbk(html.replace(/charset=["']?utf-8["']?/gi, 'charset=gbk'), { 'content-type': 'text/html; charset=gbk' }),
  ),
  kind('same', 'GBK bytes, labelled UTF-8', (html) => gbk(html, { 'content-type': 'text/html; charset=utf-8' })),
  kind('same', 'a byte-order mark', (html) => ({
    html,
    body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(html)]),
  })),
  kind('lost', 'paragraphs as line breaks', (html) =>
    inTree(html, ($) => {
      const all = paragraphs($);
      for (const p of all) $(p).replaceWith(`${$(p).html()}<br><br>`);
      return all.length > 1;
    }),
  ),
  kind('lost', 'comments inside the body', (html) =>
    inTree(
      html,
      ($) =>
        $(BODY)
          .first()
          .append(
            '<div class="gc-comment"><ul><li class="cmt-item"><h5><a>远山</a></h5><div class="comment-txt">写得好，收藏了。</div></li></ul></div>',
          ).length > 0,
    ),
  ),
  kind('lost', 'related links inside the body', (html) =>
    inTree(
      html,
      ($) =>
        $(BODY)
          .first()
          .append(
            '<ul class="new-left-list"><li><h4><a href="/a/2026_10_01_902111.shtml">另一篇的标题在这里</a></h4><p>另一篇的摘要。</p></li></ul>',
          ).length > 0,
    ),
  ),
  kind('lost', 'an unknown box inside the body', (html, random) =>
    inTree(html, ($) => {
      const all = paragraphs($);
      if (all.length === 0) return false;
      $(random.pick(all)).after(
        `<section class="promo-${random.hex(4)}"><p>扫码关注我们，每天一篇好文章。</p></section>`,
      );
      return true;
    }),
  ),
  kind('lost', 'hidden text', (html, random) =>
    inTree(html, ($) => {
      const all = onlyText($);
      if (all.length === 0) return false;
      $(random.pick(all)).after(
        random.pick([
          '<p style="display:none">看不见的一段话，谁写的也不知道。</p>',
          '<p hidden>看不见的一段话，谁写的也不知道。</p>',
          '<span style="visibility:hidden;">看不见的一段话。</span>',
        ]),
      );
      return true;
    }),
  ),
  kind('lost', 'a renamed class', (html, random) => {
    const name = random.pick([
      'all-txt',
      'left-main',
      'time fix',
      'article-content',
      'article-txt-content',
      'time1',
      'author fix',
      'editor fix',
      'article-other',
      'key-word',
    ]);
    return inSource(html, new RegExp(`class="([^"]*)${name}`), `class="$1x-${random.hex(4)}`);
  }),
  kind('lost', 'no class at all on a block', (html, random) => {
    const name = random.pick([
      'all-txt',
      'left-main',
      'time fix',
      'article-content',
      'article-txt-content',
      'author fix',
      'editor fix',
    ]);
    return inSource(html, new RegExp(` class="[^"]*${name}[^"]*"`), '');
  }),
  kind('lost', 'no time', (html) =>
    inTree(html, ($) => $('li.left-main > div.time, .user-main .time1').remove().length > 0),
  ),
  kind('lost', 'an empty time', (html) =>
    inTree(html, ($) => $('li.left-main > div.time > span:first-child, .user-main .time1').first().text('').length > 0),
  ),
  kind('lost', 'a doubled time', (html) =>
    inTree(html, ($) => {
      const time = $('li.left-main > div.time, .user-main .time1').first();
      time.before(time.clone().text('').append('<span>2011-11-11 11:11:11</span>'));
      return time.length > 0;
    }),
  ),
  kind('lost', 'an unreadable time', (html, random) =>
    inTree(
      html,
      ($) =>
        $('li.left-main > div.time > span:first-child, .user-main .time1')
          .first()
          .text(random.pick(['二〇二六年十月', '2026年10月4日', '10-2026-04', '昨晚'])).length > 0,
    ),
  ),
  kind('lost', 'an empty headline', (html) =>
    inTree(html, ($) => $('li.left-main > h3, .article-content > h1').first().text('').length > 0),
  ),
  kind('lost', 'the name of the site for a headline', (html) =>
    inTree(html, ($) => $('li.left-main > h3, .article-content > h1').first().text('观察者网').length > 0),
  ),
  kind('lost', 'another headline than the page’s title', (html) =>
    inTree(html, ($) => $('head title').text('完全是另一篇文章的题目').length > 0 && $('li.left-main > h3').length > 0),
  ),
  kind('lost', 'headline and time swapped', (html) =>
    inTree(html, ($) => {
      const [title, time] = [$('li.left-main > h3').first(), $('li.left-main > div.time').first()];
      const [a, b] = [title.html() ?? '', time.children('span').first().html() ?? ''];
      title.html(b);
      time.children('span').first().html(a);
      return title.length > 0 && time.length > 0;
    }),
  ),
  kind('lost', 'a second article on the page', (html, _random, { article }) => {
    const column = load(article)('li.left-main').first();
    return inTree(html, ($) => column.length > 0 && $('li.left-main').first().after(column.clone()).length > 0);
  }),
  kind('lost', 'a second body in the column', (html, _random, { article }) => {
    const body = load(article)(BODY).first();
    return inTree(html, ($) => body.length > 0 && $(BODY).first().after(body.clone()).length > 0);
  }),
  kind('lost', 'cut at any byte', (html, random) => {
    const bytes = Buffer.from(html);
    return { html, body: bytes.subarray(0, random.int(0, Math.max(0, bytes.length - 20))) };
  }),
  kind('lost', 'cut inside the article', (html, random) => {
    const start = html.search(/<li class="left left-main|<div class="article-content/);
    const end = html.search(/<div class="key-word|<ul class="article-other|<div class="share-box/);
    return start < 0 || end <= start ? null : { html: html.slice(0, random.int(start, end)) };
  }),
  unseen(
    'where the rest is a whole page, nothing says that it was longer',
    kind('lost', 'a piece of the middle missing, with tags', (html, random) => {
      const at = html.search(/all-txt|article-txt-content/);
      if (at < 0) return null;
      const from = at + random.int(0, 400);
      const closing = html.indexOf('</div>', from);
      return closing < 0
        ? null
        : { html: html.slice(0, from) + html.slice(closing + '</div>'.length + random.int(0, 3000)) };
    }),
  ),
  kind('lost', 'a stray end tag in the body', (html, random) =>
    inTreeSource(html, (source, at) => `${source.slice(0, at)}</div>${source.slice(at)}`, random),
  ),
  kind('lost', 'the home page instead', (_html, _random, { home }) => ({ html: home })),
  kind('lost', 'a stub instead', (_html, _random, { stub }) => ({ html: stub })),
  // A community post does not say which it is.
  kind('lost', 'another article instead', (html, _random, { article }) =>
    html.includes('left-main') ? { html: article } : null,
  ),
  kind('lost', 'a challenge instead', () => ({
    html: '<html><head><script>document.cookie="k=1";location.reload();</script></head><body>请稍候</body></html>',
  })),
  kind('lost', 'bytes damaged', (html, random) => {
    const bytes = Buffer.from(html);
    const [from, to] = [
      html.search(/<li class="left left-main|<div class="article-content/),
      html.search(/<div class="key-word|<ul class="article-other|<div class="share-box/),
    ];
    if (from < 0 || to <= from) return null;
    const [first, last] = [Buffer.byteLength(html.slice(0, from)), Buffer.byteLength(html.slice(0, to))];
    for (let i = 0; i < 40; i++) bytes[random.int(first, last - 1)] = random.int(0x80, 0xff);
    return { html, body: bytes };
  }),
  kind('lost', 'UTF-8 read as Latin-1 and written again', (html) => ({
    html,
    body: Buffer.from(Buffer.from(html).toString('latin1')),
  })),
  kind('lost', 'a byline in a form nobody has seen', (html, random) =>
    inTree(html, ($) => {
      const first = onlyText($).find((p) => /^[【[（(]/.test($(p).text().trim()));
      if (first === undefined) return false;
      $(first).text(
        random.pick(['【作者＝＝观察者网】', '【本文写于山中】', '〖文〓观察者网 山川〗', '【文 观察者网 山川 河流】']),
      );
      return true;
    }),
  ),
  kind('lost', 'the byline at the end', (html) =>
    inTree(html, ($) => {
      const all = onlyText($);
      const first = all.find((p) => /^[【[（(][^】\])）]*[】\])）]$/.test($(p).text().trim()));
      if (first === undefined || all.length < 8) return false;
      $(BODY).first().append($(first));
      return true;
    }),
  ),
];

/** Puts something between two paragraphs of the body, in the source. */
function inTreeSource(html: string, change: (source: string, at: number) => string, random: Random): Mutant | null {
  const start = html.search(/all-txt|article-txt-content/);
  const end = html.search(
    /<div class="key-word|<ul class="article-other|<div class="share-box|<div class="content-bottom-ad/,
  );
  const places = [...html.matchAll(/<\/p>/g)].map(({ index }) => index + 4).filter((at) => at > start && at < end);
  return start < 0 || places.length < 2 ? null : { html: change(html, random.pick(places)) };
}

/** The page in GBK; null where it holds a character that GBK has not. */
function gbk(html: string, headers: Readonly<Record<string, string>>): Mutant | null {
  const table = gbkTable();
  const bytes: number[] = [];
  for (const character of html) {
    const code = character.codePointAt(0) ?? 0;
    const pair = code < 0x80 ? [code] : table.get(character);
    if (pair === undefined) return null;
    bytes.push(...pair);
  }
  return { html, body: Uint8Array.from(bytes), headers };
}

let knownTable: Map<string, readonly [number, number]> | null = null;

/** Character → two bytes, by asking the decoder for every pair. */
function gbkTable(): Map<string, readonly [number, number]> {
  if (knownTable !== null) return knownTable;
  knownTable = new Map();
  const decoder = new TextDecoder('gbk');
  for (let high = 0x81; high <= 0xfe; high++) {
    for (let low = 0x40; low <= 0xfe; low++) {
      const text = decoder.decode(Uint8Array.of(high, low));
      if ([...text].length === 1 && text !== '\ufffd' && !knownTable.has(text)) knownTable.set(text, [high, low]);
    }
  }
  return knownTable;
}
