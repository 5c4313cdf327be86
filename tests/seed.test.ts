/**
 * The given documents through the whole line: pages are built round the bodies of ../shared/samples/documents (tabs put
 * back, classic skeleton, picture on a headline list), served, crawled by the real command, and compared byte for byte.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type ArticleDocument, readDocument } from '../src/archive/document.ts';
import { run, temporaryFolder } from './support/command.ts';
import { clockOfDocument, TRUE_GMT } from './support/given-documents.ts';

const SAMPLES = join(import.meta.dirname, '../../shared/samples/documents');
const skip = existsSync(SAMPLES) ? false : 'the sample documents are not beside this checkout (../shared)';

/** Why the line cannot give a document's bytes; each with the siblings that it holds for. */
const REASONS = {
  'an item without text, dated by the time of the crawl': ({ date }: ArticleDocument) => !date.endsWith(' GMT'),
};

interface Sample {
  readonly name: string;
  readonly text: string;
  readonly document: ArticleDocument;
  readonly reason: string | null;
}

function samples(): Sample[] {
  const names = readdirSync(SAMPLES).filter((name) => name.endsWith('.html'));
  const all = names.map((file) => {
    const text = readFileSync(join(SAMPLES, file), 'utf8');
    const document = readDocument(text);
    const [reason] = Object.entries(REASONS).find(([, holds]) => holds(document)) ?? [null];
    return { name: file.replace('.html', ''), text, document, reason };
  });
  return all.filter(({ document }) => document.author === '观察者网');
}

/** The page that the site's own editor would have made of the body: tabs before the text, no referrerpolicy. */
function pageOf({ document }: Sample, clock: string): string {
  const body = withoutLead(document).replaceAll(' referrerpolicy="no-referrer"', '').replaceAll('<p>\n', '<p>\n\t');
  return `<!DOCTYPE html><html lang="zh-cmn-Hans"><head><meta charset="utf-8"><title></title></head><body><div class="content"><ul class="two-coloum fix">
<li class="left left-main"><h3>${document.title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</h3>
<div class="share"><span>分享到：</span></div><div class="time fix"><span>${clock}</span><span>来源：观察者网</span></div>
<div class="content all-txt">${body}</div><div class="key-word fix mt15"></div><ul class="article-other"></ul></li></ul></div></body></html>`;
}

const LEAD = /^<img src="([^"]+)"(?: width="([^"]+)")?(?: height="([^"]+)")? referrerpolicy="no-referrer">/;

function withoutLead({ categories, body }: ArticleDocument): string {
  return categories[2] === '头条' ? body.replace(LEAD, '') : body;
}

function listEntry(path: string, { document }: Sample): string {
  const [, src, width, height] = (document.categories[2] === '头条' && LEAD.exec(document.body)) || [];
  const attribute = (name: string, value: string | undefined) => (value === undefined ? '' : ` ${name}="${value}"`);
  const picture =
    src === undefined
      ? ''
      : `<a href="${path}"><img src="${src}"${attribute('width', width)}${attribute('height', height)}></a>`;
  return `<li><div class="content-headline"><h3><a href="${path}">x</a></h3>${picture}</div></li>`;
}

/** Of a document that has a date of its own. */
function clockOf({ name, document }: Sample): string {
  return clockOfDocument(name, document.date) ?? assert.fail(name);
}

/** Serves the samples, crawls them, and gives each one's document as it was archived. */
async function archived(
  all: readonly Sample[],
  convention: 'site-clock' | 'utc',
  timeZone: string,
): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  const paths = new Map(
    all.map((sample, i) => [
      sample.name,
      `/politics/${clockOf(sample).slice(0, 10).replaceAll('-', '_')}_${600_001 + i}`,
    ]),
  );
  for (const sample of all) pages.set(`${paths.get(sample.name)}_s.shtml`, pageOf(sample, clockOf(sample)));
  const feeds = ['头条', '首页'];
  for (const [i, feed] of feeds.entries()) {
    const entries = all
      .filter(({ document }) => document.categories[2] === feed)
      .map((sample) => listEntry(`${paths.get(sample.name)}.shtml`, sample));
    pages.set(
      `/list${i}/list_1.shtml`,
      `<html><body><ul class="headline-list fix">${entries.join('\n')}</ul></body></html>`,
    );
  }
  const server = createServer(({ url }, response) => {
    const page = pages.get(url ?? '');
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using folder = await temporaryFolder();
  const sources = feeds
    .map((name, i) => ({ name, url: `${origin}/list${i}/list_1.shtml` }))
    .filter(({ name }) => all.some(({ document }) => document.categories[2] === name));
  const config = {
    archive: './archive',
    site: { www: origin, community: 'http://127.0.0.1:9', images: [] },
    network: { allowAddresses: ['127.0.0.1'] },
    sources,
    document: { date: convention },
    politeness: { intervalMs: 0 },
  };
  await writeFile(join(folder.path, 'config.yaml'), JSON.stringify(config));
  try {
    const ended = await run(['crawl', '--json', '--config', join(folder.path, 'config.yaml')], {
      env: { TZ: timeZone },
    });
    assert.equal(ended.code, 0, ended.stderr);
    return new Map(
      [...paths].map(([name, path]) => {
        const line = ended.lines().find(({ url }) => url === `${origin}${path}.shtml`);
        return [name, readFileSync(join(folder.path, 'archive', String(line?.document)), 'utf8')];
      }),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The generator put a random placeholder where there is no picture; the archive says '' (document-format.md, 10). */
const withoutPlaceholder = (text: string) =>
  text.replace(/^(headimg|thumbnail): 'https:\/\/picsum\.photos\/[^']*'$/gm, "$1: ''");

describe('the given documents through the whole line', { skip }, () => {
  const all = skip === false ? samples() : [];
  const possible = all.filter(({ reason }) => reason === null);
  const clocks = possible.filter(({ name }) => !TRUE_GMT.has(name));

  for (const timeZone of ['UTC', 'Asia/Shanghai', 'America/New_York']) {
    it(`come out byte for byte, the seed among them (${timeZone})`, async () => {
      const results = await archived(clocks, 'site-clock', timeZone);
      assert.equal(results.get('seed'), readFileSync(join(SAMPLES, 'seed.html'), 'utf8'));
      for (const { name, text } of clocks) assert.equal(results.get(name), withoutPlaceholder(text), name);
    });
  }

  it('come out byte for byte where the date is the true instant', async () => {
    const utc = possible.filter(({ name }) => TRUE_GMT.has(name));
    const results = await archived(utc, 'utc', 'UTC');
    for (const { name, text } of utc) assert.equal(results.get(name), withoutPlaceholder(text), name);
  });

  it('are all accounted for: the ones that cannot come out, each with its reason', (context) => {
    for (const { name, reason } of all) if (reason !== null) context.diagnostic(`${name}: ${reason}`);
    context.diagnostic(`${possible.length} of ${all.length} guancha documents come out byte for byte`);
    assert.equal(all.length, possible.length + all.filter(({ reason }) => reason !== null).length);
    assert.ok(possible.length >= 10, `${possible.length}`);
  });
});
