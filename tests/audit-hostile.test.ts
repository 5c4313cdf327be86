/** An archive that wants to harm whoever reads it: reported, never followed, never run, never read into memory whole. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readBody } from '../src/archive/diff.ts';
import { makeDocument, readScalar, writeDocument } from '../src/archive/document.ts';
import { renderBody } from '../src/archive/document-body.ts';
import { auditDocument } from '../src/audit/articles.ts';
import { scanBody } from '../src/audit/scan-body.ts';
import { run, temporaryFolder } from './support/command.ts';

const frame = (body: string, title = "'题目'") =>
  `\n---\ntitle: ${title}\ncategories: \n - 新媒体\n - 观察者网\n - 头条\nheadimg: ''\nauthor: 观察者网\ncomments: false\ndate: Fri, 28 Jan 2022 10:30:43 GMT\nthumbnail: ''\n---\n\n<div>   \n${body}  \n</div>\n            `;
const codesOf = (text: string) =>
  auditDocument(Buffer.from(text), { path: 'a.html', record: null }).breaches.map(([code]) => code);

describe('a hostile archive', () => {
  it('is reported, and nothing in it is followed, waited for or read whole', { timeout: 60_000 }, async () => {
    await using folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, 'archive', ...names);
    for (const kind of ['articles', 'records']) mkdirSync(at(kind, '2022', '01'), { recursive: true });
    mkdirSync(at('assets', 'ab'), { recursive: true });
    writeFileSync(join(folder.path, 'secret'), 'a secret outside');
    symlinkSync(folder.path, at('articles', '2023'));
    symlinkSync('/dev/zero', at('articles', '2022', '01', '2022_01_28_1.html'));
    symlinkSync(join(folder.path, 'secret'), at('records', '2022', '01', '2022_01_28_2.json'));
    execFileSync('mkfifo', [at('articles', '2022', '01', '2022_01_28_3.html')]);
    writeFileSync(at('articles', '2022', '01', '2022_01_28_4.html'), '');
    truncateSync(at('articles', '2022', '01', '2022_01_28_4.html'), 2_000_000_000);
    const large = `assets/ab/ab${'0'.repeat(62)}.jpg`;
    writeFileSync(at(large), '');
    truncateSync(at(large), 400_000_000);
    writeFileSync(at('records', '2022', '01', '2022_01_28_5.json'), '['.repeat(1_000_000));
    writeFileSync(at('articles', '2022', '01', `${'长'.repeat(83)}.html`), '');
    writeFileSync(at('articles', '2022', '01', '\u001b[2J\n.html'), '');

    const ended = await run(['audit', '--json', at()], { env: { NODE_OPTIONS: '--max-old-space-size=256' } });
    assert.equal(ended.code, 1, ended.stderr);
    const reported = ended
      .lines()
      .flatMap(({ code, path }) => (typeof code === 'string' && typeof path === 'string' ? [`${code} ${path}`] : []));
    const month = 'articles/2022/01';
    for (const expected of [
      'link-in-archive articles/2023',
      `link-in-archive ${month}/2022_01_28_1.html`,
      'link-in-archive records/2022/01/2022_01_28_2.json',
      `special-file ${month}/2022_01_28_3.html`,
      `file-too-large ${month}/2022_01_28_4.html`,
      'record-unreadable records/2022/01/2022_01_28_5.json',
      `stray-file ${month}/\u001b[2J\n.html`,
    ])
      assert.ok(reported.includes(expected), `${expected} is not in ${reported.join('\n')}`);
    assert.ok(!ended.stdout.includes('a secret'));

    const plain = await run(['audit', at(), '--only', 'stray-file']);
    assert.ok(plain.stdout.includes('\\u{1b}[2J\\n.html'), plain.stdout);
    assert.ok(!plain.stdout.includes('\u001b'), 'a name commands the terminal');
  });

  it('has files that nobody may read', { skip: process.getuid?.() === 0 ? false : 'needs root' }, async () => {
    await using folder = await temporaryFolder();
    chmodSync(folder.path, 0o755);
    writeFileSync(join(folder.path, 'seed.html'), 'x');
    chmodSync(join(folder.path, 'seed.html'), 0);
    const ended = await run(['audit', '--json', folder.path], { uid: 65_534, env: { HOME: folder.path } });
    assert.deepEqual(
      ended.lines().flatMap(({ code }) => (code === undefined ? [] : [code])),
      ['unreadable-file'],
      ended.stderr,
    );
  });

  it('has front matter that would grow without end, and nesting without bottom', () => {
    const bomb = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`).join('\n');
    assert.deepEqual(codesOf(frame('<p>文。</p>').replace('comments: false', `comments: false\n${bomb}`)), [
      'field-form',
    ]);
    assert.deepEqual(codesOf(frame('<p>文。</p>').replace('- 头条', '- &a [*a,*a]')), ['yaml-differs']);
    assert.deepEqual(codesOf(frame(`${'<div>'.repeat(500_000)}文。${'</div>'.repeat(500_000)}`)), []);
    assert.deepEqual(codesOf(frame('<div>'.repeat(500_000))), ['empty-body']);
    for (const piece of ['<a "', "<p x='", '<!--', '<', '</', '<script>', '<a href=', '{{'])
      scanBody(piece.repeat(200_000));
  });
});

describe('the quick reading of a document', () => {
  it('takes for plain only what a YAML library reads the same way', () => {
    const piece = fc.constantFrom(
      "'",
      "''",
      '"',
      '\\',
      ': ',
      ' #',
      '- ',
      '[',
      '&',
      '*',
      '!',
      '|',
      '>',
      '%',
      '@',
      '`',
      '中',
      'a',
      ' ',
      '0',
      'null',
      '~',
      '，',
    );
    const scalar = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(scalar, fc.constantFrom("'", '"'), scalar, (inner, quote, feed) => {
        const title = `${quote}${inner}${quote}`;
        const text = frame('<p>文。</p>', title).replace('- 头条', `- ${feed}`);
        if (codesOf(text).some((code) => code === 'yaml-differs' || code === 'frame' || code === 'field-form')) return;
        const front = parse(text.slice(5, text.indexOf('\n---\n\n'))) as Record<string, unknown>;
        const doubled = quote === "'" ? inner.replaceAll("''", "'") : inner;
        assert.equal(front.title, doubled);
        assert.deepEqual(front.categories, ['新媒体', '观察者网', readScalar(feed)]);
      }),
      { numRuns: 3000 },
    );
  });

  it('sees in any body that this program wrote the pictures and the text that a parser sees', () => {
    const piece = fc.constantFrom(
      '<p>',
      '</p>',
      '中文',
      '&amp;',
      '&lt;b&gt;',
      '<br>',
      '<img src="https://i.guancha.cn/a.jpg?x=1&y=2">',
      '<a href="/a/2026_10_14_1.shtml">',
      '</a>',
      '<b',
      '>',
      '"',
      '<!-- x -->',
      '<table><tr><td>',
      "<img alt='\"' src=b.png>",
      '<iframe src="//v/x"></iframe>',
      '&nbsp;',
      '{',
      '<ul><li>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const body = renderBody(pieces.join(''), { base: 'https://www.guancha.cn/a/2026_10_14_9.shtml', lead: null });
        const [seen, parsed] = [scanBody(body), readBody(body)];
        assert.deepEqual(
          seen.images.flatMap(({ src = '' }) => (src === '' ? [] : [src])),
          parsed.images,
        );
        const solid = (lines: readonly string[]) => lines.join('').replace(/\s+/g, '');
        assert.equal(solid(seen.lines.map(({ text }) => text)), solid(parsed.blocks));
        assert.equal(seen.open, null);
      }),
      { numRuns: 2000 },
    );
  });

  it('has nothing to say of the form of any document that this program writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (title) => {
        const text = writeDocument(
          makeDocument({
            title: `题${title.replace(/[\u0080-\u009f\ufffdÃÂ]/g, '')}目`,
            categories: ['新媒体', '观察者网', '头条'],
            author: '观察者网',
            publishedAt: '2022-01-28T10:30:43+08:00',
            convention: 'site-clock',
            body: '<p>正文一句。</p>',
          }),
        );
        assert.deepEqual(
          codesOf(text).filter((code) => code !== 'mojibake'),
          [],
          text,
        );
      }),
    );
  });
});
