/** The newspaper as a hostile server, every fault by itself: once, for ever, and on a visit to what is archived already. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ERRORS, type ErrorCode } from '../src/errors.ts';
import type { NewspaperArticle } from './newspaper/newspaper.ts';
import type { Ended } from './support/command.ts';
import { FAULTS, type Fault } from './support/faults.ts';
import { type FaultFor, type HostileNewspaper, openHostile } from './support/hostile.ts';

/** The short form leaves out what takes long and is tried otherwise: `npm run torture` does it all. */
const isLong = process.env.GUANCHA_ARCHIVE_TORTURE === '1';
/** Chromium takes seconds to close a page whose script has no end; tests/browser.test.ts has one in the short form. */
const PAGES = FAULTS.filter(({ name }) => isLong || !name.includes('script without end'));
const QUICK = isLong ? FAULTS : FAULTS.filter(({ name, page }) => page[1] !== 'TIMEOUT' || name === 'no answer');

const byId = (ended: Ended) => new Map(ended.lines().map((line) => [String(line.id), line]));
describe('each fault of a hostile server', () => {
  let hostile: HostileNewspaper;
  let trials: readonly { readonly fault: Fault; readonly article: NewspaperArticle }[];
  /** An article that shows a picture for each fault. */
  let gallery: NewspaperArticle;
  let whole: Record<string, string>;
  const urls = () => [gallery.url, ...trials.map(({ article }) => article.url)];

  before(async () => {
    hostile = await openHostile({ articles: 2 * FAULTS.length, imagesPerArticle: 1 });
    const [first, ...steady] = hostile.newspaper.articles.filter(
      // Posts print relative times, and where parts must be joined, a fault of each is more than a visit can bear.
      ({ era, parts, wholeForm }) => era !== 'fengwen' && parts === 1 && wholeForm,
    );
    assert.ok(first);
    gallery = first;
    trials = PAGES.map((fault, index) => ({ fault, article: steady[index] as NewspaperArticle }));
    hang(hostile, gallery);
    const [, ...known] = urls();
    const ended = await hostile.run('whole', ['archive', '-'], { attempts: 3, urls: known });
    assert.equal(ended.code, 0, ended.stderr);
    await cp(join(hostile.folder, 'whole'), join(hostile.folder, 'again'), { recursive: true });
    assert.equal((await hostile.run('whole', ['archive', '-'], { attempts: 3, urls: [gallery.url] })).code, 0);
    whole = await hostile.state('whole');
  });
  after(() => hostile[Symbol.asyncDispose]());

  const faultFor: FaultFor = ({ path }) => {
    const [, picture] = /^\/hostile\/(\d+)\.jpg/.exec(path) ?? [];
    const [, list] = /^\/hostile(\d+)\//.exec(path) ?? [];
    const [, number] = /\/\d{4}_\d\d_\d\d_(\d+)/.exec(path) ?? [];
    const trial = trials.find(({ article }) => article.id === `guancha:${number}`);
    return QUICK[Number(picture ?? list ?? -1)] ?? trial?.fault ?? null;
  };
  const once: FaultFor = (asked, times) => (times === 1 ? faultFor(asked, times) : null);

  /** Lines by article, one attempt each; what a busy machine was late with by itself is asked for again, with more time. */
  async function outcomesOf(archive: string, args: readonly string[]): Promise<ReturnType<typeof byId>> {
    const lines = byId(await hostile.run(archive, args, { attempts: 1, urls: urls() }));
    const mayBeLate = (id: string) => trials.find(({ article }) => article.id === id)?.fault.page[1] === 'TIMEOUT';
    const late = [...lines].filter(([id, { code }]) => code === 'TIMEOUT' && !mayBeLate(id));
    if (late.length === 0) return lines;
    const again = { attempts: 1, urls: late.map(([, { url }]) => String(url)), timeoutMs: 20_000 };
    return new Map([...lines, ...byId(await hostile.run(archive, args, again))]);
  }

  it('once: the archive becomes what an undisturbed one is', async () => {
    hostile.spoil(once);
    const first = await hostile.run('once', ['archive', '-'], { attempts: 3, urls: urls() });
    const outcomes = byId(first);
    for (const { fault, article } of trials) {
      const line = outcomes.get(article.id);
      if (line?.outcome === 'archived') continue;
      assert.equal(line?.code, fault.page[1], fault.name);
      assert.equal(ERRORS[line?.code as ErrorCode].next, 'later', `${fault.name}: had in the same run`);
    }
    assert.equal(outcomes.get(gallery.id)?.outcome, 'archived');
    // A picture for which no other attempt is made at once is had by the next visit.
    const second = await hostile.run('once', ['archive', '--refresh', '-'], { attempts: 3, urls: urls() });
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(await hostile.state('once'), whole);
  });

  it('for ever: the outcome and code that it must have, and nothing of it is stored as good', {
    skip: isLong ? false : 'npm run torture',
  }, async () => {
    hostile.spoil(faultFor);
    const outcomes = await outcomesOf('ever', ['archive', '-']);
    for (const { fault, article } of trials) {
      const line = outcomes.get(article.id);
      assert.deepEqual([line?.outcome, line?.code], [fault.page[0], fault.page[1]], `${fault.name}: ${line?.detail}`);
      assert.equal(line?.document !== null, fault.page[0] === 'archived', fault.name);
    }
    const damaged = outcomes.get(trials.find(({ fault }) => fault.isFlagged)?.article.id ?? '');
    assert.match(JSON.stringify(damaged?.flags), /damaged-text/);
    for (const [path, digest] of Object.entries(await hostile.state('ever')))
      if (/^(articles|assets)\//.test(path) && path !== damaged?.document) assert.equal(digest, whole[path], path);
  });

  it('on a revisit: nothing of what is archived changes, and pictures are missing with their code', async () => {
    hostile.spoil(faultFor);
    const outcomes = await outcomesOf('again', ['archive', '--refresh', '-']);
    for (const { fault, article } of trials) {
      const line = outcomes.get(article.id);
      const [kind, code] = fault.isFlagged ? ['failed', 'PAGE_DAMAGED'] : fault.page;
      assert.deepEqual([line?.outcome, line?.code], [kind === 'archived' ? 'unchanged' : kind, code], fault.name);
    }
    const { assets } = await hostile.record('again', outcomes.get(gallery.id)?.record);
    QUICK.forEach(({ name, picture }, index) => {
      const asset = assets.find(({ src }) => src.endsWith(`/hostile/${index}.jpg`));
      assert.ok(asset);
      assert.equal('missing' in asset ? asset.missing : null, picture, `${name}: picture`);
    });
    const there = await hostile.state('again');
    const isNew = (path: string) => path.includes(gallery.id.split(':')[1] ?? '') || path.startsWith('assets/');
    for (const [path, digest] of Object.entries(whole)) if (!isNew(path)) assert.equal(there[path], digest, path);
    const marked = assets.flatMap((asset) => ('sha256' in asset && asset.flaw !== undefined ? [asset.sha256] : []));
    for (const [path, digest] of Object.entries(there))
      if (!path.startsWith('records/') && !marked.includes(digest)) assert.equal(digest, whole[path], path);
  });

  describe('in place of a list', () => {
    const sources = () =>
      QUICK.map((_, index) => ({ name: `源${index}`, url: `${hostile.newspaper.www}/hostile${index}/list_1.shtml` }));
    const reported = ({ stderr }: Ended, index: number) =>
      new RegExp(`error (BLOCKED|SOURCE_\\w+): [^\\n]*\\n +源${index},`).exec(stderr)?.[1] ?? null;

    before(() => {
      const list = hostile.newspaper.read('/mainnews-yw/list_1.shtml');
      for (const { url } of sources()) hostile.newspaper.put(new URL(url).pathname, { body: list });
    });

    it('once: it is read in the end of the same run, but where the site refuses', async () => {
      hostile.spoil(once);
      const ended = await hostile.run('lists', ['crawl', '--dry-run'], { attempts: 3, sources: sources() });
      const unread = QUICK.filter((_, index) => reported(ended, index) !== null).map(({ name }) => name);
      const refused = QUICK.filter(({ list }) => list === 'BLOCKED').map(({ name }) => name);
      assert.deepEqual(unread, refused, ended.stderr);
      assert.equal(ended.code, 5);
    });

    it('for ever: it is reported as unread, empty or refused, and the others are read', {
      skip: isLong ? false : 'npm run torture',
    }, async () => {
      hostile.spoil(faultFor);
      const ended = await hostile.run('lists', ['crawl', '--dry-run'], {
        attempts: 1,
        sources: sources(),
        timeoutMs: 3000,
      });
      QUICK.forEach(({ name, list }, index) => {
        assert.equal(reported(ended, index), list, `${name}: ${ended.stderr}`);
      });
      assert.equal(ended.code, 5);
    });
  });
});

/** Hangs a picture for each fault in an article. */
function hang({ newspaper }: HostileNewspaper, article: NewspaperArticle): void {
  const bytes = readFileSync(join(import.meta.dirname, 'newspaper/pictures/rail-485x187.jpg'));
  const pictures = QUICK.map((_, index) => `/hostile/${index}.jpg`);
  // Bytes behind the picture's end make each of them another one.
  pictures.forEach((path, index) => {
    newspaper.put(
      path,
      { headers: { 'content-type': 'image/jpeg' }, body: Buffer.concat([bytes, Buffer.from([index])]) },
      'images',
    );
  });
  const shown = pictures.map((path) => `<p><img src="${newspaper.images}${path}"></p>`).join('\n');
  const { pathname } = new URL(article.url);
  for (const path of [pathname, pathname.replace('.shtml', '_s.shtml')]) {
    const html = newspaper.read(path);
    const end = html.indexOf('</p>', html.indexOf('<p>', html.indexOf('all-txt'))) + '</p>'.length;
    newspaper.put(path, { body: `${html.slice(0, end)}\n${shown}${html.slice(end)}` });
  }
}
