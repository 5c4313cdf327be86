/** Any title and any tree: the document keeps its bytes, and Hexo reads them and runs nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'hexo-front-matter';
import nunjucks from 'nunjucks';
import { makeDocument, readDocument, restoreFront, writeDocument } from '../src/archive/document.ts';
import { renderBody } from '../src/archive/document-body.ts';

/** As Hexo makes its own (lib/extend/tag.ts). */
const hexo = new nunjucks.Environment(null, { autoescape: false, trimBlocks: true, lstripBlocks: true });

const base = 'https://www.guancha.cn/politics/2022_01_28_623950.shtml';
/** What means something to a template engine, to YAML or to a parser. */
const LOADED = [
  '{{ 1 + 1 }}',
  '{% raw %}',
  '{#',
  '#}',
  '}}',
  '{',
  '%}',
  '---',
  '\n---\n',
  "'",
  '"',
  '\\',
  '&#123;',
  '&lt;',
  '<!--',
  ']]>',
];
const word = fc.oneof(fc.constantFrom(...LOADED), fc.string({ unit: 'grapheme', maxLength: 8 }));
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(''));

const TAGS = [
  'p',
  'div',
  'strong',
  'a',
  'table',
  'tr',
  'td',
  'ul',
  'li',
  'pre',
  'blockquote',
  'section',
  'svg',
  'math',
  'template',
  'textarea',
  'title',
  'style',
  'script',
  'noscript',
  'iframe',
  'select',
  'option',
  'video',
  'h3',
  'br',
  'img',
];
const attribute = fc
  .tuple(
    fc.constantFrom('href', 'src', 'alt', 'title', 'style', 'class', 'data-src', 'onclick', 'srcdoc', 'value'),
    text,
  )
  .map(([name, value]) => ` ${name}="${value.replaceAll('"', '&quot;')}"`);
const { tree } = fc.letrec<{ tree: string; node: string }>((tie) => ({
  tree: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
  node: fc.oneof(
    { depthSize: 'small' },
    text,
    text.map((inside) => `<!--${inside}-->`),
    fc
      .tuple(fc.constantFrom(...TAGS), fc.array(attribute, { maxLength: 3 }), tie('tree'), fc.boolean())
      .map(
        ([tag, attributes, inside, isClosed]) =>
          `<${tag}${attributes.join('')}>${inside}${isClosed ? `</${tag}>` : ''}`,
      ),
  ),
}));

describe('any title and any tree', () => {
  const documents = fc.tuple(text, tree).map(([title, html]) =>
    makeDocument({
      title,
      categories: ['新媒体', '观察者网', '头条'],
      author: '观察者网',
      publishedAt: '2022-01-28T10:30:43+08:00',
      convention: 'site-clock',
      body: renderBody(html, { base, lead: null }),
    }),
  );

  it('are written, read and written again to the same bytes', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const written = writeDocument(document);
        assert.equal(writeDocument(readDocument(written)), written);
      }),
      { numRuns: 300 },
    );
  });

  it('reach Hexo as they are: its front matter gives the title, and its template engine changes nothing', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const written = writeDocument(document);
        const { title, _content: content = '' } = parse(written);
        assert.equal(restoreFront(String(title)), document.title);
        assert.ok(content.includes(document.body.replaceAll('{', '&#123;').replaceAll('}', '&#125;').trim()));
        assert.equal(hexo.renderString(content, { page: {}, site: {} }), content);
      }),
      { numRuns: 300 },
    );
  });
});
