/** A page's tree is node for node the one that cheerio builds of it, whose tokenizer goes from character to character. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CheerioAPI, load } from 'cheerio';
import fc from 'fast-check';
import { type AnyNode, isElement, nodesIn, parseDocument, parseFragment } from '../src/page/html.ts';
import { classicPage } from './support/article-page.ts';

/** All that is said of each node, and where it stands. */
function rowsOf($: CheerioAPI): readonly string[] {
  return [...nodesIn($.root().toArray())].map((node) => JSON.stringify([depthOf(node), node.type, ...saidOf(node)]));
}

function saidOf(node: AnyNode): readonly unknown[] {
  if (isElement(node)) return [node.name, Object.entries(node.attribs)];
  return 'data' in node ? [node.data] : [];
}

function depthOf({ parent }: AnyNode): number {
  return parent === null ? 0 : 1 + depthOf(parent);
}

function requireSame(html: string): void {
  const text = html.toWellFormed();
  assert.deepEqual(rowsOf(parseDocument(html)), rowsOf(load(text)));
  assert.deepEqual(rowsOf(parseFragment(html)), rowsOf(load(text, {}, false)));
}

/** What means something in one state or another, and what stands between. */
const PIECES = [
  ...[
    '<',
    '>',
    '/',
    '!',
    '-',
    '--',
    '"',
    "'",
    '=',
    '&',
    ';',
    '`',
    '#',
    'x',
    ']',
    '?',
    '\0',
    '\r',
    '\n',
    '\r\n',
    '\f',
    '\t',
    ' ',
  ],
  ...[
    '茶',
    '茶馆',
    'a b',
    '\u{1f375}',
    '\ud83c',
    '\udf75',
    '\ufeff',
    '\u00a0',
    '&amp',
    '&amp;',
    '&#x8336;',
    '&notit;',
    '&#0;',
  ],
  ...[
    '<p>',
    '</p>',
    '<p title="',
    "<p title='",
    '<p title=',
    '<a ',
    '<!--',
    '-->',
    '--!>',
    '<!-',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE',
  ],
  ...[
    '<script>',
    '</script>',
    '<script><!--<script>',
    '<style>',
    '</style>',
    '<title>',
    '</title>',
    '<textarea>',
    '</textarea>',
  ],
  ...[
    '<pre>',
    '<svg>',
    '<math>',
    '</svg>',
    '<table>',
    '<td>',
    '<select>',
    '<template>',
    '<noscript>',
    '<plaintext>',
    '<xmp>',
  ],
];

describe('the tree of a text', () => {
  it('is that of the parser that goes from character to character, halves of pairs replaced', () => {
    const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => requireSame(pieces.join(''))),
      { numRuns: 3000 },
    );
  });

  it('is the same where the text is longer than what the parser keeps of it', () => {
    for (const end of ['\r\n', '\u{1f375}', '&amp;', '<!--'])
      requireSame(
        `${classicPage({ body: `<p title="${'茶 '.repeat(70_000)}">${'茶馆 \n'.repeat(30_000)}${end}` })}${end}`,
      );
  });
});
