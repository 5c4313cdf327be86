/** What may be an edit of an archived article, and what cannot be: by how much of the archived text is kept. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { makeDocument, writeDocument } from '../src/archive/document.ts';
import { implausibleBeside } from '../src/archive/plausible.ts';

const ARTICLE = {
  title: '茶馆开门了',
  publishedAt: '2022-01-28T10:30:43+08:00',
  precision: 'second',
  media: [],
} as const;
type Field = Partial<Omit<typeof ARTICLE, 'title' | 'publishedAt'>> & { title?: string; publishedAt?: string };

function shown(paragraphs: readonly string[], but: Field = {}) {
  const article = { ...ARTICLE, ...but };
  const document = writeDocument(
    makeDocument({
      title: article.title,
      categories: ['新媒体', '观察者网', '要闻'],
      author: '观察者网',
      publishedAt: article.publishedAt,
      convention: 'site-clock',
      body: paragraphs.map((text) => `<p>${text}</p>`).join(''),
    }),
  );
  return { article, document };
}

const archived = (paragraphs: readonly string[], document: string | null = shown(paragraphs).document) => ({
  article: ARTICLE,
  document,
  bytes: Buffer.byteLength(shown(paragraphs).document),
});

/** Paragraphs of Han characters at random: two of them share next to nothing. */
const paragraph = fc
  .array(fc.integer({ min: 0x4e00, max: 0x9fa5 }), { minLength: 40, maxLength: 80 })
  .map((codes) => `${String.fromCharCode(...codes)}。`);
const text = fc.array(paragraph, { minLength: 3, maxLength: 8 });

describe('beside an archived article', () => {
  it('any addition is an edit, and any removal of less than half', () => {
    fc.assert(
      fc.property(text, text, (old, more) => {
        assert.equal(implausibleBeside(archived(old), shown([...more, ...old])), null);
        assert.equal(implausibleBeside(archived(old), shown(old, { title: '茶馆：另起一题' })), null);
        const whole = old.join('').length;
        const less = old.slice(1);
        if (less.join('').length > whole * 0.6) assert.equal(implausibleBeside(archived(old), shown(less)), null);
      }),
    );
  });

  it('another text is none, whatever its length, and neither is a little of the same', () => {
    fc.assert(
      fc.property(text, text, (old, other) => {
        assert.notEqual(implausibleBeside(archived(old), shown(other)), null);
        assert.notEqual(implausibleBeside(archived(old), shown([(old[0] ?? '').slice(0, 20)])), null);
      }),
    );
  });

  it('under another title and another time an edit has to be small', () => {
    fc.assert(
      fc.property(text, paragraph, (old, other) => {
        const but = { title: '渔港起航', publishedAt: '2022-01-29T08:00:00+08:00' };
        assert.equal(implausibleBeside(archived(old), shown(old, but)), null);
        const mixed = [...old.slice(0, -1), other];
        if (old.slice(0, -1).join('').length < old.join('').length * 0.78)
          assert.notEqual(implausibleBeside(archived(old), shown(mixed, but)), null);
      }),
    );
  });

  it('a line that shares nothing is a notice, and one that shares something, or shows something, is none', () => {
    const old = ['茶馆今天照常开门，来的人比昨天多了三成，掌柜说柴火是从后山背来的。'];
    assert.equal(implausibleBeside(archived(old), shown(['呜呼，彼处空空。']))?.notice, '呜呼，彼处空空。');
    assert.equal(implausibleBeside(archived(old), shown(['茶馆关张。']))?.notice, null);
    const picture = '<img src="https://i.guancha.cn/a.jpg">';
    assert.equal(implausibleBeside(archived(old), shown(['呜呼，彼处空空。', picture]))?.notice, null);
  });

  it('pictures without a text may not be lost, and what cannot be read is compared by its size', () => {
    const pictures = [1, 2, 3, 4].map((n) => `<img src="https://i.guancha.cn/${n}.jpg">`);
    assert.notEqual(implausibleBeside(archived(pictures), shown(pictures.slice(3))), null);
    assert.equal(implausibleBeside(archived(pictures), shown(pictures.slice(1))), null);
    const long = Array.from({ length: 9 }, () => '茶馆今天照常开门，来的人比昨天多了三成，掌柜说柴火是从后山背来的。');
    for (const unreadable of [null, 'no document'])
      assert.deepEqual(
        [long, long.slice(0, 1)].map((now) => implausibleBeside(archived(long, unreadable), shown(now)) === null),
        [true, false],
      );
  });
});
