/** The spelling of documents: the given ones byte for byte, and never another tree than the default serialiser's. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readDocument } from '../src/archive/document.ts';
import { renderBody } from '../src/archive/document-body.ts';
import { shortestHtml } from '../src/archive/shortest-html.ts';
import { type AnyNode, isElement, parseFragment } from '../src/page/html.ts';

const SAMPLES = join(import.meta.dirname, '../../shared/samples/documents');
const skip = existsSync(SAMPLES) ? false : 'the sample documents are not beside this checkout (../shared)';

const nodesOf = (html: string): readonly AnyNode[] => parseFragment(html).root()[0]?.children ?? [];
const rewritten = (html: string) => shortestHtml(nodesOf(html));

/** All that a tree says: names, attributes in their order, text joined where nothing parts it. */
function meaningOf(nodes: readonly AnyNode[]): unknown[] {
  const meaning: unknown[] = [];
  for (const node of nodes) {
    const last = meaning.at(-1);
    if (node.type === 'text' && typeof last === 'string') meaning[meaning.length - 1] = last + node.data;
    else if (node.type === 'text') meaning.push(node.data);
    else if (isElement(node)) meaning.push([node.name, Object.entries(node.attribs), meaningOf(node.children)]);
  }
  return meaning;
}
const parsed = (html: string) => meaningOf(nodesOf(html));

describe('the shortest form of HTML', () => {
  it('gives each of the given documents its own bytes', { skip }, () => {
    const names = readdirSync(SAMPLES).filter((name) => name.endsWith('.html'));
    const other = names.filter((name) => {
      const { body } = readDocument(readFileSync(join(SAMPLES, name), 'utf8'));
      return rewritten(body) !== body;
    });
    assert.deepEqual(other, []);
    assert.ok(names.length >= 44, `${names.length}`);
  });

  for (const [html, wanted] of [
    ['<img alt="" src="/a.jpg">', '<img alt src="/a.jpg">'],
    ['<a href="/?a=1&amp;b=2">x</a>', '<a href="/?a=1&b=2">x</a>'],
    ['<a href="/?a=1&amp;copy=2&amp;lt;">x</a>', '<a href="/?a=1&copy=2&amp;lt;">x</a>'],
    ['<a title="a&quot;b&lt;i&gt;">x</a>', '<a title="a&quot;b<i>">x</a>'],
    ['R&amp;D &amp;amp; &amp;copy2 &amp;#65 &amp;foo;', 'R&D &amp;amp; &amp;copy2 &amp;#65 &foo;'],
    ['&lt;script&gt;alert(1)&lt;/script&gt;', '&lt;script>alert(1)&lt;/script>'],
    ['1 &lt; 2 &lt;甲 &lt;!-- &lt;? &lt;', '1 < 2 <甲 &lt;!-- &lt;? <'],
    ['a&nbsp;b', 'a\u00a0b'],
  ] as const)
    it(`writes ${html} as ${JSON.stringify(wanted)}`, () => {
      assert.equal(rewritten(html), wanted);
      assert.deepEqual(parsed(wanted), parsed(html));
    });

  /** What stands at the edge between text and markup. */
  const edge = fc.constantFrom(
    '&',
    '<',
    '>',
    '"',
    "'",
    ';',
    '=',
    '#',
    '&#',
    '&#x',
    'lt',
    'amp',
    'copy',
    'not',
    'in',
    '/',
    '!--',
    '?',
    '6',
    'x',
    ' ',
    '\u00a0',
    '字',
    '\n',
    '\ud83d\ude00',
    '-->',
    '</p',
    '\u0001',
  );
  const text = fc.array(edge, { maxLength: 12 }).map((parts) => parts.join(''));
  const escaped = text.map((value) => value.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`));
  const piece = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      escaped,
      fc
        .tuple(
          fc.constantFrom('b', 'span', 'div', 'a', 'iframe', 'blockquote'),
          escaped,
          fc.array(tie('node'), { maxLength: 4 }),
        )
        .map(([name, value, children]) => `<${name} title="${value}" hidden="">${children.join('')}</${name}>`),
      escaped.map((value) => `<img alt="" src="${value}">`),
    ),
  })).node;

  it('parses to the same tree as the default serialiser’s, whatever stands in texts and attributes', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const $ = parseFragment(pieces.join(''));
        const shortest = shortestHtml($.root()[0]?.children ?? []);
        assert.deepEqual(parsed(shortest), parsed($.html()));
        assert.ok(shortest.length <= $.html().length);
      }),
      { numRuns: 500 },
    );
  });

  it('of broken markup parses to the same tree too', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(edge, fc.constantFrom('<b>', '</b>', '<p>', '<a title="', '<a b =', '<table><td>', '<pre>')),
          {
            maxLength: 30,
          },
        ),
        (parts) => {
          const $ = parseFragment(parts.join(''));
          const whole = $.html();
          assert.deepEqual(parsed(shortestHtml($.root()[0]?.children ?? [])), parsed(whole));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('keeps a hostile text a text in a document', () => {
    fc.assert(
      fc.property(text, (value) => {
        const html = `<p>x${value.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`)}</p>`;
        const body = renderBody(html, { base: 'https://www.guancha.cn/', lead: null });
        // biome-ignore lint/suspicious/noControlCharactersInRegex: documents leave them out
        const shown = value.replace(/\u0001/g, '');
        assert.deepEqual(parsed(body), [['p', [], [`x${shown}`]]]);
      }),
      { numRuns: 1000 },
    );
  });
});
