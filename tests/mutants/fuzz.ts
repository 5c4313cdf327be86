/**
 * Any bytes at all through parse, judge and extract: nothing may be thrown but a known failure, and no input may take
 * over a second. `node tests/mutants/fuzz.ts [--count 100000] [--seed 1]`
 */
import { parseArgs } from 'node:util';
import { load } from 'cheerio';
import { ArchiveError } from '../../src/errors.ts';
import { extract } from '../../src/page/extract.ts';
import { judge } from '../../src/page/judge.ts';
import { parsePage } from '../../src/page/page.ts';
import { openRandom, type Random } from '../newspaper/write/random.ts';
import { classicPage, NEWS_URL, pageOf } from '../support/article-page.ts';
import { fetchedPage } from '../support/fetched-page.ts';
import { SLOW_BODIES } from '../support/slow-bodies.ts';
import type { Original } from './kind.ts';
import { findOriginals, SITE } from './originals.ts';

export interface FuzzReport {
  readonly inputs: number;
  /** Verdict, or the failure's code → how often. */
  readonly ends: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly faults: readonly string[];
}

const PIECES = [
  '<li class="left left-main">',
  '</li>',
  '<h3>',
  '</h3>',
  '<div class="time fix"><span>',
  '</span></div>',
  '<div class="content all-txt">',
  '</div>',
  '<p>',
  '</p>',
  '<img src="',
  '">',
  '<br>',
  '<div class="article-content"><h1>',
  '</h1>',
  '<div class="article-txt-content">',
  '<ul class="article-other"><li>',
  '责任编辑:',
  '来源：',
  '【文/',
  '】',
  '2026-10-04 16:19:35',
  '2小时前',
  '<script>',
  '</script>',
  '<!--',
  '-->',
  '</html>',
  '<table><tr><td>',
  '<svg>',
  '<template>',
  '<select id="select_page">',
  '<a href="/a/2026_10_04_903180_2.shtml">',
  '{{',
  '&#0;',
  '&nbsp;',
  '\u200b',
  '\ufffd',
  '中国',
  '“',
  '\0',
  '<frameset>',
  '<math><mi>',
  '<noscript>',
  '<plaintext>',
];

/** @param count small inputs; one in fifty is a mutated whole page instead */
export function fuzz(
  originals: readonly Original[],
  options: { readonly seed: number; readonly count: number },
): FuzzReport {
  const ends: Record<string, number> = {};
  const faults: string[] = [];
  let slowestMs = 0;
  for (let i = 0; i < options.count; i++) {
    const random = openRandom('fuzz', options.seed, i);
    const original = originals[i % originals.length];
    if (original === undefined) break;
    const body = i % 50 === 0 ? damaged(original.html, random) : random.chance(0.2) ? noise(random) : soup(random);
    const startedAt = performance.now();
    const end = endOf(original, body, random);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    ends[end] = (ends[end] ?? 0) + 1;
    if (end.startsWith('fault')) faults.push(`input ${i}: ${end}`);
  }
  return { inputs: options.count, ends, slowestMs, faults };
}

function endOf({ address }: Original, body: Uint8Array, random: Random): string {
  try {
    const page = parsePage(
      fetchedPage({
        url: address.url,
        headers: random.chance(0.5)
          ? {}
          : {
              'content-type': random.pick([
                'text/html; charset=utf-8',
                'text/html; charset=gbk',
                'text/html; charset=utf-16',
                'x',
              ]),
            },
        body,
        fetchedAt: '2026-11-23T04:00:00.000Z',
      }),
    );
    const verdict = judge(page, SITE);
    if (random.chance(0.5) || verdict.kind === 'article') extract([page], address, SITE); // asked even where the judge says no
    return verdict.kind;
  } catch (error) {
    return error instanceof ArchiveError ? error.code : `fault ${String(error)}`;
  }
}

function msOf(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return Math.round(performance.now() - startedAt);
}

function noise(random: Random): Uint8Array {
  return Uint8Array.from({ length: random.int(0, 400) }, () => random.int(0, 255));
}

function soup(random: Random): Uint8Array {
  return Buffer.from(Array.from({ length: random.int(1, 60) }, () => random.pick(PIECES)).join(''));
}

function damaged(html: string, random: Random): Uint8Array {
  const bytes = Buffer.from(html);
  for (let i = random.int(1, 200); i > 0; i--) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
  return bytes.subarray(0, random.int(0, bytes.length));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
  });
  for (const [name, body] of SLOW_BODIES) {
    const html = classicPage({ body });
    const bare = msOf(() => load(html));
    let end = 'read';
    const ours = msOf(() => {
      try {
        extract([pageOf(html)], { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' }, SITE);
      } catch (error) {
        if (!(error instanceof ArchiveError)) throw error;
        end = error.code;
      }
    });
    process.stdout.write(`${name}: ${end} in ${ours} ms, cheerio's bare load ${bare} ms\n`);
  }
  const report = fuzz(await findOriginals(16), { seed: Number(values.seed), count: Number(values.count) });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = report.faults.length === 0 && report.slowestMs < 1000 ? 0 : 1;
}
