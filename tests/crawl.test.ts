/** The newspaper through the real command and the real browser, compared with what was printed. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readDocument } from '../src/archive/document.ts';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { parseFragment } from '../src/page/html.ts';
import { type Newspaper, type NewspaperArticle, openNewspaper } from './newspaper/newspaper.ts';
import { run, start, temporaryFolder } from './support/command.ts';
import { digests, files, isKept, mtimes } from './support/tree.ts';

const FAST = { intervalMs: 0, assetIntervalMs: 0, concurrency: 4, backoffMs: 0 };

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  newspaper = await openNewspaper({ slowMs: 50 });
  folder = await temporaryFolder();
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A configuration for an archive of its own. */
async function configFor(name: string, politeness: object = FAST): Promise<string> {
  const file = join(folder.path, `${name}.yaml`);
  await writeFile(file, newspaper.config({ archive: `./${name}`, politeness: { ...politeness } }));
  return file;
}

const listed = () => newspaper.articles.filter(({ lists }) => lists.length > 0);
const pageRequests = () =>
  newspaper.requests.filter(({ origin, path }) => origin !== 'images' && path !== '/robots.txt');

/** The text of each block of a stored body, as the newspaper's truth lists it. */
function blocks(body: string): string[] {
  const $ = parseFragment(body);
  const texts = $('p, li, td').toArray();
  return texts.map((element) => $(element).text().replace(/\s+/g, ' ').trim()).filter((text) => text !== '');
}

function compare(truth: NewspaperArticle, record: ArchiveRecord, text: string): void {
  const { article } = record;
  const where = truth.url;
  assert.equal(article.title, truth.title, where);
  assert.equal(article.originalTitle, truth.originalTitle, where);
  assert.deepEqual(article.clock, truth.clock, where);
  assert.equal(article.source, truth.source, where);
  assert.deepEqual(article.columnists, truth.columnists, where);
  assert.deepEqual(article.staff, truth.staff, where);
  assert.deepEqual(article.byline, truth.byline, where);
  assert.deepEqual(article.editors, truth.editors, where);
  assert.deepEqual(article.keywords, truth.keywords, where);
  assert.equal(article.summary, truth.summary, where);
  assert.deepEqual(article.topic, truth.topic, where);
  assert.equal(article.sharePicture, truth.sharePicture, where);
  assert.equal(article.pages, truth.wholeForm ? 1 : truth.parts, where);

  const pictures = truth.images.filter(({ icon }) => !icon);
  assert.deepEqual(
    article.images,
    pictures.map(({ src, caption }) => ({ src, caption })),
    where,
  );
  const lead = truth.leadPicture === null ? [] : [{ src: truth.leadPicture.src, asset: truth.leadAsset }];
  const expected = new Map([...lead, ...pictures].map(({ src, asset }) => [src, asset]));
  assert.deepEqual(
    record.assets.map(({ src }) => src),
    [...expected.keys()],
    where,
  );
  for (const asset of record.assets) {
    const { src, ...found } = asset;
    if ('missing' in asset) assert.equal(expected.get(src) ?? null, null, where);
    else assert.deepEqual(found, expected.get(src), where);
  }

  const document = readDocument(text);
  assert.equal(document.title, truth.title.replace(/\s+/g, ' ').trim(), where);
  assert.equal(document.categories[2], truth.era === 'fengwen' ? '风闻' : record.source, where);
  assert.deepEqual(blocks(document.body), truth.paragraphs, where);
}

