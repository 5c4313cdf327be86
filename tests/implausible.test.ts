/** A body that is not the article never passes as it: on a new article and beside an archived one, through hours of a turned clock. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { archiveWaiting, revisitDue } from '../src/crawl/crawl.ts';
import { seenAgain } from '../src/crawl/standing.ts';
import { type Worked, work } from '../src/crawl/work.ts';
import { type Fetcher, followExchanges } from '../src/fetch/fetcher.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { classicPage, fengwenPage, NEWS_URL, POST_URL, SITE } from './support/article-page.ts';
import { run, temporaryFolder } from './support/command.ts';
import { answer, HOUR_MS, MINUTE_MS, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';

const NEVER = new AbortController().signal;
const ID = 'guancha:900';
const DOCUMENT = 'articles/2022/01/2022_01_28_900.html';
const OTHER_URL = NEWS_URL.replace('900', '899');

/** Sentences with nothing in common, so that texts of them are alike only where they share some. */
const SENTENCES = [
  '茶馆今天照常开门，来的人比昨天多了三成。',
  '掌柜说柴火是从后山背来的，一担要走两个钟头。',
  '靠窗那张桌子坐着两位下棋的老人，谁也没有抬头。',
  '伙计把铜壶擦得发亮，水滚了三遍才肯冲泡。',
  '门外的石板路刚刚修好，推车的声音轻了许多。',
  '傍晚时分雨落下来，屋檐底下挤满躲雨的学生。',
];
const FOREIGN = [
  '渔港码头清早卸下第一批鱿鱼，冷库连夜腾空。',
  '船老大盼着北风停歇，缆绳已经换成新编的棕索。',
  '海事处提醒小艇避让航标，灯塔改用太阳能供电。',
  '沙滩排球联赛推迟到周末，看台加装遮阳篷布。',
  '岛上中学收到捐赠望远镜，天文社当晚就去观星。',
  '灯会筹备组招募义工，报名表贴在渡口售票亭旁。',
  '养殖户清点网箱，台风过境损失不足一成。',
  '浮桥检修期间改走隧道，公交临时增开两班。',
  '博物馆展出沉船瓷片，讲解员多讲了半个小时。',
  '夜市摊主用贝壳做风铃，游客排起长队挑选。',
  '疍家婆婆示范编网，针脚细密得像写字一般。',
  '港务局更换系泊桩，旧桩运去做成观景长椅。',
];
const paragraphs = (sentences: readonly string[]) => sentences.map((each) => `<p>${each}</p>`).join('');

const WHOLE = classicPage({ body: paragraphs(SENTENCES) });
const CORRECTED = classicPage({
  body: paragraphs([...SENTENCES.slice(0, 5), '傍晚时分雨停了，学生各自回家。', '更正：人数以掌柜所记为准。']),
});
const REWRITTEN = classicPage({ title: '渔港与灯塔', body: paragraphs(FOREIGN) });
const FRAGMENT = classicPage({ title: '茶馆开门迎来新客人，掌柜谈柴火生意', body: paragraphs(FOREIGN) });
const NOTICE = classicPage({ body: '<p>您访问的文章不存在或已下线</p>' });
const STRANGE = classicPage({ body: '<p>呜呼，彼处空空如也。</p>' });
const LOADING = classicPage({ body: '<p>内容加载中……</p>' }).replace(
  '</body>',
  '<script src="/app.js"></script></body>',
);
const WALL = classicPage({ body: `<p>${SENTENCES[0]}</p><p>本文为会员专享，登录后阅读全文</p>` });

const ANSWERS = { WHOLE, CORRECTED, REWRITTEN, FRAGMENT, NOTICE, STRANGE, LOADING, WALL };

