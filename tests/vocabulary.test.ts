/** New forms of markup: counted once an article, told once, and no doubt any more once the archive's owner accepts them. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createAlarms } from '../src/alarms/alarms.ts';
import { formAlarms } from '../src/alarms/markup.ts';
import { VOCABULARY } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { followAccepted, readAccepted, writeAccepted } from '../src/archive/vocabulary.ts';
import { work } from '../src/crawl/work.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { alarmNotice } from '../src/notify/notice.ts';
import { parseArticleUrl, singlePageUrl } from '../src/site/address.ts';
import { classicPage, SITE } from './support/article-page.ts';
import { run, temporaryFolder } from './support/command.ts';
import { answer, DAY_MS, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';

const urlOf = (number: number) => `https://www.guancha.cn/ZaoCha/2022_01_28_90${number}.shtml`;

function pageOf(number: number) {
  const address = parseArticleUrl(urlOf(number), SITE);
  assert.ok(address);
  const body = `<p class="lede">茶馆今天照常开门，来了${number}个人。</p><p style="opacity:.0${number}">请坐。</p><p>再来。</p>`;
  return answer(singlePageUrl(address), classicPage({ body }).replaceAll('data-id="1"', ''));
}

describe('forms of markup that are new', () => {
  it('are counted once an article and told once, until they are accepted', async () => {
    const numbers = [1, 2, 3, 4, 5];
    const { context, clock, storage } = openMemoryCrawl(numbers.map(pageOf));
    const { journal, frontier, services } = context;
    const told: string[] = [];
    const alarms = createAlarms({
      raised: journal.alarms as Parameters<typeof createAlarms>[0]['raised'],
      now: clock.now,
      onAlarm: (alarm) => void told.push(`${alarmNotice(alarm).on} ${alarm.what}: ${alarm.detail}`),
    });
    const lookBack = async () => alarms.markup(formAlarms(journal.forms.all(), await services.accepted()));
    const visit = async (number: number) => {
      const target = targetOf(urlOf(number));
      frontier.add([target]);
      const lease = frontier.take();
      assert.ok(lease);
      const { visit: visited } = await work({ kind: 'queued', lease, refresh: true }, context, OPTIONS);
      await lookBack();
      return visited.record?.flags.map(({ detail }) => detail) ?? [];
    };
    assert.deepEqual(await visit(1), ['p.lede: 茶馆今天照常开门，来了1个人。', 'p[style=opacity:.*]: 请坐。']);
    await visit(2);
    assert.deepEqual(told, []);
    clock.advance?.(DAY_MS);
    await visit(3);
    await visit(4);
    const since = 'new since 2022-01-28, 3 articles; vocabulary shows it';
    assert.deepEqual(told.toSorted(), [`alarm markup p.lede: ${since}`, `alarm markup p[style=opacity:.*]: ${since}`]);
    assert.deepEqual(
      journal.forms.all().map(({ form, articles }) => [form, articles]),
      [
        ['p.lede', 4],
        ['p[style=opacity:.*]', 4],
      ],
    );
    journal.forms.note(targetOf(urlOf(4)).id, [{ form: 'p.lede', text: '又一次' }]);
    assert.equal(journal.forms.all()[0]?.articles, 4);
    assert.deepEqual(journal.forms.examples('p.lede', 1), [{ id: 'guancha:904', text: '又一次' }]);

    await writeAccepted(storage, new Map([['p.lede', '2022-01-29']]));
    assert.deepEqual(await visit(5), ['p[style=opacity:.*]: 请坐。']);
    assert.deepEqual(
      alarms.current().map(({ what }) => what),
      ['markup p[style=opacity:.*]'],
    );
    assert.equal(told.length, 2);
  });
});

describe('the file of accepted forms', () => {
  const FORMS = new Map([
    ['p.lede', '2026-11-27'],
    ['p[style=opacity:.*]', '2026-11-28'],
    ['#: "', '2026-11-28'],
  ]);

  it('gives back what was written, in order, for people to read', async () => {
    const storage = openMemory();
    assert.deepEqual(await readAccepted(storage), new Map());
    await writeAccepted(storage, FORMS);
    assert.deepEqual(new Map([...(await readAccepted(storage))].sort()), new Map([...FORMS].sort()));
    assert.match((await storage.read(VOCABULARY))?.toString() ?? '', /^# .+\n# .+\naccepted:\n {2}/);
  });

  it('that is damaged accepts nothing, and says so once', async () => {
    const storage = openMemory();
    const said: string[] = [];
    const accepted = followAccepted(storage, { onDamage: (why) => void said.push(why) });
    for (const text of ['accepted: [p.lede]', 'accepted: {p.lede: 1', '- 1', 'accepted: 5']) {
      await storage.write(VOCABULARY, text);
      if (text === '- 1') continue; // no list of forms is an empty one
      assert.deepEqual(await accepted(), new Set(), text);
      assert.deepEqual(await accepted(), new Set(), text);
    }
    assert.equal(said.length, 3, said.join('\n'));
    await writeAccepted(storage, FORMS);
    assert.equal((await accepted()).size, 3);
  });
});

describe('the command vocabulary', () => {
  it('lists, accepts and forgets; refuses what no article had', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    await mkdir(archive);
    {
      using operations = openOperations(archive, { now: () => Date.parse('2026-09-12T04:00:00Z') });
      for (let i = 1; i <= 5; i++)
        operations.journal.forms.note(`guancha:${i}`, [
          { form: 'p.lede', text: '茶馆' },
          ...(i === 1 ? [{ form: 'q', text: '' }] : []),
        ]);
    }
    const vocabulary = (...args: string[]) => run(['vocabulary', ...args, '--archive', archive]);
    const list = await vocabulary();
    assert.equal(list.code, 0, list.stderr);
    assert.match(list.stdout, /p\.lede\s+5 articles, 2026-09-12 to 2026-09-12\s+in doubt\n\s+guancha:5\s+茶馆\n/);
    assert.match(list.stdout, /q\s+1 article,/);
    const [first] = (await vocabulary('--json')).lines();
    assert.deepEqual(first, {
      schema: 1,
      type: 'form',
      form: 'p.lede',
      articles: 5,
      firstSeen: '2026-09-12T04:00:00.000Z',
      lastSeen: '2026-09-12T04:00:00.000Z',
      accepted: null,
      examples: [5, 4, 3].map((number) => ({ id: `guancha:${number}`, text: '茶馆' })),
    });

    const unseen = await vocabulary('accept', 'p.lede', 'p.never');
    assert.equal(unseen.code, 3);
    assert.match(unseen.stderr, /p\.never/);
    assert.equal((await vocabulary('list', '--json')).lines()[0]?.accepted, null, 'nothing of it was done');
    assert.equal((await vocabulary('accept', 'p.lede')).code, 0);
    assert.match(await readFile(join(archive, VOCABULARY), 'utf8'), /p\.lede: \d{4}-\d\d-\d\d/);
    assert.match((await vocabulary()).stdout, /accepted \d{4}/);

    const page = join(folder.path, 'page.html');
    const head = '<link rel="alternate" href="https://m.guancha.cn/ZaoCha/2022_01_28_900.shtml">';
    await writeFile(page, classicPage({ head, body: '<p class="lede">茶馆今天照常开门。</p>' }));
    const flagsOf = async () => (await run(['extract', page, '--json', '--archive', archive])).lines()[0]?.flags;
    assert.deepEqual(await flagsOf(), []);
    assert.equal((await vocabulary('forget', 'p.lede')).code, 0);
    assert.deepEqual(await flagsOf(), [{ code: 'unknown-markup', detail: 'p.lede: 茶馆今天照常开门。' }]);
    assert.equal((await vocabulary('forget', 'p.lede')).code, 3);
    assert.equal((await vocabulary('accept')).code, 2);
  });
});
