/** Changes of the frame: blocks renamed, moved, doubled or gone, so that what the page shows is no longer where it was. */
import type { Element } from 'domhandler';
import { inPage, inSource, isPost, kindsOf, type MutantKind, type Words } from '../kind.ts';

const NAMES = [
  'all-txt',
  'left-main',
  'time fix',
  'article-content',
  'article-txt-content',
  'time1',
  'author fix',
  'author-intro',
  'editor fix',
  'editor-intro',
  'article-other',
  'key-word',
  'img-special',
  'right_title',
  'user-main',
];

/** Blocks of which a redesign might choose other elements. */
const BLOCKS = [
  'li.left-main > h3',
  '.article-content > h1',
  'ul.author',
  'ul.editor',
  'li.left-main > div.time',
  'div.key-word',
  'ul.article-other',
  '.user-main',
  '.author-intro p',
  '.editor-intro p',
  'ul.article-other > li',
];

function moved(how: ($: Parameters<Parameters<typeof inPage>[1]>[0], words: Words) => boolean): MutantKind['make'] {
  return (original, words) => inPage(original, ($) => how($, words));
}

export const FRAME: readonly MutantKind[] = kindsOf('A', {
  'a renamed class': (original, { pick, random }) =>
    inSource(original, new RegExp(`class="([^"]*)${pick(NAMES)}`), `class="x-${random.hex(4)}`),
  'no class at all on a block': (original, { pick }) =>
    inSource(original, new RegExp(` class="[^"]*${pick(NAMES)}[^"]*"`), ''),
  'a class in capitals': (original, { pick }) => {
    const name = pick(NAMES);
    return inSource(original, new RegExp(`(?<=class="[^"]*)${name}`), name.toUpperCase());
  },
  'another element for a block': (original, { pick }) =>
    inPage(original, ($) => {
      const block = $<Element, string>(pick(BLOCKS)).first();
      const [element] = block.toArray();
      if (element === undefined) return false;
      element.name = element.name === 'div' ? 'section' : 'div';
      return true;
    }),
  'a wrapper round a block': (original, { pick, random }) =>
    inPage(original, ($) => {
      const block = $(pick(BLOCKS)).first();
      return block.length > 0 && block.wrap(`<div class="w-${random.hex(4)}"></div>`).length > 0;
    }),
  'a wrapper round the body': moved(
    ($, { random, pick }) =>
      $('.all-txt, .article-txt-content')
        .first()
        .wrap(pick([`<div class="w-${random.hex(4)}"></div>`, '<article></article>', '<section></section>'])).length >
      0,
  ),
  'a block above its place': moved(($, { pick }) => {
    const block = $(pick(['div.key-word', 'ul.article-other', 'ul.author', 'ul.editor'])).first();
    return block.length > 0 && $('li.left-main').prepend(block).length > 0;
  }),
  'a block outside the column': moved(($, { pick }) => {
    const block = $(
      pick([
        'div.key-word',
        'ul.article-other',
        'ul.author',
        'ul.editor',
        'div.img-special',
        'li.left-main > div.time',
      ]),
    ).first();
    return block.length > 0 && $('body').append(block).length > 0;
  }),
  'a block inside the body': moved(($, { pick }) => {
    const block = $(
      pick(['div.key-word', 'ul.article-other', 'ul.author', 'ul.editor', 'li.left-main > div.time']),
    ).first();
    return block.length > 0 && $('.all-txt').append(block).length > 0;
  }),
  'a block twice': moved(($, { pick }) => {
    const block = $(
      pick(['ul.author', 'ul.editor', 'ul.article-other', 'div.key-word', 'li.left-main > div.time']),
    ).first();
    return block.length > 0 && block.after(block.clone()).length > 0;
  }),
  'the headline as a heading of another rank': (original, { pick }) => {
    const tag = pick(['h1', 'h2', 'h4', 'div', 'p']);
    return inPage(original, ($) => {
      const [title] = $('li.left-main > h3, .article-content > h1').toArray();
      if (title === undefined || title.name === tag) return false;
      title.name = tag;
      return true;
    });
  },
  'a second headline': moved(
    ($, { headline }) =>
      $('li.left-main > h3, .article-content > h1').first().after(`<h3>${headline()}</h3>`).length > 0,
  ),
  'a second headline before it': moved(($, { headline }) => {
    const title = $('li.left-main > h3, .article-content > h1').first();
    const [element] = title.toArray();
    return element !== undefined && title.before(`<${element.name}>${headline()}</${element.name}>`).length > 0;
  }),
  'a kicker in the headline’s place': moved(($, { pick, place }) => {
    const title = $('li.left-main > h3').first();
    return (
      title.length > 0 && title.before(`<h3>${pick(['专题', '独家', '快讯', '深度'])}｜${place()}</h3>`).length > 0
    );
  }),
  'a lead above the body': moved(
    ($, { sentence }) =>
      $('.all-txt, .article-txt-content').first().before(`<div class="lead">${sentence()}</div>`).length > 0 && true,
  ),
  'part of the body beside it': moved(($) => {
    const body = $('.all-txt, .article-txt-content').first();
    const paragraphs = body.children('p').slice(-3);
    return paragraphs.length === 3 && body.after(paragraphs).length > 0;
  }),
  'part of the body outside the column': moved(($, { random }) => {
    const paragraphs = $('.all-txt, .article-txt-content').first().children('p').slice(-3);
    return (
      paragraphs.length === 3 &&
      $('li.left-main, .article-content')
        .first()
        .after($(`<div class="c-${random.hex(3)}"></div>`).append(paragraphs)).length > 0
    );
  }),
  'the body in two elements': moved(($) => {
    const body = $('.all-txt, .article-txt-content').first();
    const rest = body.children('p').slice(4);
    return rest.length > 0 && body.after(body.clone().empty().append(rest)).length > 0;
  }),
  'a second article on the page': ({ others, ...original }) => {
    const column =
      others.article === null
        ? null
        : /<li class="left left-main[\s\S]*?(?=<li class="right)/.exec(others.article.html)?.[0];
    return isPost({ others, ...original }) || !column
      ? null
      : inSource({ others, ...original }, /(?=<li class="right)/, column);
  },
  'the source’s label in another word': (original, { pick }) =>
    inSource(
      original,
      /来源：(?=[^<]+<\/span>)/,
      pick(['稿源：', '出处：', '文章来源：', '信源 ', '来自：', '来源/', 'Source: ']),
    ),
  'the editors’ label in another word': (original, { pick }) =>
    inSource(
      original,
      /责任编辑:/,
      pick(['责编：', '编辑：', '责任 编辑：', '本文编辑：', '执行编辑：', '实习编辑：', '值班编辑：']),
    ),
  'the original title’s label in another word': (original, { pick }) =>
    inSource(original, /原标题：/, pick(['原题：', '原文标题：', '原 标 题：', '英文原题：', '本文原题：'])),
  'no label for the source': (original) => inSource(original, /来源：(?=[^<]+<\/span>)/, ''),
  'the location and the time of a post changed about': (original) =>
    isPost(original)
      ? inPage(original, ($) => {
          const time = $('.user-main p span.time1').first();
          const place = time.next('span');
          return place.length > 0 && time.before(place).length > 0 && [{}];
        })
      : null,
});