describe('a crawl of the newspaper', () => {
  let lines: Record<string, unknown>[] = [];
  let stderr = '';

  before(async () => {
    const ended = await run(['crawl', '--json', '--config', await configFor('whole')]);
    assert.equal(ended.code, 0, ended.stderr);
    lines = ended.lines();
    stderr = ended.stderr;
  });
  const archive = () => join(folder.path, 'whole');

  it('ends every listed article as it must, once', () => {
    const outcomes = new Map(lines.map(({ id, outcome }) => [id, outcome]));
    assert.equal(outcomes.size, lines.length);
    for (const { id, url, outcome } of listed()) assert.equal(outcomes.get(id), outcome, url);
    for (const name of new Set(listed().flatMap(({ lists }) => lists)))
      assert.match(stderr, new RegExp(`discover: ${name}: \\d+ articles?,`));
  });

  it('archives every field, every block of text and every picture as printed', async () => {
    const archived = lines.filter(({ outcome }) => outcome === 'archived');
    const truths = new Map(newspaper.articles.map((article) => [article.id as unknown, article]));
    let compared = 0;
    for (const { id, document, record } of archived) {
      const truth = truths.get(id);
      if (truth === undefined) continue;
      compare(
        truth,
        JSON.parse(await readFile(join(archive(), String(record)), 'utf8')),
        await readFile(join(archive(), String(document)), 'utf8'),
      );
      compared += 1;
    }
    assert.ok(compared >= listed().filter(({ outcome }) => outcome === 'archived').length);
  });

  it('flags nothing, for lists and pages agree', () => {
    for (const { url, flags } of lines) assert.deepEqual(flags, [], String(url));
  });

  it('keeps each picture once, under the hash of its bytes, and no other file', async () => {
    const kept = await digests(archive(), isKept);
    const assets = Object.entries(kept).filter(([path]) => path.startsWith('assets/'));
    for (const [path, digest] of assets)
      assert.match(path, new RegExp(`^assets/${digest.slice(0, 2)}/${digest}\\.(jpg|png|gif|webp)$`));
    const named = new Set<string>();
    for (const path of Object.keys(kept).filter((each) => each.startsWith('records/'))) {
      const record = JSON.parse(await readFile(join(archive(), path), 'utf8')) as ArchiveRecord;
      assert.equal(kept[record.document.path], record.document.sha256);
      for (const asset of record.assets) if ('sha256' in asset) named.add(asset.sha256);
    }
    assert.deepEqual(new Set(assets.map(([, digest]) => digest)), named);
    assert.deepEqual(
      Object.keys(kept).filter((path) => !/^(articles|records|assets)\//.test(path)),
      [],
    );
  });

  it('asks for nothing but pages, pictures and robots.txt, and never with a foreign Referer', () => {
    for (const { origin, path, headers, status } of newspaper.requests) {
      assert.equal(headers.referer, undefined, path);
      if (origin === 'images') assert.notEqual(status, 403, path);
      assert.match(String(headers['user-agent']), /Chrome\/.* guancha-archive\/\d+\.\d+\.\d+ \(\+https:\/\/\S+\)$/);
    }
    assert.deepEqual(
      newspaper.requests.filter(({ path }) => /\.(css|js|ico|woff2?)(\?|$)/.test(path)),
      [],
    );
  });

  it('changes nothing when it runs again, and asks for the lists alone', async () => {
    const before = await mtimes(archive(), isKept);
    const asked = pageRequests().length;
    const again = await run(['crawl', '--json', '--config', await configFor('whole')]);
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(again.lines(), []);
    assert.deepEqual(await mtimes(archive(), isKept), before);
    assert.ok(
      pageRequests()
        .slice(asked)
        .every(({ path }) => !/\d{4}_\d\d_\d\d_\d+/.test(path)),
    );
  });

  it('needs no frontier to know what it has: without it, nothing is fetched and nothing changes', async () => {
    const before = await mtimes(archive(), isKept);
    for (const name of ['frontier.sqlite', 'frontier.sqlite-wal', 'frontier.sqlite-shm'])
      await rm(join(archive(), name), { force: true });
    const asked = pageRequests().length;
    const again = await run(['crawl', '--json', '--config', await configFor('whole')]);
    assert.equal(again.code, 0, again.stderr);
    const archived = new Set(lines.filter(({ outcome }) => outcome === 'archived').map(({ id }) => id));
    assert.ok(again.lines().every(({ id, outcome }) => !archived.has(id) || outcome === 'unchanged'));
    assert.deepEqual(await mtimes(archive(), isKept), before);
    const articles = newspaper.articles.filter(({ id }) => archived.has(id)).map(({ url }) => new URL(url).pathname);
    assert.deepEqual(
      pageRequests()
        .slice(asked)
        .filter(({ path, origin }) => origin === 'www' && articles.includes(path.replace('_s.shtml', '.shtml'))),
      [],
    );
  });

  it('changes nothing when every article is visited again', async () => {
    const before = await mtimes(archive(), isKept);
    const urls = lines.filter(({ outcome }) => outcome === 'archived').map(({ url }) => String(url));
    const again = await run(['archive', '--refresh', '--json', '--config', await configFor('whole'), '-'], {
      input: urls.join('\n'),
    });
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(
      again.lines().map(({ outcome }) => outcome),
      urls.map(() => 'unchanged'),
    );
    assert.deepEqual(await mtimes(archive(), isKept), before);
  });

  it('gives the same bytes in every time zone', async () => {
    const steady = (path: string) => path.startsWith('articles/') && !path.includes('fengwen'); // posts print relative times
    const expected = await digests(archive(), steady);
    for (const TZ of ['Asia/Shanghai', 'America/New_York']) {
      const name = TZ.replace('/', '-');
      const ended = await run(['crawl', '--config', await configFor(name)], { env: { TZ } });
      assert.equal(ended.code, 0, ended.stderr);
      assert.deepEqual(await digests(join(folder.path, name), steady), expected, TZ);
    }
  });

  it('says what it did: status in words and as JSON', async () => {
    const config = await configFor('whole');
    const [words, json] = await Promise.all([
      run(['status', '--config', config]),
      run(['status', '--json', '--config', config]),
    ]);
    assert.deepEqual([words.code, json.code], [0, 0]);
    const [report] = json.lines();
    const outcomes = report?.outcomes as Record<string, number>;
    assert.equal(
      Object.values(outcomes).reduce((sum, count) => sum + count, 0),
      lines.length,
    );
    for (const [outcome, count] of Object.entries(outcomes))
      assert.match(words.stdout, new RegExp(`^ +${count} ${outcome}$`, 'm'));
    assert.match(words.stdout, /last run: archive, .* to \d{4}-/);
  });
});

describe('special pages', () => {
  it('each end with their outcome and code, and none of them with a document', async () => {
    const specials = Object.values(newspaper.specials);
    // Challenges among them would end the run; other articles stand between them.
    const ordinary = newspaper.articles.filter(({ special, outcome }) => special === null && outcome === 'archived');
    const outcomes = new Map<string, Record<string, unknown>>();
    for (const { url, id } of specials) {
      const ended = await run([
        'archive',
        '--json',
        '--config',
        await configFor('special', { ...FAST, attempts: 2 }),
        url,
      ]);
      for (const line of ended.lines()) outcomes.set(String(line.id), line);
      const notWell = ['gone', 'blocked', 'refused', 'failed'].includes(String(outcomes.get(id)?.outcome));
      assert.equal(ended.code, notWell ? 3 : 0, `${url}: ${ended.stderr}`);
    }
    for (const { id, url, outcome, code, leadsTo } of specials) {
      const line = outcomes.get(id);
      assert.deepEqual([line?.outcome, line?.code ?? null], [outcome, code], `${url}: ${line?.detail}`);
      assert.equal(line?.document !== null, outcome === 'archived', url);
      if (outcome === 'moved') assert.equal(line?.to, leadsTo);
    }
    assert.ok(ordinary.length > 0);
    const moved = newspaper.specials.moved;
    assert.equal(
      [...outcomes.values()].find(({ url }) => url === moved?.leadsTo)?.outcome,
      'archived',
      'the post that it moved to',
    );
  });
});

describe('a crawl that is killed', () => {
  it('loses nothing and doubles nothing when it is run again', async () => {
    const whole = await digests(
      join(folder.path, 'whole'),
      (path) => path.startsWith('articles/') && !path.includes('fengwen'),
    );
    const config = await configFor('killed', { ...FAST, concurrency: 2 });
    const fetched = () => newspaper.requests.filter(({ path }) => path.includes('_s.shtml')).length;
    for (let kill = 0; kill < 3; kill++) {
      const running = start(['crawl', '--json', '--config', config]);
      const from = fetched();
      while (fetched() < from + 5 && running.child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5));
      running.child.kill('SIGKILL');
      await running.ended;
    }
    const last = await run(['crawl', '--json', '--config', config]);
    assert.equal(last.code, 0, last.stderr);
    assert.match(last.stderr, /the last run was cut off/);
    assert.deepEqual(
      await digests(join(folder.path, 'killed'), (path) => path.startsWith('articles/') && !path.includes('fengwen')),
      whole,
    );
    const [status] = (await run(['status', '--json', '--config', config])).lines();
    assert.deepEqual(
      Object.keys(status?.outcomes as object).filter((outcome) => ['waiting', 'failed'].includes(outcome)),
      [],
    );
    assert.deepEqual(
      (await files(join(folder.path, 'killed'))).filter((path) => path.endsWith('.tmp')),
      [],
    );
  });
});

