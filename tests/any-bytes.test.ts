/** Whatever bytes stand in a record, a document, a list or a header: a value, or an error of the table. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readDocument } from '../src/archive/document.ts';
import { readRecord } from '../src/archive/record.ts';
import { auditDocument } from '../src/audit/articles.ts';
import { readAnswer } from '../src/crawl/read-source.ts';
import { ArchiveError } from '../src/errors.ts';
import { openCookies } from '../src/fetch/cookies.ts';
import { locationOf } from '../src/fetch/exchange.ts';
import { decodeBytes } from '../src/page/encoding.ts';
import { SITE } from './support/article-page.ts';
import { exchangeOf, fetchedPage } from './support/fetched-page.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const text = fc.string({ unit: 'binary', maxLength: 200 });
const json = fc.json({ maxDepth: 4 });
const url = 'https://www.guancha.cn/mainnews-yw/list_1.shtml';

/** Holds for every input: what `read` throws is of the table, and no fault of the program. */
function bears<Input>(inputs: fc.Arbitrary<Input>, read: (input: Input) => unknown): void {
  fc.assert(
    fc.property(inputs, (input) => {
      try {
        read(input);
      } catch (error) {
        assert.ok(error instanceof ArchiveError && error.code !== 'INTERNAL', String(error));
      }
    }),
    { numRuns: 200 },
  );
}

describe('any bytes', () => {
  it('as a record', () => bears(fc.oneof(text, json), (record) => readRecord(record, 'records/a.json')));

  it('as a document', () => bears(text, readDocument));

  it('as a document that an audit reads', () =>
    bears(fc.oneof(bytes, fc.constant(new Uint8Array())), (document) =>
      auditDocument(Buffer.from(document), { path: 'a.html', record: null }),
    ));

  it('as a list', () => {
    const body = fc.oneof(
      bytes,
      json.map((value) => new TextEncoder().encode(value)),
    );
    bears(body, (list) => readAnswer(fetchedPage({ url, body: list }), SITE, { part: null, blankEnds: false }));
  });

  it('as the character set of a page', () =>
    bears(
      fc.tuple(
        bytes,
        fc.oneof(
          text,
          text.map((name) => `text/html; charset=${name}`),
        ),
      ),
      ([body, type]) => decodeBytes(body, type),
    ));

  it('as the address of a redirect', () =>
    bears(text, (location) => locationOf(exchangeOf({ url, status: 302, headers: { location } }))));

  it('as cookies', () => bears(fc.array(text), (cookies) => openCookies().keep(url, cookies)));
});
