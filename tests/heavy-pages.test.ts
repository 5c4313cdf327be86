/** Pages made to be slow or large: each is read or refused with a code, and nothing takes more than the text gives reason for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ArchiveError } from '../src/errors.ts';
import { nodesIn, parseDocument, parseFragment } from '../src/page/html.ts';
import { MOST_ATTRIBUTES, MOST_CHARACTERS, MOST_NODES } from '../src/page/tree-adapter.ts';
import { HEAVY_LISTS, HEAVY_PAGES } from './support/heavy-pages.ts';
import { readHeavyList, readHeavyPage } from './support/read-heavy-page.ts';

const isTooHeavy = (error: unknown) => error instanceof ArchiveError && error.code === 'PAGE_TOO_HEAVY';

describe('pages made to be slow or large (`npm run bench:pages` measures them up to 16 MB)', () => {
  it('are of thirty kinds and more, each of the size that was asked for', () => {
    assert.ok(HEAVY_PAGES.length >= 30);
    assert.equal(new Set(HEAVY_PAGES.map(({ name }) => name)).size, HEAVY_PAGES.length);
    for (const { name, make } of HEAVY_PAGES) {
      const bytes = Buffer.byteLength(make(4000));
      assert.ok(bytes >= 2000 && bytes < 12_000, `${name}: ${bytes} bytes`);
    }
  });

  for (const { name, make } of HEAVY_PAGES)
    it(`${name}: read, or refused with a code`, () => {
      assert.match(readHeavyPage(make(1000)), /^(?:article|not-an-article|truncated|blocked|gone|EXTRACTION)$/);
      assert.match(readHeavyPage(make(30_000)), /^[a-z-]+$|^PAGE_TOO_HEAVY$|^EXTRACTION$/);
    });

  for (const { name, make } of HEAVY_LISTS)
    it(`${name}: read as a list, or refused with a code`, () => {
      assert.match(readHeavyList(make(30_000)), /^[a-z-]+$|^PAGE_TOO_HEAVY$|^SOURCE_(?:EMPTY|UNREAD)$/);
    });

  it('any bytes are an article, something else, or refused with a code', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('<table>', '<p>', '</p>', '<b>', '</b>', '<a href="', '<svg>', '<li class="left-main">', '<!--'),
      fc.constantFrom(
        '<div class="all-txt">',
        '</div>',
        '<script>location',
        '【文/',
        '</html>',
        '<select>',
        '<template>',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        readHeavyPage(pieces.join(''));
        readHeavyList(pieces.join(''));
      }),
      { numRuns: 150 },
    );
  });
});

describe('the tree of a page', () => {
  it('has a limit of nodes, however few bytes ask for more', () => {
    const fonts = Array.from({ length: 1000 }, (_, number) => `<font size=${number}>`).join('');
    assert.throws(() => parseDocument(`<p>${fonts}${'<p>茶'.repeat(500)}`), isTooHeavy);
    assert.throws(() => parseFragment('<i></i>'.repeat(MOST_NODES + 1)), isTooHeavy);
    const { length } = [
      ...nodesIn(
        parseDocument(`<p>${fonts}${'<p>茶'.repeat(20)}`)
          .root()
          .toArray(),
      ),
    ];
    assert.ok(length < MOST_NODES, 'what stays below the limit is read');
  });

  it('has a limit of characters', () => {
    assert.equal(parseFragment(' '.repeat(MOST_CHARACTERS)).text().length, MOST_CHARACTERS);
    assert.throws(() => parseFragment(' '.repeat(MOST_CHARACTERS + 1)), isTooHeavy);
    assert.throws(() => parseDocument(' '.repeat(MOST_CHARACTERS + 1)), isTooHeavy);
  });

  it('may hold pictures besides, as long as they are no more than some', () => {
    const page = (bytes: number) => `<img src="data:image/jpeg;base64,${'A'.repeat(bytes)}">`;
    assert.equal(parseFragment(page(3_000_000))('img').length, 1);
    assert.throws(() => parseFragment(page(9_000_000)), isTooHeavy);
  });

  it('has a limit of attributes in one element', () => {
    const attributes = (count: number) => Array.from({ length: count }, (_, number) => `a${number}`).join(' ');
    assert.equal(parseFragment(`<p ${attributes(MOST_ATTRIBUTES)}>`)('p').toArray().length, 1);
    assert.throws(() => parseFragment(`<p ${attributes(MOST_ATTRIBUTES + 1)}>`), isTooHeavy);
  });

  it('has a limit to what is open in one another, and is as deep as browsers make it', () => {
    assert.throws(() => parseDocument('<div>'.repeat(5000)), isTooHeavy);
    assert.throws(() => parseDocument(`${'<div>'.repeat(1000)}${'</li>'.repeat(5000)}`), isTooHeavy);
    assert.doesNotThrow(() => parseFragment('<div>'.repeat(1200)).html(), 'serialised by recursion');
  });

  it('begins anew for each page', () => {
    const half = '<i></i>'.repeat(MOST_NODES / 2);
    for (let page = 0; page < 3; page++) assert.doesNotThrow(() => parseFragment(half));
  });
});
