/** Bad input and bad surroundings: a clear message, an exit code of its own, nothing damaged. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ArchiveError, ERRORS, type ErrorCode, EXIT, exitCodeFor, nextAfter, renderError } from '../src/errors.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { type Ended, run, start, temporaryFolder } from './support/command.ts';
import { runHere } from './support/run-here.ts';
import { digests, files, isKept } from './support/tree.ts';

describe('the table of errors', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    it(`${code} says what happened and what to do`, () => {
      const text = renderError(new ArchiveError(code, 'where\nexactly'));
      const { title, fix, next, exit } = ERRORS[code];
      assert.equal(text, `error ${code}: ${title}\n  where\n  exactly\n  → ${fix}`);
      assert.ok(title.length > 5 && fix.length > 5);
      assert.equal(nextAfter(new ArchiveError(code, '')), next);
      assert.ok(Object.values(EXIT).includes(exit) && exit !== 0);
      assert.equal(exitCodeFor(new ArchiveError(code, '')), exit);
    });
  }

  it('names the Playwright that is in use, whose browser is the one that is started', async () => {
    const { dependencies } = JSON.parse(await readFile(join(import.meta.dirname, '../package.json'), 'utf8'));
    const named = Object.values(ERRORS).flatMap(({ fix }) => fix.match(/npx playwright\S*/g) ?? []);
    assert.deepEqual([...new Set(named)], [`npx playwright@${dependencies.playwright}`]);
  });

  it('takes anything else for a fault of the program, which stops the run', () => {
    assert.equal(nextAfter(new TypeError('x')), 'stop');
    assert.equal(exitCodeFor(new TypeError('x')), EXIT.internal);
    assert.match(renderError(new TypeError('x')), /TypeError: x[\s\S]*error INTERNAL/);
  });
});

