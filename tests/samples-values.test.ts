/** Headlines and topics that were saved from the site have the forms that are known. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { discover } from '../src/crawl/read-list.ts';
import { isKeyword, isNewsHeadline, isPostHeadline } from '../src/page/values.ts';
import { pageOf, SITE } from './support/article-page.ts';

const SAMPLES = join(import.meta.dirname, '../../shared/samples');
const absent = existsSync(SAMPLES) ? false : 'the samples (../shared/samples) are not here';

describe('saved values', { skip: absent }, () => {
  it('headlines of the lists', () => {
    const lists = filesOf('pages').filter(([name]) => /^(?:home|list)/.test(name));
    const entries = lists.flatMap(([, html]) => discover(pageOf(html, { url: `${SITE.www}/` }), SITE).entries);
    const unlike = entries.filter(
      ({ title, address }) => !(address.date === null ? isPostHeadline : isNewsHeadline)(title),
    );
    assert.ok(entries.length > 250, String(entries.length));
    assert.deepEqual(unlike, []);
  });

  it('headlines and topics of the app', () => {
    const values = filesOf('json').flatMap(([, json]) => [...json.matchAll(/"(title|name)": *("(?:[^"\\]|\\.)+")/g)]);
    assert.ok(values.length > 100, String(values.length));
    const unlike = values
      .map(([, key, literal]) => [key, String(JSON.parse(literal ?? ''))] as const)
      .filter(([key, value]) => !(key === 'title' ? isNewsHeadline(value) : isKeyword(value)));
    assert.deepEqual(unlike, []);
  });

  it('titles of the documents', () => {
    const documents = filesOf('documents').filter(([, text]) => text.includes(' - 观察者网'));
    const titles = documents.flatMap(([, text]) => /\ntitle: '([^'\n]*)'/.exec(text)?.[1] ?? []);
    // Where their generator wrote `_`, the headline had another mark.
    const headlines = titles.filter((title) => !title.includes('_'));
    assert.ok(headlines.length > 20, String(headlines.length));
    assert.deepEqual(
      headlines.filter((title) => !isNewsHeadline(title)),
      [],
    );
  });
});

function filesOf(folder: string): (readonly [name: string, text: string])[] {
  return readdirSync(join(SAMPLES, folder)).map((name) => [name, readFileSync(join(SAMPLES, folder, name), 'utf8')]);
}
