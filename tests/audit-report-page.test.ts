/** The page of an audit in a real browser: nothing in it runs or loads, and every link leads to its file. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { load } from 'cheerio';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright';
import { CHECKS, type CheckCode, type Finding, finding } from '../src/audit/promises.ts';
import { launch } from '../src/fetch/chromium.ts';
import { printable } from '../src/log.ts';
import { htmlReport } from '../src/report/audit-html.ts';
import type { AuditRun } from '../src/report/findings.ts';
import { html } from '../src/report/page.ts';
import { run, temporaryFolder } from './support/command.ts';
import { HOSTILE_NAMES } from './support/hostile-names.ts';

/** Nobody listens there: whatever the page asked for, it would not get. */
const NOWHERE = 'socks5://127.0.0.1:9';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let browser: Browser;
let archive: string;
let page: string;
let found: readonly Finding[];
before(async () => {
  folder = await temporaryFolder();
  archive = join(folder.path, 'an archive #1');
  for (const [month, names] of [
    ['articles/2022/01', HOSTILE_NAMES],
    ['articles/2021/12', ['2021_12_31_1.html', 'notes.txt']],
    ['records/2021/12', ['2021_12_31_1.json']],
    ['records/fengwen/2020/10', ['399176.json']],
  ] as const) {
    mkdirSync(join(archive, month), { recursive: true });
    for (const name of names)
      writeFileSync(join(archive, month, name), '\n---\ntitle: "<img src=x onerror=alert(2)>"\n');
  }
  mkdirSync(join(archive, 'assets'));
  writeFileSync(join(archive, 'assets', '.download.0123456789ab.tmp'), '');
  page = join(folder.path, 'reports ?', 'page.html');
  mkdirSync(join(folder.path, 'reports ?'));
  const ended = await run(['audit', '--json', archive, '--html', page]);
  assert.equal(ended.code, 1, ended.stderr);
  found = ended.lines() as unknown as Finding[];
  browser = await launch({ executablePath: null, proxy: NOWHERE, log: () => {} });
});
after(async () => {
  await browser.close();
  await folder[Symbol.asyncDispose]();
});

/** Opens the page, and fails for whatever it asks for, says or runs beside itself. */
async function open({ width = 1280 }: { readonly width?: number } = {}): Promise<Page> {
  const opened = await browser.newPage({ viewport: { width, height: 800 } });
  const wrong: string[] = [];
  opened.on('request', (request) => {
    if (request.url() !== pathToFileURL(page).href) wrong.push(request.url());
  });
  opened.on('console', (message) => wrong.push(message.text()));
  opened.on('pageerror', (error) => wrong.push(error.message));
  opened.on('dialog', (dialog) => {
    wrong.push(dialog.message());
    void dialog.dismiss();
  });
  await opened.goto(pathToFileURL(page).href);
  assert.deepEqual(wrong, []);
  return opened;
}

