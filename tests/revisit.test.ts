/** Never worse: an archived article is edited, blocked, broken and withdrawn, and visited again each time. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { type Newspaper, type NewspaperArticle, openNewspaper, type Reply } from './newspaper/newspaper.ts';
import { type Ended, run, temporaryFolder } from './support/command.ts';
import { digests, isKept, mtimes } from './support/tree.ts';

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let article: NewspaperArticle;
let config: string;
let html: string;

before(async () => {
  newspaper = await openNewspaper({ specials: false });
  folder = await temporaryFolder();
  config = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  await writeFile(config, newspaper.config({ archive: './archive', politeness }));
  const found = newspaper.articles.find(
    ({ era, wholeForm, outcome, images }) =>
      era === 'cms-2026' && wholeForm && outcome === 'archived' && images.filter(({ icon }) => !icon).length > 1,
  );
  assert.ok(found);
  article = found;
  html = newspaper.read(singlePath());
  const ended = await visit();
  assert.equal(ended.lines()[0]?.outcome, 'archived', ended.stderr);
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const archive = () => join(folder.path, 'archive');
const singlePath = () => new URL(article.url).pathname.replace('.shtml', '_s.shtml');
const visit = () => run(['archive', '--refresh', '--json', '--config', config, article.url]);
const ask = (...args: string[]) => run([...args, '--config', config]);
const isDocument = (path: string) => /^(articles|versions|assets)\//.test(path);

/** Both forms of the article's address answer so from now on. */
function answer(reply: Reply): void {
  for (const path of [singlePath(), new URL(article.url).pathname]) newspaper.put(path, reply);
}

async function record(): Promise<ArchiveRecord> {
  const [line] = (await run(['history', '--json', '--config', config, article.id])).lines();
  const versions = line?.versions as ArchiveRecord['versions'];
  const path = versions.at(-1)?.document.replace('articles/', 'records/').replace('.html', '.json');
  return JSON.parse(await readFile(join(archive(), path ?? ''), 'utf8')) as ArchiveRecord;
}

function onlyItem(ended: Ended): Record<string, unknown> {
  assert.equal(ended.code, 0, ended.stderr);
  const item = ended.lines().at(-1);
  assert.ok(item);
  return item;
}

