/** The change of an article's text: nothing lost, words kept whole, long texts in time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareDocuments, compareWords, countChanges, type Piece, readBody } from '../src/archive/diff.ts';
import { makeDocument, writeDocument } from '../src/archive/document.ts';

const textOf = (pieces: readonly Piece[], left: Piece['kind']) =>
  pieces
    .filter(({ kind }) => kind !== left)
    .map(({ text }) => text)
    .join('');
const blocksOf = (text: string) => text.split('\n').slice(0, -1);
const short = (pieces: readonly Piece[]) =>
  pieces.map(({ kind, text }) => `${{ same: '=', added: '+', removed: '-' }[kind]}${text}`);

function documentOf(fields: { readonly title?: string; readonly publishedAt?: string; readonly body: string }): string {
  return writeDocument(
    makeDocument({
      title: '茶馆开门了',
      categories: ['新媒体', '观察者网', '头条'],
      author: '观察者网',
      publishedAt: '2022-01-28T10:30:43+08:00',
      convention: 'site-clock',
      ...fields,
    }),
  );
}

describe('a comparison of words', () => {
  it('keeps Chinese words whole', () => {
    assert.deepEqual(short(compareWords(['茶馆今天照常开门。'], ['茶馆明天照常开门。'])), [
      '=茶馆',
      '-今天',
      '+明天',
      '=照常开门。\n',
    ]);
    assert.deepEqual(short(compareWords(['甲。', '乙。'], ['甲。', '丙丁。', '乙。'])), [
      '=甲。\n',
      '+丙丁。\n',
      '=乙。\n',
    ]);
  });

  it('gives both texts back, whatever they are', () => {
    const block = fc.string({ unit: fc.constantFrom('茶', '馆', '今天', '开门', '，', 'a', ' ', '👍') });
    const text = fc.array(block, { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const pieces = compareWords(before, after);
        assert.deepEqual(blocksOf(textOf(pieces, 'added')), before);
        assert.deepEqual(blocksOf(textOf(pieces, 'removed')), after);
        assert.ok(pieces.every(({ kind }, i) => kind !== pieces[i - 1]?.kind));
      }),
    );
  });

  it('shows a rewritten text as one, and does not take minutes over it', () => {
    const words = (from: number) => Array.from({ length: 8000 }, (_, i) => String.fromCodePoint(from + i)).join('，');
    const started = performance.now();
    const pieces = compareWords([words(0x4e00)], [words(0x6e00)]);
    assert.deepEqual(
      pieces.map(({ kind }) => kind),
      ['removed', 'added'],
    );
    assert.ok(performance.now() - started < 5000);
  });
});

describe('a body', () => {
  it('is read as its reader sees it', () => {
    const html =
      '<div><p>甲 <b>乙</b>\n丙</p>丁<br>戊<img src="/a.jpg"><table><tr><td>己</td><td></td><td>庚</td></tr></table></div>';
    assert.deepEqual(readBody(html), { blocks: ['甲 乙 丙', '丁', '戊', '己', '庚'], images: ['/a.jpg'] });
  });
});

describe('a comparison of documents', () => {
  const before = documentOf({ body: '<p>茶馆今天照常开门。</p><img src="https://i.guancha.cn/a.jpg"><p>欢迎。</p>' });

  it('counts characters of title and text, names dates and pictures', () => {
    const after = documentOf({
      title: '茶馆又开门了',
      publishedAt: '2022-01-28T11:00:00+08:00',
      body: '<p>茶馆明天照常开门。</p><img src="https://i.guancha.cn/b.jpg"><img src="https://i.guancha.cn/c.jpg">',
    });
    const diff = compareDocuments(before, after);
    assert.deepEqual(diff.images, {
      added: ['https://i.guancha.cn/b.jpg', 'https://i.guancha.cn/c.jpg'],
      removed: ['https://i.guancha.cn/a.jpg'],
    });
    assert.deepEqual(countChanges(diff), {
      title: { added: 1, removed: 0 },
      date: { before: 'Fri, 28 Jan 2022 10:30:43 GMT', after: 'Fri, 28 Jan 2022 11:00:00 GMT' },
      body: { added: 2, removed: 5 },
      images: { added: 2, removed: 1 },
    });
  });

  it('counts nothing where only the markup changed', () => {
    const after = documentOf({
      body: '<p class="x">茶馆<b>今天</b>照常开门。</p><img alt="" src="https://i.guancha.cn/a.jpg"><p>欢迎。</p>',
    });
    const none = { added: 0, removed: 0 };
    assert.deepEqual(countChanges(compareDocuments(before, after)), {
      title: none,
      date: null,
      body: none,
      images: none,
    });
  });

  it('refuses what is no document', () => {
    assert.throws(() => compareDocuments('半', before), { code: 'ARCHIVE_DAMAGED' });
  });
});
