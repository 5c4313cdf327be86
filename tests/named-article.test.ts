/** The names of an article: every form means the same one, in every command. */
import assert from 'node:assert/strict';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { articleKey, documentKey, recordKey, versionKey } from '../src/archive/keys.ts';
import { articleNamed } from '../src/commands/named-article.ts';
import { defaultConfig } from '../src/config.ts';
import { openOperations } from '../src/frontier/operations.ts';
import type { ArticleId } from '../src/model.ts';
import { temporaryFolder } from './support/command.ts';
import { documentOf, draft, save } from './support/drafts.ts';
import { runHere } from './support/run-here.ts';

const config = { ...defaultConfig(), archive: join(process.cwd(), 'some/archive') };
const { www, community } = config.site;

/** All ways to write one article: `shared` where a number may as well mean a post. */
function formsOf(id: ArticleId, day: string): readonly string[] {
  const number = id.split(':')[1] ?? '';
  const stem = `${day.replaceAll('-', '_')}_${number}`;
  const key = articleKey(id, day);
  const files = [documentKey(key), recordKey(key), versionKey(key, 2)];
  const addresses = id.startsWith('fengwen:')
    ? [
        `${community}/main/content?id=${number}`,
        `user.guancha.cn/wap/content?id=${number}&page=0`,
        `//user.guancha.cn/main/content?a=1&id=${number}#x`,
      ]
    : ['', '_s', '_2', '_mc'].flatMap((ending) => [
        `${www}/politics/${stem}${ending}.shtml`,
        `http://m.guancha.cn/politics/${stem}${ending}`,
        `guancha.cn/internation/${stem}${ending}.shtml?s=fwtjgzwz#comment`,
        `//www.guancha.cn/a-b%C2%B7c/${stem}${ending}.shtml`,
      ]);
  return [
    id,
    ` ${id} `,
    ...files.flatMap((file) => {
      const path = join(config.archive, file);
      return [file, `./${file}`, path, relative(process.cwd(), path), `./${relative(process.cwd(), path)}`];
    }),
    ...addresses,
  ];
}

describe('the name of an article', () => {
  const numbers = fc.integer({ min: 1, max: 999_999_999 });
  const days = fc
    .date({ min: new Date('2010-01-01'), max: new Date('2039-12-31'), noInvalidDate: true })
    .map((at) => at.toISOString().slice(0, 10));

  it('means one article, whatever its form', () => {
    fc.assert(
      fc.property(numbers, days, fc.constantFrom('guancha' as const, 'fengwen' as const), (number, day, space) => {
        const id: ArticleId = `${space}:${number}`;
        for (const form of formsOf(id, day)) assert.deepEqual(articleNamed(form, config)?.ids, [id], form);
        const either = [`guancha:${number}`, `fengwen:${number}`];
        assert.deepEqual(articleNamed(String(number), config)?.ids, either);
      }),
    );
  });

  it('is nothing else', () => {
    const wrong = ['', ' ', '0', '-1', '1.5', 'guancha:', 'guancha:0', 'guancha:1x', 'other:1', 'GUANCHA:1', '1e9'];
    const others = ['articles', 'articles/2022/01', 'records/2022/13/2022_13_01_1.json', 'seals/checkpoint', 'a.html'];
    const elsewhere = [`${www}/mainnews-yw/list_1.shtml`, 'https://example.org/a/2026_10_04_903180.shtml'];
    for (const text of [...wrong, ...others, ...elsewhere]) assert.equal(articleNamed(text, config), null, text);
    fc.assert(fc.property(fc.string(), (text) => void articleNamed(text, config)));
  });
});

describe('commands that take an article', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let archive: string;
  const ID = 'guancha:903180';
  const DAY = '2026-10-04';
  const URL_OF_IT = `${www}/politics/2026_10_04_903180.shtml`;

  before(async () => {
    folder = await temporaryFolder();
    archive = join(folder.path, 'archive');
    const key = articleKey(ID, DAY);
    await save(
      openArchive(openDisk(archive), { minFreeBytes: 0 }),
      key,
      documentOf('<p>一</p>'),
      draft({ id: ID, url: URL_OF_IT }),
    );
    using operations = openOperations(archive, { command: 'crawl' });
    const rest = { source: null, via: null, leadPicture: null, listed: null, priority: 1 };
    operations.frontier.add([{ id: 'guancha:904308', url: `${www}/politics/2026_10_05_904308.shtml`, ...rest }]);
  });
  after(() => folder[Symbol.asyncDispose]());

  const told = (...argv: readonly string[]) => runHere([...argv, '--archive', archive]);
  let proofs = 0;
  const commands: readonly ((name: string) => readonly string[])[] = [
    (name) => ['history', name],
    (name) => ['diff', name],
    (name) => ['audit', name],
    (name) => ['reproduce', name],
    (name) => ['prove', name, join(folder.path, `proof-${proofs++}`)],
    (name) => ['export', 'csv', join(folder.path, 'one.csv'), name],
  ];

  it('find it by every form', async () => {
    const key = articleKey(ID, DAY);
    const forms = [
      ID,
      '903180',
      URL_OF_IT,
      `m.guancha.cn/other/2026_10_04_903180_s.shtml`,
      documentKey(key),
      recordKey(key),
    ];
    for (const command of commands) {
      const isSlow = ['audit', 'reproduce'].includes(command('')[0] ?? ''); // they start threads
      for (const name of isSlow ? ['903180', documentKey(key)] : [...forms, join(archive, documentKey(key))]) {
        const { stderr } = await told(...command(name));
        assert.doesNotMatch(stderr, /error (?:NOT_ARCHIVED|URL_INVALID|USAGE|INTERNAL)/, command(name).join(' '));
      }
    }
  });

  it('say NOT_ARCHIVED with its exit code where it is not there', async () => {
    const absent = [
      'guancha:1',
      '1',
      'fengwen:903180',
      `${www}/politics/2026_10_04_1.shtml`,
      documentKey(articleKey('guancha:1', DAY)),
      join(archive, recordKey(articleKey('guancha:1', DAY))),
    ];
    for (const command of commands)
      for (const name of absent) {
        const { exit, stderr } = await told(...command(name));
        assert.match(stderr, /error NOT_ARCHIVED/, command(name).join(' '));
        assert.equal(exit, 3, command(name).join(' '));
      }
  });

  it('are handed an address by the queue or the archive, or ask for one', async () => {
    using operations = openOperations(archive, { command: 'crawl' });
    for (const name of ['guancha:1', '1', 'fengwen:904308', documentKey(articleKey('guancha:1', DAY))]) {
      const { exit, stderr } = await told('archive', name);
      assert.match(stderr, /NOT_ARCHIVED: [\s\S]*give the address/, name);
      assert.equal(exit, 3);
    }
    assert.equal(operations.frontier.find('guancha:1'), null);
    const { addressOfNamed } = await import('../src/commands/named-article.ts');
    const here = { ...config, archive };
    for (const name of ['guancha:904308', '904308'])
      assert.equal((await addressOfNamed(name, here)).url, `${www}/politics/2026_10_05_904308.shtml`);
    for (const name of [ID, '903180', documentKey(articleKey(ID, DAY))])
      assert.equal((await addressOfNamed(name, here)).url, URL_OF_IT);
  });
});