describe('the page of an audit', () => {
  it('shows every finding, holds no script, loads nothing, and fits on a phone', async () => {
    assert.ok(found.length >= HOSTILE_NAMES.length + 5, `${found.length}`);
    for (const options of [{}, { width: 360 }]) {
      const opened = await open(options);
      assert.equal(await opened.locator('section.check li:visible').count(), found.length);
      assert.equal(await opened.locator('img, iframe, object, link, base, [style], script, form').count(), 0);
      const size = await opened.locator('html').evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
      assert.equal(size[0], size[1], 'wider than the screen');
      await opened.close();
    }
  });

  it('links every finding to its file', async () => {
    const opened = await open();
    const links = await opened
      .locator('section.check li a')
      .evaluateAll((all) => all.map((a) => (a as unknown as URL).href));
    const byCheck = (code: CheckCode) =>
      found.filter((each) => each.code === code).map(({ path }) => join(archive, path));
    const order = await opened
      .locator('section.check')
      .evaluateAll((all) => all.map(({ id }) => id.slice('check-'.length)));
    assert.deepEqual(
      links.map((link) => fileURLToPath(link)),
      order.flatMap((code) => byCheck(code as CheckCode)),
    );
    await opened.close();
  });

  it('counts by check, worst first, and by month', async () => {
    const $ = load(await readFile(page, 'utf8'));
    const rows = $('table.checks tbody tr')
      .toArray()
      .map((row) => [$(row).find('code').text(), Number($(row).find('.count').text())]);
    const counts = Object.groupBy(found, ({ code }) => code);
    assert.deepEqual(
      Object.fromEntries(rows),
      Object.fromEntries(Object.entries(counts).map(([code, all]) => [code, all.length])),
    );
    const ranks = rows.map(([code]) => ['error', 'warning', 'note'].indexOf(CHECKS[code as CheckCode].severity));
    assert.deepEqual(ranks, ranks.toSorted());
    const months = $('table.months tbody tr')
      .toArray()
      .map((row) =>
        $(row)
          .children()
          .toArray()
          .map((cell) => $(cell).text()),
      );
    const at = (prefix: RegExp) => found.filter(({ path }) => prefix.test(path)).length;
    const empty = (count: number) => Array.from({ length: count }, () => '');
    const in2022 = `${at(/^\w+\/2022\/01\//)}`;
    const in2021 = `${at(/^\w+\/2021\/12\//)}`;
    const in2020 = `${at(/^\w+\/fengwen\/2020\/10\//)}`;
    assert.deepEqual(months, [
      ['2022', in2022, ...empty(11), in2022],
      ['2021', ...empty(11), in2021, in2021],
      ['2020', ...empty(9), in2020, ...empty(2), in2020],
    ]);
    assert.match($('.below').text(), /1 more are in what belongs to no month/);
  });
});

describe('the page of very many findings', () => {
  const RUN: AuditRun = {
    roots: ['/archive'],
    command: 'audit',
    codes: Object.keys(CHECKS) as CheckCode[],
    groups: new Set(['files', 'format', 'article', 'assets', 'records', 'frontier'] as const),
    startedAt: new Date('2026-11-26T00:00:00Z'),
    tool: { name: 'guancha-archive', version: '0.0.0', homepage: 'https://example.org/' },
  };

  /** The page of so many findings of two checks. */
  async function written(count: number): Promise<string> {
    let text = '';
    const write = async (piece: string) => {
      text += piece;
    };
    const file = { path: '/a.html', write, commit: async () => {}, [Symbol.asyncDispose]: async () => {} };
    const { add, end } = htmlReport(file, RUN);
    for (let i = 0; i < count; i++) {
      const path = `articles/2022/01/2022_01_28_${String(i).padStart(6, '0')}.html`;
      await add(finding(i % 2 === 0 ? 'cut-body' : 'date-far', { path, article: `guancha:${i}` }, 'x'), '/archive');
    }
    await end({ articles: count, assets: 0, bytes: 0, errors: count / 2, warnings: count / 2, elapsedMs: 1000 });
    return text;
  }

  it('embeds the first of each check, and gives the true number', async () => {
    const [few, many] = [await written(1000), await written(50_000)];
    assert.ok(Math.abs(few.length - many.length) < 200, 'grows with the findings');
    const $ = load(many);
    assert.equal($('h1').text(), '25,000 errors, 25,000 warnings');
    assert.equal($('section.check li').length, 400);
    assert.equal(
      $('.rest').first().text(),
      'The first 200 of 25,000 are on this page; audit --json --only cut-body prints all.',
    );
  });
});

describe('markup', () => {
  it('never lets a value be anything but text', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '&lt;',
      '</p>',
      '<script>',
      '-->',
      '=',
      ' ',
      '\u0000',
      '\ud800',
      '中',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, text, (inside, attribute) => {
        const $ = load(html`<p title="${attribute}">${inside}</p>`.markup, null, false);
        assert.equal($('*').length, 1);
        assert.equal($('p').attr('title'), printable(attribute.toWellFormed()));
        assert.equal($('p').text(), printable(inside.toWellFormed()));
      }),
    );
  });
});
