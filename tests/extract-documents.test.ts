/** The bodies of real documents, put back into a page of their time, come out of it unchanged: no rule takes what is the article's. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readDocument } from '../src/archive/document.ts';
import { extract } from '../src/page/extract.ts';
import { classicPage, cmsPage, pageOf, SITE } from './support/article-page.ts';
import { clockOfDocument } from './support/given-documents.ts';

const SAMPLES = join(import.meta.dirname, '../../shared/samples/documents');
const absent = existsSync(SAMPLES) ? false : 'the saved documents (../shared/samples/documents) are not here';

/** What stands in a document and is rightly doubted: names alone below the text say who wrote it, and are not read. */
const DOUBTED: Readonly<Record<string, readonly string[]>> = { '13224491082.html': ['byline-elsewhere'] };

describe('bodies of the saved documents of 观察者网', { skip: absent }, () => {
  for (const file of absent ? [] : readdirSync(SAMPLES).filter((name) => name.endsWith('.html'))) {
    const document = readFileSync(join(SAMPLES, file), 'utf8');
    if (!document.includes('\n - 观察者网\n')) continue;
    it(file, () => {
      const { body, date } = readDocument(document);
      const clock = clockOfDocument(file.replace('.html', ''), date) ?? '2022-01-28 10:30:43';
      const day = clock.slice(0, 10);
      const url = `https://www.guancha.cn/ZaoCha/${day.replaceAll('-', '_')}_900.shtml`;
      const times = `<div class="time fix"><span>${clock}</span><span>来源：晨报</span></div>`;
      for (const render of [classicPage, cmsPage]) {
        const views = render === cmsPage ? '<span class="postpage-view"></span></div>' : '</div>';
        const html = render({ body, times: times.replace('</div>', views) });
        const page = pageOf(html, { url, fetchedAt: '2026-10-01T04:00:00.000Z' });
        const read = extract([page], { id: 'guancha:900', url, date: day }, SITE);
        assert.equal(read.body, page.$('.all-txt').html());
        assert.deepEqual(
          read.flags.map(({ code }) => code),
          DOUBTED[file] ?? [],
        );
        assert.equal(read.images.length, page.$('.all-txt img').length);
      }
    });
  }
});
