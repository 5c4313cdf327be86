/** The catalog: what it finds, in which order, and that it follows the files. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalogOf, found, put } from './support/catalogued.ts';

describe('the catalog', () => {
  it('finds any two characters of a text, in both scripts, in full width and in capitals', async () => {
    const { catalog } = await catalogOf([
      { number: 1, html: '<p>渡口的木船开往对岸，GDP增长5.4%。</p>' },
      { number: 2, html: '<p>茶山的雾散了。</p><p>體育館外的燈亮了。</p>' },
    ]);
    for (const query of ['口的', '船开往对', '船開往對', 'gdp', 'ＧＤＰ增', '岸，G', '5.4%', '"5.4%。"'])
      assert.deepEqual(await found(catalog, query), [1], query);
    for (const query of ['体育馆', '體育館', '灯', '燈亮', '"散了。 體育"', '茶山 灯亮', '茶'])
      assert.deepEqual(await found(catalog, query), [2], query);
    for (const query of ['山茶', '木船 茶山', '对岸 -GDP', '口木'])
      assert.deepEqual(await found(catalog, query), [], query);
    catalog[Symbol.dispose]();
  });

  it('orders by the time of publication, whenever an article came', async () => {
    const { catalog, storage } = await catalogOf([
      { number: 3, publishedAt: '2026-10-04T16:00:00+08:00' },
      { number: 1, publishedAt: '2026-10-02T08:00:00+08:00' },
      { number: 4, publishedAt: '2026-10-04T18:00:00+08:00' },
    ]);
    await put(storage, { number: 2, publishedAt: '2026-10-04T07:00:00+08:00' });
    await put(storage, { number: 5, publishedAt: '2026-10-04T23:59:00+08:00' });
    await catalog.refresh();
    assert.deepEqual(await found(catalog, ''), [5, 4, 3, 2, 1]);
    assert.deepEqual(await found(catalog, '正文', { sort: 'oldest' }), [1, 2, 3, 4, 5]);
    const first = await catalog.search({ texts: [], filters: [], since: null, until: null }, { limit: 2 });
    assert.equal(first.total, 5);
    assert.deepEqual(await found(catalog, '', { limit: 2, after: first.next }), [3, 2]);
    catalog[Symbol.dispose]();
  });
});
