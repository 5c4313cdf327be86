/** Changes of the bytes and of the document as a whole. */
import { inPage, inSource, kindsOf, type MutantKind, type Original } from '../kind.ts';

const utf16 = (html: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(html, 'utf16le')]);
const twice = (html: string) => Buffer.from(Buffer.from(html).toString('latin1'));

/** The source with something in it, the article unchanged. */
const merely =
  (change: (original: Original) => string): MutantKind['make'] =>
  (original) => {
    const html = change(original);
    return html === original.html ? null : { html };
  };

export const DOCUMENT: readonly MutantKind[] = [
  ...kindsOf('same', {
    'bytes of UTF-16 with their mark': ({ html }) => ({
      html,
      body: utf16(html),
      headers: { 'content-type': 'text/html' },
    }),
    'a type of XHTML': ({ html }) => ({ html, headers: { 'content-type': 'application/xhtml+xml; charset=utf-8' } }),
    'a wrong charset in the header alone': ({ html }) => ({
      html,
      headers: { 'content-type': 'text/html; charset=iso-8859-1' },
    }),
    'another document type': merely(({ html }) =>
      html.replace(
        /<!DOCTYPE html>/i,
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
      ),
    ),
    'comments before and behind the document': merely(({ html }) => `<!-- cached 12:00 -->\n${html}\n<!-- 0.02 s -->`),
    'a script behind the document': merely(({ html }) => `${html}<script>var t=1;</script>`),
    'another language of the document': merely(({ html }) =>
      html.replace(/<html[^>]*>/, '<html lang="zh-Hans" class="no-js" data-theme="light">'),
    ),
    'a drawing with a title before the article': merely(({ html }) =>
      html.replace(/(?<=<body[^>]*>)/, '<svg width="0" height="0"><title>图标</title><symbol id="a"></symbol></svg>'),
    ),
  }),
  ...kindsOf('B', {
    'UTF-8 written as UTF-8 twice': ({ html }) => ({ html, body: twice(html) }),
    'bytes of UTF-16 without a mark': ({ html }) => ({ html, body: Buffer.from(html, 'utf16le') }),
    'marks of zero between all bytes': ({ html }) => ({
      html,
      body: Buffer.from(html.replace(/(?=\p{Script=Han})/gu, '\0')),
    }),
    'every byte of eight bits cut to seven': ({ html }) => ({
      html,
      body: Buffer.from(html).map((byte) => byte & 0x7f),
    }),
    'a piece of the source twice': ({ html, head, body }, { random }) => {
      const from = head.length + random.int(0, Math.max(0, body.length - 900));
      const piece = html.slice(from, from + random.int(300, 800));
      return { html: html.slice(0, from) + piece + html.slice(from) };
    },
    'two pieces of the source changed about': ({ html, head, body }, { random }) => {
      if (body.length < 3000) return null;
      const from = head.length + random.int(0, 500);
      const [a, b] = [html.slice(from, from + 700), html.slice(from + 700, from + 1500)];
      return { html: html.slice(0, from) + b + a + html.slice(from + 1500) };
    },
    'a piece of another page in the source': ({ html, head, body, others }, { random }) => {
      if (others.article === null) return null;
      const at = head.length + random.int(0, body.length);
      return { html: html.slice(0, at) + others.article.body.slice(100, 900) + html.slice(at) };
    },
  }),
  ...kindsOf('A', {
    'another base for addresses': (original) => {
      const lazy = /data-original=/.test(original.body);
      return lazy
        ? null
        : inSource(original, /<head>/, '<head><base href="https://mirror.example/x/">', [{ topic: () => true }]);
    },
    'a title in the body before the real one': (original, { headline }) =>
      inSource(original, /<title>/, `<title>${headline()}</title><title>`, []),
    'an article in an old frame': (original) =>
      inPage(original, ($) => {
        const column = $('li.left-main').first();
        return column.length > 0 && column.wrap('<div style="display:none"></div>').length > 0 && [];
      }),
    'the column hidden by a style': (original, { pick }) =>
      inPage(original, ($) => {
        const body = $('.all-txt, .article-txt-content').first();
        const style = pick([
          'display:none',
          'visibility:hidden',
          'opacity:0',
          'height:0;overflow:hidden',
          'max-height:400px;overflow:hidden',
        ]);
        return body.attr('style', style).length > 0 && [];
      }),
    'a field hidden by a style': (original, { pick }) =>
      inPage(original, ($) => {
        const field = $(
          pick([
            'ul.author',
            'ul.editor',
            'div.key-word',
            'ul.article-other',
            'li.left-main > h3',
            '.article-content > h1',
            '.user-main',
          ]),
        ).first();
        return (
          field.length > 0 &&
          field.attr('style', pick(['display:none', 'visibility:hidden', 'opacity:0'])).length > 0 &&
          []
        );
      }),
  }),
];