describe('Ctrl-C', () => {
  it('finishes the article in hand, says so, and the same command goes on', async () => {
    const config = await configFor('interrupted', { ...FAST, intervalMs: 150, concurrency: 1 });
    const running = start(['crawl', '--json', '--config', config]);
    await running.says('"outcome":"archived"');
    running.child.kill('SIGINT');
    const first = await running.ended;
    assert.equal(first.code, 130, first.stderr);
    assert.match(first.stderr, /finishing the list or article in hand/);
    assert.ok(first.lines().length >= 1 && first.lines().length < listed().length);
    const second = await run(['crawl', '--json', '--limit', '2', '--config', config]);
    assert.deepEqual([second.code, second.lines().length], [0, 2], second.stderr);
    const seen = new Set(first.lines().map(({ id }) => id));
    assert.ok(second.lines().every(({ id }) => !seen.has(id)));
  });

  it('is told, while a list is read, what waits', async () => {
    const config = await configFor('interrupted-list', { ...FAST, intervalMs: 300, concurrency: 1 });
    const running = start(['crawl', '--config', config]);
    await running.says('discover: ');
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    assert.equal(code, 130);
    assert.match(stdout, /^\d+ articles wait: the same command goes on$/m);
    assert.doesNotMatch(stdout, /nothing to do|archived/);
  });

  it('twice ends at once', async () => {
    newspaper.handle(({ path }) => (path.includes('never') ? { delayMs: 60_000 } : undefined));
    const running = start([
      'archive',
      '--config',
      await configFor('twice'),
      `${newspaper.www}/never/2026_10_01_902999.shtml`,
    ]);
    while (!newspaper.requests.some(({ path }) => path.includes('never')) && running.child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    running.child.kill('SIGINT');
    await running.says('finishing the article in hand');
    running.child.kill('SIGINT');
    const ended = await running.ended;
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /the same command goes on where this one stopped/);
  });
});
