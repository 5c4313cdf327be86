/** Pages that are merely written otherwise: every piece of information is there, in a form that the site is known to use. */
import { gbkBytes } from '../gbk.ts';
import {
  inBody,
  inPage,
  inSource,
  isPost,
  kindsOf,
  type Mutant,
  type MutantKind,
  type Original,
  plain,
  type Words,
} from '../kind.ts';

/** Changes the source in a way that may not be noticed. */
const source =
  (change: (html: string, words: Words, original: Original) => string): MutantKind['make'] =>
  (original, words) => {
    const html = change(original.html, words, original);
    return html === original.html ? null : { html };
  };

/** Puts something into the page outside the article's column. */
const outside = (write: (words: Words) => string): MutantKind['make'] =>
  source((html, words) => html.replace(words.pick([/<\/body>/, /(?<=<body[^>]*>)/]), () => write(words)));

const inHead = (write: (words: Words, original: Original) => string): MutantKind['make'] =>
  source((html, words, original) => html.replace('</head>', () => `${write(words, original)}</head>`));

/** Another attribute on some paragraphs, as the site's editors write it. */
const onParagraphs =
  (attributes: readonly string[]): MutantKind['make'] =>
  (original, words) =>
    inBody(original, ({ $, prose }) => {
      const attribute = words.pick(attributes);
      for (const p of prose) if (words.random.chance(0.6)) $(p).replaceWith(`<p ${attribute}>${$(p).html()}</p>`);
      return prose.length > 0;
    });

/** Other inline markup round words of some paragraphs. */
const inline =
  (wraps: readonly (readonly [string, string])[]): MutantKind['make'] =>
  (original, words) =>
    inBody(original, ({ $, prose }) => {
      const [open, close] = words.pick(wraps);
      for (const p of prose) if (words.random.chance(0.5)) $(p).html(`${open}${$(p).html()}${close}`);
      return prose.length > 0;
    });

const gbk = (html: string, headers: Readonly<Record<string, string>>): Mutant | null => {
  const body = gbkBytes(html);
  return body === null ? null : { html, body, headers };
};

const listed =
  (
    change: (listed: NonNullable<Original['listed']>, words: Words, original: Original) => Original['listed'],
  ): MutantKind['make'] =>
  (original, words) => {
    const now = original.listed === null ? null : change(original.listed, words, original);
    return now === null ? null : { html: original.html, listed: now };
  };