describe('bad input', () => {
  let newspaper: Newspaper;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    newspaper = await openNewspaper({ articles: 8, specials: false });
    folder = await temporaryFolder();
  });
  after(async () => {
    await newspaper[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function config(changes: (text: string) => string = (text) => text, archive = './archive'): Promise<string> {
    const file = join(folder.path, 'config.yaml');
    const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 2 };
    await writeFile(file, changes(newspaper.config({ archive, politeness })));
    return file;
  }

  function says(ended: Ended, code: number, text: RegExp): void {
    assert.match(ended.stderr, text);
    assert.equal(ended.code, code, ended.stderr);
    assert.doesNotMatch(ended.stderr, /^\s+at /m, 'a stack is not for people');
  }

  it('no command, an unknown command, an unknown flag: 2', async () => {
    says(await run([]), 2, /Usage: guancha-archive/);
    says(await run(['arhcive']), 2, /unknown command 'arhcive'[\s\S]*Did you mean archive/);
    says(await run(['crawl', '--limt', '3']), 2, /unknown option '--limt'[\s\S]*Did you mean --limit/);
    says(await run(['crawl', '--limit', '0']), 2, /a whole number from 1 is needed/);
    says(await run(['archive']), 2, /missing required argument 'url'/);
    says(await run(['archive', '-'], { input: '\n# nothing\n' }), 2, /error USAGE[\s\S]*no URL given/);
  });

  it('a wrong URL, a list, another host: 2, and 3 beside a right one', async () => {
    const wrong = [
      'nonsense',
      `${newspaper.www}/mainnews-yw/list_1.shtml`,
      'https://example.org/a/2026_10_04_903180.shtml',
    ];
    const ended = await run(['archive', '--config', await config(), '--json', ...wrong]);
    says(ended, 2, /URL_INVALID: https:\/\/example\.org\/\S+ is not an article of the configured site/);
    assert.deepEqual(
      ended.lines().map(({ outcome, code }) => `${outcome} ${code}`),
      wrong.map(() => 'refused URL_INVALID'),
    );
    const right = newspaper.articles[0]?.url ?? '';
    const mixed = await run(['archive', '--config', await config(), '--json', 'nonsense', right]);
    says(mixed, 3, /URL_INVALID/);
    assert.deepEqual(
      mixed.lines().map(({ outcome }) => outcome),
      ['refused', 'archived'],
    );
  });

  it('a configuration that is not there, no YAML, or wrong: 2', async () => {
    says(
      await run(['crawl', '--config', join(folder.path, 'none.yaml')]),
      2,
      /error CONFIG_UNREADABLE[\s\S]*none\.yaml/,
    );
    says(await run(['crawl', '--config', await config(() => 'a: [')]), 2, /error CONFIG_INVALID[\s\S]*config\.yaml:1/);
    const misspelt = await config((text) => text.replace('intervalMs', 'intervalMS'));
    says(
      await run(['crawl', '--config', misspelt]),
      2,
      /config\.yaml:\d+: politeness\.intervalMS: no such key; did you mean politeness\.intervalMs\?/,
    );
  });

  it('a source that does not exist: 2', async () => {
    says(
      await run(['crawl', '--source', '头版', '--config', await config()]),
      2,
      /error SOURCE_UNKNOWN[\s\S]*头版; there are 头条, /,
    );
  });

  it('a list that is empty, gone, or sent home: 4, and the other lists are read', async () => {
    newspaper.put('/empty/list_1.shtml', { body: '<html><body><ul class="column-list fix"></ul></body></html>' });
    newspaper.put('/lost/list_1.shtml', { status: 404 });
    newspaper.put('/home/list_1.shtml', { status: 302, headers: { location: '/' } });
    const broken = ['empty', 'lost', 'home']
      .map((name) => `  - { name: ${name}, url: "${newspaper.www}/${name}/list_1.shtml" }\n`)
      .join('');
    const file = await config((text) => text.replace('sources:\n', `sources:\n${broken}`));
    const ended = await run(['crawl', '--dry-run', '--json', '--config', file]);
    says(ended, 4, /error SOURCE_EMPTY[\s\S]*empty, http/);
    assert.match(ended.stderr, /error SOURCE_UNREAD[\s\S]*lost, http.*: status 404/);
    assert.match(ended.stderr, /error SOURCE_EMPTY[\s\S]*home, http/);
    assert.ok(ended.lines().length > 0);
  });

  it('no network: lists 4, articles 3', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as { readonly port: number };
    await new Promise((resolve) => closed.close(resolve));
    const nowhere = `http://127.0.0.1:${port}`;
    for (const robots of [true, false]) {
      const text = JSON.stringify({
        site: { www: nowhere },
        network: { allowAddresses: ['127.0.0.1'] },
        sources: [{ name: 'a', url: `${nowhere}/a/list_1.shtml` }],
        politeness: { intervalMs: 0, backoffMs: 0, attempts: 2, robots },
      });
      const file = await config(() => text);
      says(await run(['crawl', '--config', file, '--archive', join(folder.path, 'nowhere')]), 4, /error SOURCE_UNREAD/);
      const article = await run([
        'archive',
        '--json',
        '--config',
        file,
        '--archive',
        join(folder.path, 'nowhere'),
        `${nowhere}/a/2026_10_04_903180.shtml`,
      ]);
      assert.deepEqual(
        [article.code, article.lines()[0]?.code],
        [3, robots ? 'ROBOTS_UNREACHABLE' : 'NETWORK'],
        article.stderr,
      );
    }
  });

  it('no browser: 7', async () => {
    const file = await config((text) => `${text}browser: { executablePath: /nowhere/chromium }\n`);
    const ended = await run(['archive', '--config', file, newspaper.articles[1]?.url ?? '']);
    says(ended, 7, /error NO_BROWSER[\s\S]*\/nowhere\/chromium[\s\S]*npx playwright@[\d.]+ install/);
    assert.doesNotMatch(ended.stdout + ended.stderr, /nothing to do/);
  });

  it('an archive that cannot be made or written: 8', async () => {
    await writeFile(join(folder.path, 'file'), '');
    const url = newspaper.articles[2]?.url ?? '';
    says(
      await run(['archive', '--config', await config(), '--archive', join(folder.path, 'file'), url]),
      8,
      /error ARCHIVE_NOT_WRITABLE/,
    );
    const uid = process.getuid?.() === 0 ? 65_534 : undefined; // root may write everywhere
    const closed = join(folder.path, 'closed');
    await mkdir(closed);
    await chmod(folder.path, 0o755);
    await chmod(closed, 0o555);
    const settings = uid === undefined ? {} : { uid, env: { HOME: '/nonexistent' } };
    says(
      await run(['archive', '--config', await config(), '--archive', closed, url], settings),
      8,
      /error ARCHIVE_NOT_WRITABLE/,
    );
    assert.deepEqual(await files(closed), []);
  });

  it('a second run at once: 6, and the first is not disturbed', async () => {
    const { promise: after, resolve: letFirstEnd } = Promise.withResolvers<void>();
    newspaper.handle(({ path }) => (path.includes('slowly') ? { after, status: 404 } : undefined));
    const file = await config();
    const first = start(['archive', '--json', '--config', file, `${newspaper.www}/slowly/2026_10_01_902998.shtml`]);
    while (!newspaper.requests.some(({ path }) => path.includes('slowly')))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const before = await digests(join(folder.path, 'archive'), isKept);
    const second = await run(['extract', '--all', '--config', file]);
    says(second, 6, /error ARCHIVE_IN_USE[\s\S]*archive on .*, process \d+, since/);
    assert.equal((await run(['status', '--config', file])).code, 0);
    assert.deepEqual(await digests(join(folder.path, 'archive'), isKept), before);
    letFirstEnd();
    assert.equal((await first.ended).lines()[0]?.outcome, 'gone');
  });

  it('an archive that is not there: 2, and none is made', async () => {
    const ended = await run(['status', '--archive', join(folder.path, 'none')]);
    assert.deepEqual(
      [
        ended.code,
        ended.stdout,
        /error NO_ARCHIVE[\s\S]*none: there is no archive[\s\S]*--archive DIR/.test(ended.stderr),
      ],
      [2, '', true],
    );
  });
});

