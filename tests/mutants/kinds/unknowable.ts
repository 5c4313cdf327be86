/** Changes after which the page is one that the site might have published: nothing in it says that it was otherwise. */
import { inBody, inPage, inSource, isPost, type MutantKind } from '../kind.ts';

const KINDS: readonly (readonly [name: string, why: string, make: MutantKind['make']])[] = [
  [
    'a paragraph gone',
    'the text goes on, and no count of paragraphs is printed',
    (original, { pick }) =>
      inBody(original, ({ $, prose }) => prose.length > 4 && $(pick(prose.slice(1))).remove().length > 0),
  ],
  [
    'the last paragraphs gone',
    'an article may end with any paragraph',
    (original) =>
      inBody(original, ({ $, prose }) => {
        const at = prose.slice(3).find((p) => /[。！？”]\s*$/.test($(p).text()));
        return (
          prose.length > 7 && at !== undefined && $(at).nextAll().length > 2 && $(at).nextAll().remove().length > 0
        );
      }),
  ],
  [
    'most of the text gone',
    'a new article may be short; against an archived version it is set aside',
    (original) =>
      inBody(original, ({ $, prose }) => {
        const at = prose.find((p) => /[。！？”]\s*$/.test($(p).text()));
        return prose.length > 7 && at !== undefined && $(at).nextAll().remove().length > 0;
      }),
  ],
  [
    'two paragraphs changed about',
    'no order of paragraphs is printed',
    (original) =>
      inBody(
        original,
        ({ $, prose: [, a, b] }) => a !== undefined && b !== undefined && $(b).insertBefore(a).length > 0,
      ),
  ],
  [
    'another number in the text',
    'a number is right or wrong only by the matter',
    (original) =>
      inBody(original, ({ $, prose }) => {
        const p = prose.find((each) => /[1-8]\d/.test($(each).text()));
        return (
          p !== undefined &&
          $(p).text(
            $(p)
              .text()
              .replace(/([1-8])(\d)/, (_, a: string, b: string) => `${Number(a) + 1}${b}`),
          ).length > 0
        );
      }),
  ],
  [
    'a sentence gone',
    'the sentences round it are whole',
    (original) =>
      inBody(original, ({ $, prose }) => {
        const p = prose.find((each) => ($(each).text().match(/。/g) ?? []).length > 2);
        return (
          p !== undefined &&
          $(p).text(
            $(p)
              .text()
              .replace(/。[^。“”]+。/, '。'),
          ).length > 0
        );
      }),
  ],
  [
    'a sentence of somebody else’s',
    'it is written as the rest is',
    (original, words) =>
      inBody(original, ({ $, prose }) => prose[1] !== undefined && $(prose[1]).append(words.sentence()).length > 0),
  ],
  [
    'a picture gone with its caption',
    'no count of pictures is printed',
    (original) =>
      inBody(original, ({ $, pictures }) => {
        const chosen = pictures.find(({ caption }) => caption !== null);
        if (chosen === undefined || chosen.caption === null) return false;
        $(chosen.caption).remove();
        return $(chosen.block).remove().length > 0;
      }),
  ],
  [
    'captions changed about',
    'only the picture itself says what it shows',
    (original) =>
      inBody(original, ({ $, pictures }) => {
        const [a, b] = pictures.flatMap(({ caption }) => caption ?? []);
        if (a === undefined || b === undefined) return false;
        const [first, second] = [$(a).html() ?? '', $(b).html() ?? ''];
        $(a).html(second);
        $(b).html(first);
        return first !== second;
      }),
  ],
  [
    'another picture',
    'the new editor’s addresses are digests and carry no day',
    (original, { random }) =>
      inBody(original, ({ $, pictures }) => {
        const chosen = pictures.find(({ image }) => /\/mainland\//.test(image.attribs.src ?? ''));
        return (
          chosen !== undefined &&
          $(chosen.image).attr('src', `https://i.guancha.cn/news/mainland/${random.hex(32)}.jpg`).length > 0
        );
      }),
  ],
  [
    'somebody else for the editor',
    'the page names the editor once',
    (original, words) =>
      inPage(original, ($) => {
        const item = $('ul.article-other > li')
          .filter((_, each) => $(each).text().trim().startsWith('责任编辑'))
          .first();
        return item.length > 0 && item.html(`责任编辑:\n ${words.name()}&nbsp;\n`).length > 0;
      }),
  ],
  [
    'no editor',
    'some pages name none',
    (original) =>
      inPage(
        original,
        ($) =>
          $('ul.article-other > li')
            .filter((_, each) => $(each).text().trim().startsWith('责任编辑'))
            .remove().length > 0,
      ),
  ],
  [
    'another source',
    'the page names the source once',
    (original, { pick }) => inSource(original, /(?<=<span>来源：)[^<]+/, pick(['新华社', '环球网', '澜江日报客户端'])),
  ],
  [
    'another keyword',
    'keywords need not stand in the text',
    (original, { pick }) =>
      inPage(
        original,
        ($) =>
          $('div.key-word a')
            .filter((_, each) => $(each).text() !== '')
            .first()
            .text(pick(['潮汐', '石阶', '灯塔'])).length > 0,
      ),
  ],
  [
    'no topic',
    'most pages have none',
    (original) => inPage(original, ($) => $('div.img-special:has(.right_title)').remove().length > 0),
  ],
  [
    'another post’s page',
    'a post does not say which it is',
    (original) =>
      isPost(original) && original.others.article !== null ? { html: original.others.article.html } : null,
  ],
  [
    'the byline gone',
    'many pieces have none',
    (original) => {
      const { truth } = original;
      if (truth.columnists.length + truth.staff.length > 0) return null;
      return inBody(
        original,
        ({ $, byline }) => byline !== null && $(byline).text().trim().length < 40 && $(byline).remove().length > 0,
      );
    },
  ],
  [
    'a few minutes on the clock of a page without an update',
    'the time is printed once beside the date for the search engine, and both are changed',
    (original, { random }) => {
      const printed = /<span>(\d{4}-\d\d-\d\d \d\d:)(\d\d)(:\d\d)<\/span>/.exec(original.html);
      if (printed === null || original.truth.updated !== null) return null;
      const [, before = '', minute = '', after = ''] = printed;
      const now = String((Number(minute) + random.int(1, 5)) % 60).padStart(2, '0');
      return {
        html: original.html
          .replaceAll(before + minute + after, before + now + after)
          .replaceAll(`${before.replace(' ', 'T')}${minute}${after}`, `${before.replace(' ', 'T')}${now}${after}`),
      };
    },
  ],
  [
    'a paragraph hidden by an outer style sheet',
    'only laying the page out with its style sheets shows it, which the reader’s eye does',
    (original) =>
      inBody(original, ({ $, prose }) => {
        const p = prose[2];
        return (
          p !== undefined &&
          $(p).text() !== '' && [{ text: original.truth.text.replace($(p).text().replace(/\s+/g, ''), '') }]
        );
      }),
  ],
];

export const UNKNOWABLE: readonly MutantKind[] = KINDS.map(([name, why, make]) => ({ name, class: 'D', why, make }));
