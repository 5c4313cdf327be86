/** Pages are read in the encoding that their bytes are in, whatever their labels say. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeBytes } from '../src/page/encoding.ts';

const TEXT = '茶馆今天照常开门';
/** The same in GBK. */
const GBK = Buffer.from('b2e8b9ddbdf1ccecd5d5b3a3bfaac3c5', 'hex');
const UTF8 = Buffer.from(TEXT);
const labelled = (label: string, bytes: Uint8Array) => Buffer.concat([Buffer.from(`<meta charset="${label}">`), bytes]);

describe('encoding', () => {
  for (const [name, bytes, header, encoding, doubt] of [
    ['UTF-8 as labelled', labelled('utf-8', UTF8), 'text/html; charset=utf-8', 'utf-8', null],
    ['UTF-8 without any label', UTF8, undefined, 'utf-8', null],
    [
      'UTF-8 with a mark',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), UTF8]),
      'text/html; charset=gbk',
      'utf-8',
      null,
    ],
    ['UTF-8 labelled GBK', labelled('gbk', UTF8), 'text/html', 'utf-8', /label gb18030, bytes utf-8/],
    ['GBK labelled by the header', GBK, 'text/html; charset=GB2312', 'gbk', null],
    ['GBK labelled by the page', labelled('gb2312', GBK), 'text/html', 'gbk', null],
    ['GBK labelled UTF-8', labelled('utf-8', GBK), 'text/html; charset=utf-8', 'gb18030', /label utf-8, bytes gb18030/],
    ['GBK without any label', GBK, undefined, 'gb18030', /no label, bytes gb18030/],
    ['header and page at odds', labelled('gbk', UTF8), 'text/html; charset=utf-8', 'utf-8', /labels utf-8 and gbk/],
    ['a label that nobody knows', UTF8, 'text/html; charset=x-tea', 'utf-8', null],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), 'text/html', 'utf-16le', null],
  ] as const) {
    it(name, () => {
      const read = decodeBytes(bytes, header);
      assert.ok(read.text.endsWith(TEXT), read.text);
      assert.equal(read.encoding, encoding);
      if (doubt === null) assert.equal(read.doubt, null);
      else assert.match(read.doubt ?? '', doubt);
    });
  }

  it('UTF-8 that was cut in the middle of a character stays UTF-8', () => {
    for (let length = 1; length < UTF8.length; length++) {
      const { text, encoding } = decodeBytes(UTF8.subarray(0, length), undefined);
      assert.equal(encoding, 'utf-8');
      assert.ok(text.startsWith(TEXT.slice(0, Math.floor(length / 3))));
    }
  });

  it('any bytes under any label give some text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.option(fc.string(), { nil: undefined }), (bytes, label) => {
        assert.equal(typeof decodeBytes(bytes, label && `text/html; charset=${label}`).text, 'string');
      }),
    );
  });
});