/** A site whose answer for one article is set by the test; every other article of it is there. */
function openSite(url = NEWS_URL) {
  const site = { body: WHOLE, status: 200, asked: 0, rendered: 0, isWell: true };
  let now = () => 0;
  const stamped = (address: string, body: string, status: number) => ({
    ...answer(address, body, { status }),
    startedAt: new Date(now()).toISOString(),
  });
  const { id } = targetOf(url);
  const fetcher: Fetcher = {
    fetch: (wanted) =>
      followExchanges(wanted, SITE, async (address) => {
        if (parseArticleUrl(address, SITE)?.id !== id)
          return site.isWell ? stamped(address, classicPage(), 200) : stamped(address, NOTICE, 200);
        site.asked += 1;
        return stamped(address, site.body, site.status);
      }),
    render: async (exchanges) => {
      site.rendered += 1;
      return [...exchanges, { ...stamped(exchanges.at(-1)?.url ?? url, site.body, 200), road: 'rendered' as const }];
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const crawl = openMemoryCrawl([], { fetcher });
  now = crawl.clock.now;
  return { site, ...crawl };
}

type Opened = ReturnType<typeof openSite>;

/** Both articles are archived, the second as what the site is tried by. */
async function archived(url = NEWS_URL): Promise<Opened> {
  const opened = openSite(url);
  opened.context.frontier.add([targetOf(url), targetOf(OTHER_URL)]);
  await crawl(opened);
  opened.clock.advance(2 * MINUTE_MS);
  return opened;
}

async function crawl({ context }: Opened): Promise<Worked[]> {
  const settled: Worked[] = [];
  await archiveWaiting(context, {
    ...OPTIONS,
    concurrency: 1,
    refresh: false,
    blockedPauseMs: MINUTE_MS,
    blockedPauses: 2,
    stopSignal: NEVER,
    onSettled: (worked) => void settled.push(worked),
    log: () => {},
  });
  return settled;
}

/** Somebody visits the article again, now. */
async function refresh({ context }: Opened, { accept = false, url = NEWS_URL } = {}): Promise<Worked> {
  context.frontier.requeue({ ids: [targetOf(url).id] });
  const lease = context.frontier.take([targetOf(url).id]) ?? assert.fail('nothing waits');
  return work({ kind: 'queued', lease, refresh: true, accept }, context, OPTIONS);
}

/** The revisits that fall due while the clock is turned on, step by step. */
async function later({ context, clock }: Opened, timeMs: number, stepMs = MINUTE_MS): Promise<Worked[]> {
  const settled: Worked[] = [];
  for (const endAt = clock.now() + timeMs; clock.now() < endAt; ) {
    clock.advance(stepMs);
    for await (const each of revisitDue(context, { ...OPTIONS, stopSignal: NEVER }))
      if (each.target.id !== targetOf(OTHER_URL).id) settled.push(each);
  }
  return settled;
}

const codeOf = ({ visit: { outcome } }: Worked) => ('code' in outcome ? outcome.code : outcome.kind);

async function recordOf({ context }: Opened): Promise<ArchiveRecord> {
  return (await context.services.archive.find(ID, '2022-01-28'))?.record ?? assert.fail('not archived');
}

async function withoutQuarantine({ files }: Opened) {
  return Object.fromEntries(Object.entries(await files()).filter(([key]) => !key.startsWith('quarantine/')));
}

describe('a new article', () => {
  const CASES = [
    { name: 'NOTICE', code: 'gone' },
    { name: 'LOADING', code: 'NOT_AN_ARTICLE' },
  ] as const;
  for (const { name, code } of CASES)
    it(`is not archived from ${name}, and is once its page is there`, async () => {
      const opened = openSite();
      opened.site.body = ANSWERS[name];
      opened.context.frontier.add([targetOf(NEWS_URL)]);
      const [first] = await crawl(opened);
      assert.equal(first && codeOf(first), code);
      assert.equal(opened.site.rendered > 0, name === 'LOADING');
      assert.deepEqual(await withoutQuarantine(opened), {});
      assert.ok(Object.keys(await opened.files()).length > 0, 'the page is in quarantine');
      opened.site.body = WHOLE;
      opened.clock.advance(HOUR_MS);
      opened.context.frontier.requeue({ dueAt: opened.clock.now() });
      const [second] = await crawl(opened);
      assert.equal(second?.visit.outcome.kind, 'archived');
    });

  it('is archived in doubt from FRAGMENT, and its own text takes its place at once', async () => {
    const opened = openSite();
    opened.site.body = FRAGMENT;
    opened.context.frontier.add([targetOf(NEWS_URL)]);
    const [first] = await crawl(opened);
    assert.equal(first?.visit.outcome.kind, 'archived');
    assert.ok((await recordOf(opened)).flags.some(({ code }) => code === 'body-suspect'));
    opened.site.body = WHOLE;
    opened.clock.advance(HOUR_MS);
    assert.equal((await refresh(opened))?.visit.outcome.kind, 'archived');
    const { versions, flags } = await recordOf(opened);
    assert.equal(versions.length, 2);
    assert.ok(flags.every(({ code }) => code !== 'body-suspect'));
  });

  it('behind a members’ wall is what the page shows of it', async () => {
    const opened = openSite();
    opened.site.body = WALL;
    opened.context.frontier.add([targetOf(NEWS_URL)]);
    assert.equal((await crawl(opened))[0]?.visit.outcome.kind, 'archived');
  });
});

describe('an archived article', () => {
  for (const name of ['REWRITTEN', 'NOTICE', 'STRANGE', 'WALL'] as const)
    it(`stays as it is where ${name} comes, and for the hour that it lasts`, async () => {
      const opened = await archived();
      const before = await withoutQuarantine(opened);
      opened.site.body = ANSWERS[name];
      const first = await refresh(opened);
      assert.equal(codeOf(first), 'IMPLAUSIBLE');
      assert.match(String('detail' in first.visit.outcome && first.visit.outcome.detail), /seen 1 of 4 times/);
      assert.deepEqual(await withoutQuarantine(opened), before);
      assert.deepEqual((await later(opened, HOUR_MS)).map(codeOf), ['IMPLAUSIBLE']);
      const [doubt] = opened.context.journal.doubts.all();
      assert.deepEqual([doubt?.id, doubt?.seen.length], [ID, 2]);
      opened.site.body = WHOLE;
      assert.deepEqual((await later(opened, HOUR_MS)).map(codeOf), ['unchanged']);
      assert.deepEqual(opened.context.journal.doubts.all(), []);
      assert.deepEqual(await withoutQuarantine(opened), before);
      const kept = Object.keys(await opened.files()).filter((key) => key.startsWith('quarantine/'));
      assert.ok(kept.length > 0, 'its evidence is kept');
    });

  it('stays as it is where LOADING comes, which is no article', async () => {
    const opened = await archived();
    const before = await withoutQuarantine(opened);
    opened.site.body = LOADING;
    assert.equal(codeOf(await refresh(opened)), 'NOT_AN_ARTICLE');
    await later(opened, 12 * HOUR_MS);
    assert.deepEqual(await withoutQuarantine(opened), before);
  });

  it('stays as it is where FRAGMENT comes for some hours', async () => {
    const opened = await archived();
    const before = (await opened.files())[DOCUMENT];
    opened.site.body = FRAGMENT;
    assert.equal(codeOf(await refresh(opened)), 'IMPLAUSIBLE');
    assert.deepEqual(new Set((await later(opened, 5 * HOUR_MS)).map(codeOf)), new Set(['IMPLAUSIBLE']));
    opened.site.body = WHOLE;
    await later(opened, 12 * HOUR_MS);
    assert.equal((await opened.files())[DOCUMENT], before);
    assert.equal((await recordOf(opened)).versions.length, 1);
  });

  for (const name of ['NOTICE', 'STRANGE'] as const)
    it(`is withdrawn since it was first seen where ${name} stands at all looks`, async () => {
      const opened = await archived();
      opened.site.body = ANSWERS[name];
      const firstAt = new Date(opened.clock.now()).toISOString();
      await refresh(opened);
      const looks = await later(opened, 8 * HOUR_MS);
      assert.deepEqual(looks.map(codeOf), ['IMPLAUSIBLE', 'IMPLAUSIBLE', 'gone']);
      const { absences, versions } = await recordOf(opened);
      assert.equal(versions.length, 1, 'the document is the archived one');
      assert.deepEqual([absences.length, absences[0]?.since, absences[0]?.until], [1, firstAt, null]);
      assert.match(absences[0]?.evidence.join('\n') ?? '', /in place of the text[\s\S]*seen 2022/);
      assert.match((await opened.files())[DOCUMENT] ?? '', /铜壶/);
      assert.deepEqual(opened.context.journal.doubts.all(), []);

      opened.site.body = WHOLE;
      opened.clock.advance(24 * HOUR_MS);
      assert.equal((await refresh(opened)).visit.outcome.kind, 'archived');
      assert.notEqual((await recordOf(opened)).absences[0]?.until, null);
    });

  it('is not withdrawn by a notice that stands where the site gives no other article either', async () => {
    const opened = await archived();
    opened.site.body = NOTICE;
    opened.site.isWell = false;
    opened.clock.advance(HOUR_MS);
    assert.equal(codeOf(await refresh(opened)), 'BLOCKED');
    await later(opened, 12 * HOUR_MS);
    assert.deepEqual((await recordOf(opened)).absences, []);
  });

  for (const name of ['REWRITTEN', 'WALL'] as const)
    it(`gets a new version where ${name} stands at all looks, with why it was doubted and when it was seen`, async () => {
      const opened = await archived();
      const before = (await opened.files())[DOCUMENT];
      opened.site.body = ANSWERS[name];
      await refresh(opened);
      assert.deepEqual((await later(opened, 8 * HOUR_MS)).map(codeOf), ['IMPLAUSIBLE', 'IMPLAUSIBLE', 'archived']);
      const { versions } = await recordOf(opened);
      assert.equal(versions.length, 2);
      const { confirmed } = versions[1] ?? {};
      assert.deepEqual([confirmed?.by, confirmed?.seen.length], ['standing', 4]);
      assert.match(confirmed?.detail ?? '', /text is lost|another title/);
      assert.equal((await opened.files())['versions/2022/01/2022_01_28_900/1.html'], before);
      assert.equal(codeOf(await refresh(opened)), 'unchanged', 'now it is what is archived');
      assert.deepEqual((await recordOf(opened)).versions[1]?.confirmed, confirmed);
    });

  it('gets an ordinary edit at once', async () => {
    const opened = await archived();
    opened.site.body = CORRECTED;
    assert.equal((await refresh(opened)).visit.outcome.kind, 'archived');
    assert.equal((await recordOf(opened)).versions[1]?.confirmed, undefined);
  });

  it('is not confirmed by haste: only a look in its time counts', async () => {
    const opened = await archived();
    opened.site.body = REWRITTEN;
    for (let i = 0; i < 9; i++) {
      assert.equal(codeOf(await refresh(opened)), 'IMPLAUSIBLE');
      opened.clock.advance(MINUTE_MS);
    }
    assert.equal(opened.context.journal.doubts.of(ID)?.seen.length, 1);
    assert.deepEqual((await later(opened, 8 * HOUR_MS)).map(codeOf), ['IMPLAUSIBLE', 'IMPLAUSIBLE', 'archived']);
  });

  it('begins to count anew where something else comes between', async () => {
    for (const between of [NOTICE, STRANGE, '', '<html><body>请完成人机验证</body></html>']) {
      const opened = await archived();
      opened.site.body = REWRITTEN;
      await refresh(opened);
      await later(opened, 2 * HOUR_MS);
      assert.equal(opened.context.journal.doubts.of(ID)?.seen.length, 3);
      opened.site.body = between;
      await refresh(opened).catch(() => null);
      opened.site.body = REWRITTEN;
      opened.clock.advance(10 * MINUTE_MS);
      assert.equal(codeOf(await refresh(opened)), 'IMPLAUSIBLE');
      assert.equal(opened.context.journal.doubts.of(ID)?.seen.length, 1, between);
    }
  });

  it('is taken as it is shown by a person who says so', async () => {
    const opened = await archived();
    opened.site.body = REWRITTEN;
    await refresh(opened);
    assert.equal((await refresh(opened, { accept: true })).visit.outcome.kind, 'archived');
    assert.equal((await recordOf(opened)).versions[1]?.confirmed?.by, 'person');
    assert.deepEqual(opened.context.journal.doubts.all(), []);
    opened.site.body = NOTICE;
    assert.equal((await refresh(opened, { accept: true })).visit.outcome.kind, 'gone');
    assert.equal((await recordOf(opened)).absences.length, 1);
  });

  it('that is shown otherwise each time is asked for a few times more, and then as any other', async () => {
    const opened = await archived();
    Object.defineProperty(opened.site, 'body', {
      get: () => classicPage({ title: '渔港', body: paragraphs([...FOREIGN, `第${opened.site.asked}号公告。`]) }),
    });
    await refresh(opened);
    const looks = await later(opened, 40 * 24 * HOUR_MS, 10 * MINUTE_MS);
    assert.ok(looks.every((each) => codeOf(each) === 'IMPLAUSIBLE'));
    assert.ok(looks.length >= 3 && looks.length <= 5 + OPTIONS.agesMs.length, `${looks.length} looks`);
    assert.equal(opened.context.journal.revisits.counts(opened.clock.now()).due, 0);
    const [doubt] = opened.context.journal.doubts.all();
    assert.equal(doubt?.againAt, null, 'and it is known that nobody looks any more');
  });
});

describe('a community post', () => {
  it('may be of a few words to its readers, and is not replaced by a notice at once', async () => {
    const opened = openSite(POST_URL);
    opened.site.body = fengwenPage({ title: '问大家', body: '<p>如题，欢迎来坐。</p>' });
    opened.context.frontier.add([targetOf(POST_URL)]);
    assert.equal((await crawl(opened))[0]?.visit.outcome.kind, 'archived');
    opened.site.body = fengwenPage({ title: '问大家', body: '<p>该帖子已被管理员删除</p>' });
    assert.equal(codeOf(await refresh(opened, { url: POST_URL })), 'IMPLAUSIBLE');
  });
});

it('what was seen is known to the next run, and an instant that cannot be read counts for nothing', async () => {
  await using folder = await temporaryFolder();
  const [first, second] = ['2022-01-28T04:00:00.000Z', '2022-01-28T04:10:00.000Z'];
  const doubt = { shown: 'a hash', detail: 'most of its text is lost', seen: [first, second], looks: 2 };
  {
    using operations = openOperations(folder.path, { command: 'test' });
    operations.journal.doubts.set(ID, doubt);
    operations.journal.revisits.plan({ id: ID, url: NEWS_URL }, { dueAt: Date.parse(second) + HOUR_MS, lastAt: 1e13 });
  }
  {
    using operations = openOperations(folder.path, { command: 'test' });
    assert.deepEqual(operations.journal.doubts.of(ID), doubt);
    assert.deepEqual(operations.journal.doubts.all(), [{ id: ID, ...doubt, againAt: '2022-01-28T05:10:00.000Z' }]);
    operations.journal.doubts.set(ID, { ...doubt, seen: ['then', second] });
    assert.deepEqual(operations.journal.doubts.of(ID)?.seen, [second]);
    operations.journal.doubts.end(ID);
    assert.equal(operations.journal.doubts.of(ID), null);
  }
});

it('what a wrong clock saw ahead is not waited for', () => {
  const ahead = { shown: 'a', detail: '', seen: ['2032-01-28T04:00:00.000Z'], looks: 1 };
  const now = { shown: 'a', detail: '', at: '2022-01-28T04:00:00.000Z' };
  assert.deepEqual(seenAgain(ahead, now).seen, [now.at]);
});

it('whatever comes in whatever order, no document is replaced by one that lost most of its text and was not seen four times', async () => {
  const names = Object.keys(ANSWERS) as (keyof typeof ANSWERS)[];
  const steps = fc.array(
    fc.record({
      name: fc.constantFrom(...names),
      status: fc.constantFrom(200, 200, 200, 200, 404, 503),
      waitMs: fc.constantFrom(MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS),
    }),
    { minLength: 1, maxLength: 14 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (answers) => {
      const opened = await archived();
      let sameInARow = 0;
      let last = '';
      for (const { name, status, waitMs } of answers) {
        const before = (await opened.files())[DOCUMENT] ?? '';
        opened.site.body = ANSWERS[name];
        opened.site.status = status;
        await refresh(opened).catch(() => null);
        const shown = `${name} ${status}`;
        sameInARow = shown === last ? sameInARow + 1 : 1;
        last = shown;
        const after = (await opened.files())[DOCUMENT] ?? '';
        if (after !== before) {
          const sentences = [...SENTENCES, ...FOREIGN].filter((each) => before.includes(each));
          const kept = sentences.filter((each) => after.includes(each)).length;
          assert.ok(kept * 2 > sentences.length || sameInARow >= 4, `${shown} after ${sameInARow}`);
        }
        opened.clock.advance(waitMs);
      }
    }),
    { numRuns: 60 },
  );
});

it('the command keeps an archived article where the site says in its frame that it is not there, says so, and withdraws it once a notice stands', async () => {
  await using newspaper = await openNewspaper({ articles: 8, specials: false });
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0 };
  await writeFile(config, newspaper.config({ archive: './archive', politeness }));
  const article = newspaper.articles.find(({ era, outcome }) => era === 'cms-2026' && outcome === 'archived');
  assert.ok(article);
  const command = (words: readonly string[], shiftMs = 0) =>
    run([...words, '--json', '--config', config], {
      preload: [join(import.meta.dirname, 'support/shifted-clock.ts')],
      env: { GUANCHA_TEST_SHIFT_MS: String(shiftMs) },
    });
  const first = await command(['crawl']);
  assert.equal(first.code, 0, first.stderr);
  const path = String(first.lines().find(({ id }) => id === article.id)?.document);
  const document = () => readFile(join(folder.path, 'archive', path), 'utf8');
  const before = await document();

  const isIts = (asked: string) => asked.includes(article.id.split(':')[1] ?? '');
  newspaper.handle(({ path: asked, origin }) => {
    if (origin !== 'www' || !isIts(asked)) return undefined;
    return { body: classicPage({ title: article.title, body: '<p>您访问的文章不存在或已下线</p>' }) };
  });
  const refreshed = await command(['archive', '--refresh', article.url]);
  const [report] = refreshed.lines();
  assert.deepEqual([refreshed.code, report?.outcome, report?.code], [3, 'failed', 'IMPLAUSIBLE'], refreshed.stderr);
  assert.equal(await document(), before);
  const [status] = (await command(['status'])).lines() as [{ doubts: { id: string; againAt: string }[] }];
  assert.deepEqual([status.doubts.length, status.doubts[0]?.id], [1, article.id]);
  const [item] = (await command(['quarantine', 'list'])).lines();
  assert.match(JSON.stringify(item), /不存在或已下线/);

  const looks = [11, 75, 440].map((minutes) => minutes * MINUTE_MS);
  const codes: unknown[] = [];
  for (const shiftMs of looks) {
    const revisits = await command(['crawl', '--revisit'], shiftMs);
    for (const { id, code, outcome } of revisits.lines()) if (id === article.id) codes.push(code ?? outcome);
    assert.equal(await document(), before);
  }
  assert.deepEqual(codes, ['IMPLAUSIBLE', 'IMPLAUSIBLE', 'gone']);
  const changes = await command(['changes'], looks.at(-1));
  assert.deepEqual(
    changes.lines().map(({ what, id }) => [what, id]),
    [['withdrawn', article.id]],
  );
});