describe('an article that is visited again', () => {
  const bad: readonly {
    readonly name: string;
    readonly reply: Reply;
    readonly outcome: string;
    readonly verdict: string;
  }[] = [
    { name: 'a refusal', reply: { status: 403, body: 'no' }, outcome: 'blocked', verdict: 'blocked' },
    {
      name: 'a captcha under status 200',
      reply: {
        body: '<html><head><title>安全验证</title></head><body><script>var captcha=1</script>请输入验证码</body></html>',
      },
      outcome: 'blocked',
      verdict: 'blocked',
    },
    {
      name: 'an error page under status 200',
      reply: {
        body: '<html><body><h1>系统繁忙</h1><p>服务器开小差了，请您稍后再来看看，谢谢您的理解与支持！请联系管理员处理。</p></body></html>',
      },
      outcome: 'blocked',
      verdict: 'blocked',
    },
    {
      name: 'half a page',
      reply: { body: '<html><body><h3>标题</h3><div class="content all-txt"><p>一半' },
      outcome: 'failed',
      verdict: 'truncated',
    },
  ];
  for (const { name, reply, outcome, verdict } of bad) {
    it(`stays as it is where ${name} comes instead, which goes to quarantine`, async () => {
      const before = await digests(archive(), (path) => /^(articles|versions|assets|records)\//.test(path));
      answer(reply);
      const ended = await visit();
      answer({ body: html });
      assert.equal(ended.lines()[0]?.outcome, outcome, ended.stderr);
      assert.deepEqual(await digests(archive(), (path) => /^(articles|versions|assets|records)\//.test(path)), before);
      const item = onlyItem(await ask('quarantine', 'list', '--json'));
      assert.deepEqual((item.verdict as { readonly kind: string }).kind, verdict);
      const shown = onlyItem(await ask('quarantine', 'show', '--json', String(item.name)));
      assert.equal(shown.body, reply.body);
    });
  }

  it('keeps its document while it is gone, and the record says since when and until when', async () => {
    const before = await digests(archive(), isDocument);
    answer({ status: 404, body: 'gone' });
    const ended = await visit();
    assert.deepEqual([ended.code, ended.lines()[0]?.outcome], [3, 'gone']);
    assert.deepEqual(await digests(archive(), isDocument), before);
    const gone = await ask('history', article.url);
    assert.match(gone.stdout, /^gone since \S+ \S+ \S+: .*HTTP status 404/m);
    assert.match(gone.stdout, /^last gone /m);
    assert.match(gone.stdout, /^last blocked /m);
    const noted = await mtimes(archive(), (path) => path.startsWith('records/'));
    await visit();
    assert.deepEqual(await mtimes(archive(), (path) => path.startsWith('records/')), noted);

    answer({ body: html });
    await visit();
    assert.match((await ask('history', article.url)).stdout, /^gone since \S+ \S+ \S+ until \S+ \S+ \S+:/m);
    assert.deepEqual(await digests(archive(), isDocument), before);
  });

  it('is only seen again where nothing changed: not a byte of what is there', async () => {
    const before = await mtimes(archive(), isKept);
    assert.equal((await visit()).lines()[0]?.outcome, 'unchanged');
    assert.deepEqual(await mtimes(archive(), isKept), before);
    assert.match((await ask('history', article.id)).stdout, /^last seen unchanged /m);
  });

  it('gets a version where its text changed and a picture went, and keeps the picture', async () => {
    const old = await record();
    const oldDocument = await readFile(join(archive(), old.document.path), 'utf8');
    const picture = article.images.find(({ icon }) => !icon)?.src ?? '';
    const text = article.paragraphs.toSorted((a, b) => b.length - a.length)[0] ?? '';
    const edited = html.replace(text.slice(0, 6), `更正${text.slice(0, 6)}`).replace(
      new RegExp(
        `<img[^>]*${picture
          .split('/')
          .at(-1)
          ?.replace(/[?!].*/, '')}[^>]*>`,
      ),
      '',
    );
    assert.notEqual(edited, html);
    answer({ body: edited });
    assert.equal((await visit()).lines()[0]?.outcome, 'archived');
    const young = await record();
    assert.equal(young.versions.length, 2);
    assert.equal(await readFile(join(archive(), young.versions[0]?.document ?? ''), 'utf8'), oldDocument);
    const stored = (assets: ArchiveRecord['assets']) =>
      new Set(assets.flatMap((each) => ('sha256' in each ? [each.src] : [])));
    assert.deepEqual(stored(young.assets), stored(old.assets));

    const changes = young.versions[1]?.changes;
    assert.deepEqual(changes?.body, { added: 2, removed: 0 });
    assert.deepEqual(changes?.images, { added: 0, removed: 1 });
    const history = await ask('history', article.id);
    assert.match(history.stdout, /^ {2}2 {2}\S+ \S+ \S+ {2}articles\/\S+ {2}text \+2 −0, pictures \+0 −1$/m);
    const words = await ask('diff', article.id);
    assert.match(words.stdout, /\{\+更正\+\}/);
    assert.match(words.stdout, /\[-picture .*-\]/);
    const [json] = (await ask('diff', article.id, '1', '2', '--json')).lines();
    assert.ok(json);
    assert.deepEqual(json.changes, changes);
    assert.deepEqual(
      (json.body as { readonly kind: string; readonly text: string }[]).filter(({ kind }) => kind !== 'same'),
      [{ kind: 'added', text: '更正' }],
    );
  });
});

describe('the commands that read', () => {
  it('say what is wrong with what they are asked', async () => {
    const wrong = await ask('history', 'nonsense');
    assert.deepEqual([wrong.code, /error URL_INVALID/.test(wrong.stderr)], [2, true]);
    const none = await ask('diff', 'guancha:1');
    assert.deepEqual([none.code, /error NOT_ARCHIVED/.test(none.stderr)], [3, true]);
    const version = await ask('diff', article.id, '1', '9');
    assert.deepEqual([version.code, /there is no version 9/.test(version.stderr)], [3, true]);
    const item = await ask('quarantine', 'show', 'nothing');
    assert.deepEqual([item.code, /there is no item nothing/.test(item.stderr)], [3, true]);
  });

  it('release: the URL waits again and the item goes', async () => {
    const items = (await ask('quarantine', 'list', '--json')).lines();
    const item = items[0];
    assert.ok(item);
    const ended = await ask('quarantine', 'release', String(item.name));
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal((await ask('quarantine', 'list', '--json')).lines().length, items.length - 1);
    const [status] = (await ask('status', '--json')).lines();
    assert.ok(status);
    assert.equal((status.outcomes as Record<string, number>).waiting, 1);
  });
});
