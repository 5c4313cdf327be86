/** The bodies of real documents, put back into a page, come out of it unchanged: no rule takes what is the article's. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { extract } from '../src/page/extract.ts';
import { classicPage, cmsPage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';

const SAMPLES = join(import.meta.dirname, '../../shared/samples/documents');
const absent = existsSync(SAMPLES) ? false : 'the saved documents (../shared/samples/documents) are not here';

describe('bodies of the saved documents of 观察者网', { skip: absent }, () => {
  for (const file of absent ? [] : readdirSync(SAMPLES).filter((name) => name.endsWith('.html'))) {
    const document = readFileSync(join(SAMPLES, file), 'utf8');
    if (!document.includes('\n - 观察者网\n')) continue;
    it(file, () => {
      const body = /<div> {3}\n([\s\S]*) {2}\n<\/div>\n {12}$/.exec(document)?.[1] ?? '';
      for (const render of [classicPage, cmsPage]) {
        const page = pageOf(render({ body }));
        const read = extract([page], { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' }, SITE);
        assert.equal(read.body, page.$('.all-txt').html());
        assert.deepEqual(read.flags, []);
        assert.equal(read.images.length, page.$('.all-txt img').length);
      }
    });
  }
});
