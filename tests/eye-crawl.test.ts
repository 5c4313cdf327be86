/** The reader's eye through the whole program: the command, a real Chromium, style sheets of the site, and the record. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { isReaderFlag } from '../src/flags.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { STYLE_SHEETS } from './newspaper/render/styles.ts';
import { run, temporaryFolder } from './support/command.ts';

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  newspaper = await openNewspaper({ articles: 16, pageBytes: 30_000, specials: false });
  folder = await temporaryFolder();
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const SHEET = '/css/main.css?20260826';
const RULES = STYLE_SHEETS['main.css'] ?? '';
const put = (css: string) => newspaper.put(SHEET, { headers: { 'content-type': 'text/css' }, body: css });
const sheetsAsked = () => newspaper.requests.filter(({ path }) => path.includes('.css'));

/** Archives the articles, or visits them again, and gives the record of the first. */
async function visit(name: string, render: unknown, urls: readonly string[], ...more: string[]) {
  const config = join(folder.path, `${name}.yaml`);
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  const text = newspaper.config({ archive: `./${name}`, politeness });
  await writeFile(config, `${text}checks: ${JSON.stringify({ render })}\n`);
  const ended = await run(['archive', '--json', ...more, '--config', config, ...urls]);
  assert.equal(ended.code, 0, ended.stderr);
  const [line] = ended.lines();
  const path = (line?.record ??
    String(line?.document)
      .replace(/^articles/, 'records')
      .replace(/html$/, 'json')) as string;
  const record = JSON.parse(await readFile(join(folder.path, name, path), 'utf8')) as ArchiveRecord;
  return { record, line, stderr: ended.stderr };
}

describe('the reader’s eye in a run', () => {
  const articles = () =>
    newspaper.articles.filter(({ era, wholeForm, images }) => era === 'cms-2026' && wholeForm && images.length > 1);

  it('looks once a page, asks for each style sheet once in a run, and for no page or picture twice', async () => {
    put(RULES);
    const urls = articles()
      .slice(0, 3)
      .map(({ url }) => url);
    const from = newspaper.requests.length;
    const { record } = await visit('once', { every: 1 }, urls);
    assert.equal(record.render?.result, 'as extracted');
    const asked = newspaper.requests.slice(from).map(({ origin, path }) => `${origin} ${path}`);
    assert.deepEqual(
      asked.filter((each, i) => asked.indexOf(each) !== i),
      [],
    );
    assert.equal(sheetsAsked().length, 2);
  });

  it('flags what a style sheet hides, and takes the flag back when it hides it no more', async () => {
    const [article] = articles();
    assert.ok(article);
    put(`${RULES} .all-txt p:first-child { position: absolute; left: -3000px }`);
    const hidden = await visit('hidden', { every: 1 }, [article.url]);
    const flag = hidden.record.flags.find(isReaderFlag);
    assert.equal(flag?.code, 'reader-sees-less');
    assert.match(flag?.detail ?? '', /not seen: cut off by div\.content/);
    assert.match(hidden.stderr, /reader-sees-less/);
    assert.equal(hidden.record.render?.result, 'otherwise');
    put(RULES);
    const shown = await visit('hidden', { every: 1 }, [article.url], '--refresh');
    assert.deepEqual(shown.record.flags, []);
    assert.equal(shown.record.versions.length, 1);
    assert.equal(shown.line?.outcome, 'unchanged');
  });

  it('archives an article whose style sheet is not to be had, and says that nobody looked', async () => {
    const [, article] = articles();
    assert.ok(article);
    newspaper.put(SHEET, { status: 404 });
    const { record, line } = await visit('missing', { every: 1 }, [article.url]);
    assert.equal(line?.outcome, 'archived');
    assert.equal(record.render?.result, 'not looked at');
    assert.match(record.render?.why ?? '', /HTTP_STATUS.*main\.css/);
    assert.deepEqual(record.flags, []);
  });

  it('asks for nothing where it is never to look', async () => {
    const [article] = articles();
    assert.ok(article);
    const from = sheetsAsked().length;
    const { record } = await visit('never', 'never', [article.url]);
    assert.equal(record.render, undefined);
    assert.equal(sheetsAsked().length, from);
  });
});