describe('help', () => {
  it('groups every command by what people want, and shows no default that says nothing', async () => {
    const { stdout } = await runHere(['--help']);
    assert.doesNotMatch(stdout, /Others:/);
    for (const group of ['Archive:', 'Read and search:', 'Take along:', 'Check and prove:', 'Look after:'])
      assert.ok(stdout.includes(`\n${group}\n`), group);
    for (const [, name = ''] of stdout.matchAll(/^ {2}([a-z]+) .*\[options\]/gm))
      assert.doesNotMatch((await runHere([name, '--help'])).stdout, /default: (?:false|\[\])/, name);
    const unknown = await runHere(['help', 'crwal']);
    assert.match(unknown.stderr, /unknown command 'crwal'[\s\S]*Did you mean crawl/);
    assert.deepEqual([unknown.exit, unknown.stdout], [2, '']);
    assert.match((await runHere(['help', 'crawl'])).stdout, /Usage: guancha-archive crawl/);
  });

  it('has an example for each command', async () => {
    for (const command of [
      'archive',
      'crawl',
      'retry',
      'status',
      'history',
      'diff',
      'quarantine',
      'manifest',
      'doctor',
      'demo',
    ]) {
      const ended = await run([command, '--help']);
      assert.equal(ended.code, 0);
      assert.match(ended.stdout, new RegExp(`Examples:\\n  guancha-archive ${command}`));
    }
    assert.match((await run(['--version'])).stdout, /^guancha-archive \d+\.\d+\.\d+/);
  });
});