export const SAME: readonly MutantKind[] = kindsOf('same', {
  'full-width indents and no-break spaces': (original, { random }) =>
    inBody(original, ({ $, prose }) => {
      for (const p of prose) $(p).prepend(random.chance(0.5) ? '　　' : '&nbsp;&nbsp;');
      return prose.length > 0;
    }),
  'lines broken otherwise': source((html) => html.replaceAll('\n', '\r\n')),
  'attributes in another order': (original) =>
    inPage(original, ($) => {
      for (const element of $('[class]').toArray())
        element.attribs = Object.fromEntries(Object.entries(element.attribs).reverse());
      return true;
    }),
  'tags in capitals': source((html) =>
    html.replace(
      /<(\/?)(p|div|strong|ul|li|span|h3)\b/g,
      (_, slash: string, tag: string) => `<${slash}${tag.toUpperCase()}`,
    ),
  ),
  'attributes without quotes': source((html) => html.replace(/ (class|id|width|align)="([\w-]+)"(?=[ >])/g, ' $1=$2')),
  'end tags left out': source(
    (html, _, { head, body, tail }) => `${head}${body.replace(/<\/p>\s*(?=<p[ >])/g, '\n')}${tail}` || html,
  ),
  'white space between tags left out': source((html, _, { head, body, tail }) =>
    /<(?:pre|textarea|script)/.test(body)
      ? html
      : `${head}${body
          .replace(/>\s+</g, '><')
          .replace(/<p>\s+/g, '<p>')
          .replace(/\s+<\/p>/g, '</p>')}${tail}`,
  ),
  'the source indented': source(
    (_, __, { head, body, tail }) =>
      `${head}${body.replace(/<p>/g, '\n\t\t<p>\n\t\t\t').replace(/<\/p>/g, '\n\t\t</p>')}${tail}`,
  ),
  'characters by number': source(
    (_, { random }, { head, body, tail }) =>
      `${head}${body.replace(/\p{Script=Han}/gu, (character) => (random.chance(0.1) ? `&#${character.charCodeAt(0)};` : character))}${tail}`,
  ),
  'quotation marks by name': source(
    (_, __, { head, body, tail }) => `${head}${body.replaceAll('“', '&ldquo;').replaceAll('”', '&rdquo;')}${tail}`,
  ),
  'spans and fonts round the text': inline([
    ['<span style="font-size:16px;">', '</span>'],
    ['<font face="宋体">', '</font>'],
    ['<span>', '</span>'],
    ['<span style="color:#333333;">', '</span>'],
    ['<span style="font-family:宋体;">', '</span>'],
  ]),
  'strong and slanted words': (original, words) =>
    inBody(original, ({ $, prose }) => {
      for (const p of prose) $(p).append(words.pick(['<strong></strong>', '<em></em>', '<br>', '<span></span>']));
      return prose.length > 0;
    }),
  'paragraphs aligned by style': onParagraphs([
    'style="text-align:left;"',
    'style="text-align: justify;"',
    'style="text-indent:2em;"',
    'align="left"',
    'style="text-align:justify;text-indent:2em;"',
  ]),
  'empty paragraphs': (original, words) =>
    inBody(original, ({ $, prose }) => {
      for (const p of prose)
        if (words.random.chance(0.3))
          $(p).after(words.pick(['<p><br></p>', '<p>&nbsp;</p>', '<p></p>', '<p>\n\t<br />\n</p>']));
      return prose.length > 0;
    }),
  'comments without prose, and scripts that count': (original, words) =>
    inBody(original, ({ $, prose }) => {
      if (prose.length < 2) return false;
      $(words.pick(prose)).after(
        words.pick([
          '<!-- 分享 -->',
          '<!-- end -->',
          '<!--[if gte mso 9]><![endif]-->',
          '<script>var _hmt = _hmt || [];</script>',
          `<script src="https://hm.counter.example/h.js?${words.random.hex(6)}"></script>`,
        ]),
      );
      return true;
    }),
  'lazy pictures': (original) =>
    inBody(original, ({ $ }) => {
      const images = $('img[src]')
        .toArray()
        .filter((img) => img.attribs['data-original'] === undefined);
      for (const img of images)
        $(img)
          .attr('data-original', img.attribs.src ?? '')
          .removeAttr('src');
      return images.length > 0;
    }),
  'pictures with other sizes and descriptions': (original, { pick }) =>
    inBody(
      original,
      ({ $ }) =>
        $('img[src]')
          .attr('width', pick(['530', '600', '100%']))
          .attr('alt', pick(['', '图片'])).length > 0,
    ),
  'zero-width characters': (original, { random }) =>
    inBody(original, ({ $, prose }) => {
      for (const p of prose)
        if (random.chance(0.3))
          $(p)
            .append('\u200b')
            .prepend(random.chance(0.5) ? '\u00ad' : '');
      return prose.length > 0;
    }),
  'GBK bytes, labelled so': ({ html }) =>
    gbk(html.replace(/charset=["']?utf-8["']?/gi, 'charset=gbk'), { 'content-type': 'text/html; charset=gbk' }),
  'GBK bytes, labelled UTF-8': ({ html }) => gbk(html, { 'content-type': 'text/html; charset=utf-8' }),
  'a byte-order mark': ({ html }) => ({
    html,
    body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(html)]),
  }),
  'no charset in the header': ({ html }) => ({ html, headers: { 'content-type': 'text/html' } }),
  'more in the head': inHead(({ pick, random }, { truth, address }) =>
    pick([
      `<meta property="og:title" content="${truth.title.replaceAll('"', '&quot;')}">`,
      `<link rel="canonical" href="${address.url}">`,
      '<meta name="viewport" content="width=device-width">',
      `<script src="/js/a.${random.hex(8)}.js" async></script>`,
      '<link rel="dns-prefetch" href="//i.guancha.cn">',
      '<style>.share{color:red}</style>',
    ]),
  ),
  'a banner outside the column': outside(({ pick, sentence, random }) =>
    pick([
      `<div id="top-${random.hex(4)}"><a href="/a">${sentence()}</a></div>`,
      `<div class="cookie-bar"><p>${sentence()}</p></div>`,
      `<iframe src="https://ads.example/${random.hex(4)}"></iframe>`,
      `<section class="promo"><h3>${sentence()}</h3><p>${sentence()}</p></section>`,
    ]),
  ),
  'a bar of a provider outside the column': outside(
    ({ random }) =>
      `<script>(function(){var d=document;})()</script><div style="position:fixed;bottom:0" id="isp-${random.hex(3)}">流量提醒：本月已用${random.int(10, 99)}%</div>`,
  ),
  'scripts deferred by a proxy': source((html) =>
    html.replace(/<script type="text\/javascript"/g, '<script type="text/rocketscript"'),
  ),
  'more comments': source((html, { sentence }) =>
    html.replace(
      /(?=<\/ul>\s*<\/div>\s*<ul class="pagination">)/,
      () => `<li class="comment-item cmt-item"><p>${sentence()}</p></li>`,
    ),
  ),
  'other entries in the right column': source((html, { headline }) =>
    html.replace(
      /(?<=<li class="right[^>]*>)/,
      () => `<div class="box"><h4><a href="/politics/2022_01_01_620001.shtml">${headline()}</a></h4></div>`,
    ),
  ),
  'no keywords': (original) => inPage(original, ($) => $('div.key-word a').remove().length > 0 && [{ keywords: [] }]),
  'an empty keyword': (original) =>
    inPage(original, ($) => $('div.key-word').append('<a style="color:#d06868" href="#"></a>').length > 0),
  'no source': (original) =>
    inPage(
      original,
      ($) =>
        $('li.left-main > div.time > span')
          .filter((_, each) => $(each).text().startsWith('来源'))
          .remove().length > 0 && [{ source: null }],
    ),
  'no summary': (original) => {
    const html = original.html.replace(/(?<=bdDesc : ')[^'\n]+(?=',)/, '');
    const described = { ...original, html };
    const mutant = inSource(described, /(?<=<meta name="Description" content=")[^"]+/, '', [{ summary: null }]);
    return mutant === null || original.listed === null
      ? mutant
      : { ...mutant, listed: { ...original.listed, summary: null } };
  },
  'another house for the source': (original, { pick }) =>
    inPage(original, ($) => {
      const source_ = pick([
        '新华社',
        '环球网',
        '央视新闻',
        '参考消息网',
        '中国新闻网',
        '澎湃新闻',
        '人民日报客户端',
        '微信公众号“三汊口笔记”',
        '观察者网',
        '美国《望潮》杂志网站',
        '上观新闻',
        'IT之家',
      ]);
      const span = $('li.left-main > div.time > span')
        .filter((_, each) => $(each).text().startsWith('来源'))
        .first();
      return span.length > 0 && span.text(`来源：${source_}`).length > 0 && [{ source: source_ }];
    }),
  'another editor': (original, { pick, name }) =>
    inPage(original, ($) => {
      const editors = pick([[name()], [name(), name()], [name().slice(0, 2)], [`欧阳${name().slice(1)}`], ['山之']]);
      const item = $('ul.article-other > li')
        .filter((_, each) => $(each).text().trim().startsWith('责任编辑'))
        .first();
      return (
        item.length > 0 &&
        item.html(`责任编辑:\n ${editors.map((each) => `${each}&nbsp;`).join('')}\n`).length > 0 && [{ editors }]
      );
    }),
  'another headline everywhere': (original, words) => {
    const { truth, html } = original;
    // Another form of headline, about what the text is about.
    const about = /(?<=。)[^。？！“”《》【】（）<>&;:："'/｜|]{10,40}(?=。)/.exec(truth.text)?.[0];
    if (about === undefined) return null;
    const title = words.pick([
      about,
      `“${words.place()}”，${about}`,
      `${about}？`,
      `《${words.place()}》：${about}`,
      `${words.name()}：${about}`,
    ]);
    // Marks that are escaped in one way or another are not found everywhere.
    if ((truth.columnists.length > 0 && !isPost(original)) || /["'&<>\\]/.test(truth.title)) return null;
    const all = html.replaceAll(truth.title, () => title);
    return all.includes(truth.title) || original.listed === null
      ? null
      : { html: all, listed: { ...original.listed, title }, sees: [{ title, text: () => true }] };
  },
  'a list with a shorter headline': listed((entry) => ({
    ...entry,
    title: `${(entry.title ?? '').slice(0, Math.ceil((entry.title ?? '').length * 0.6))}`,
  })),
  'a list with a headline of its own': listed((entry, { pick, place }, { truth }) => ({
    ...entry,
    title: `${pick(['看', '图集：', '独家｜', '', `${place()}：`])}${truth.title.replace(/^.{1,6}[：:]/, '').slice(3, 14)}`,
  })),
  'a list without a summary': listed((entry) => ({ ...entry, summary: null })),
  'a list with the beginning of the text for a summary': listed((entry, _, { body }) => ({
    ...entry,
    summary:
      plain(body.replace(/<[^>]*>/g, ''))
        .replace(/^[【（(][^】）)]*[】）)]/, '')
        .slice(0, 60) + '…[全文]',
  })),
  'a list with the day alone': listed((entry) => ({ ...entry, time: entry.time?.slice(0, 10) ?? null })),
  'a line of the site about a post': (original, words) => {
    if (!isPost(original)) return null;
    const line = `【本文来自《${words.headline()}》评论区，标题为小编添加】`;
    return inBody(original, ({ prepend }) => {
      prepend(`<p>${line}</p>`);
      return [{ text: plain(line) + original.truth.text }];
    });
  },
  'a notice at the end': (original, { pick }) => {
    const line = pick([
      '本文系观察者网独家稿件，未经授权，不得转载。',
      '本文系观察者网独家稿件，文章内容纯属作者个人观点，不代表平台观点，未经授权，不得转载，否则将追究法律责任。关注观察者网微信guanchacn，每日阅读趣味文章。',
    ]);
    return original.body.includes('独家稿件') || isPost(original)
      ? null
      : inBody(original, ({ append }) => {
          append(`<p><strong>${line}</strong></p>`);
          return [{ text: original.truth.text + plain(line) }];
        });
  },
  'an ending that is no sentence': (original, words) =>
    inBody(original, ({ append }) => {
      const line = words.pick([
        `（${words.name()}对本文亦有贡献）`,
        '（完）',
        `${words.place()}，十月`,
        '——全文完——',
        `注：数据截至${words.random.int(1, 12)}月底`,
      ]);
      append(`<p>${line}</p>`);
      return [{ text: original.truth.text + plain(line), byline: original.truth.byline }];
    }),
  'dialogue of an interview': (original) =>
    inBody(original, ({ $, prose }) => {
      if (prose.length < 3) return false;
      for (const [i, p] of prose.entries()) $(p).prepend(`<strong>${i % 2 === 0 ? '观察者网' : '受访者'}：</strong>`);
      return [
        {
          text: (text: unknown) =>
            plain(String(text)).replaceAll(/观察者网：|受访者：/g, '') ===
            original.truth.text.replaceAll(/观察者网：|受访者：/g, ''),
          byline: () => true,
        },
      ];
    }),
  'a numbered list of sections': (original, words) =>
    inBody(original, ({ $, prose }) => {
      if (prose.length < 5) return false;
      const heads = ['一、', '二、', '三、'].map((mark) => mark + words.headline());
      let text = original.truth.text;
      for (const [i, head] of heads.entries()) {
        const p = prose[i + 1];
        if (p === undefined) return false;
        $(p).before(`<p><strong>${head}</strong></p>`);
        text = text.replace(plain($(p).text()), (old) => plain(head) + old);
      }
      return [{ text }];
    }),
  'a question mark or Latin letters among the words': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const p = prose[1];
      if (p === undefined) return false;
      const added = words.pick([
        '为什么是这里？没有人知道。',
        '这台“X-12?”只造了一辆。',
        'How much?他笑着说。',
        '到底是5%还是6%？要看怎么算。',
        '真的吗？真的。',
      ]);
      const old = plain($(p).text());
      $(p).append(added);
      return [{ text: original.truth.text.replace(old, () => old + plain(added)) }];
    }),
  'a link in the text': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const p = prose[1];
      if (p === undefined) return false;
      const word = words.headline();
      const old = plain($(p).text());
      $(p).append(
        `（此前报道：<a href="https://www.guancha.cn/politics/2022_01_0${words.random.int(1, 9)}_620111.shtml" target="_blank">${word}</a>）`,
      );
      return [{ text: original.truth.text.replace(old, () => `${old}（此前报道：${plain(word)}）`) }];
    }),
  'a word for the next page in a sentence': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const p = prose[1];
      if (p === undefined) return false;
      const added = words.pick([
        '他翻到下一页，广告少了一半。',
        '登录后阅读这份账本的人有上百个。',
        '展开全文的版面要三张桌子。',
        '墙上写着“未完待续”。',
        '会员专享的座位一直空着。',
      ]);
      const old = plain($(p).text());
      $(p).append(added);
      return [{ text: original.truth.text.replace(old, () => old + plain(added)) }];
    }),
});
