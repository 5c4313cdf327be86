/** How visits are reported: one line for people, one JSON object for programs, and a summary at the end. */

import { parseKey, recordKey } from '../archive/keys.ts';
import { counted } from '../counted.ts';
import type { Worked } from '../crawl/work.ts';
import type { FlagCode } from '../flags.ts';
import type { Outcome } from '../model.ts';
import { shownTime } from '../site/clock.ts';
import type { Terminal } from './terminal.ts';
import { line, type Style, style } from './text.ts';

/** What `--json` prints for each URL. */
export interface UrlReport {
  readonly url: string;
  readonly id: string | null;
  readonly outcome: Outcome['kind'];
  readonly code?: string;
  readonly detail?: string;
  /** Where it went, for moved and link-out. */
  readonly to?: string | null;
  /** Paths relative to the archive; null if it holds nothing of the article. */
  readonly document: string | null;
  readonly record: string | null;
  readonly title: string | null;
  readonly publishedAt: string | null;
  readonly images: { readonly stored: number; readonly missing: number };
  /** Codes of what a person should look at. */
  readonly flags: readonly FlagCode[];
}

const MARKS: Readonly<Record<Outcome['kind'], readonly [mark: string, style: Style]>> = {
  archived: ['✓', 'green'],
  unchanged: ['=', 'dim'],
  gone: ['∅', 'yellow'],
  moved: ['→', 'yellow'],
  'link-out': ['↗', 'yellow'],
  blocked: ['✗', 'red'],
  refused: ['✗', 'red'],
  failed: ['✗', 'red'],
};

export function reportOf({ target, visit }: Pick<Worked, 'target' | 'visit'>): UrlReport {
  const { outcome, record } = visit;
  const assets = record?.assets ?? [];
  const parsed = parseKey(record?.document.path ?? '');
  const missing = assets.filter((asset) => 'missing' in asset).length;
  return {
    url: target.url,
    id: target.id,
    outcome: outcome.kind,
    ...('code' in outcome ? { code: outcome.code } : {}),
    ...('detail' in outcome ? { detail: outcome.detail } : {}),
    ...('to' in outcome ? { to: typeof outcome.to === 'string' ? outcome.to : (outcome.to?.url ?? null) } : {}),
    document: record?.document.path ?? null,
    record: parsed !== null && 'article' in parsed ? recordKey(parsed.article) : null,
    title: record?.article.title ?? null,
    publishedAt: record?.article.publishedAt ?? null,
    images: { stored: assets.length - missing, missing },
    flags: [...new Set(record?.flags.map(({ code }) => code))],
  };
}

/** Prints a settled visit. */
export function printReport(terminal: Terminal, report: UrlReport): void {
  const [mark, colour] = MARKS[report.outcome];
  const what = report.code === undefined ? report.outcome : `${report.outcome} ${report.code}`;
  terminal.result(line`${style(colour, `${mark} ${what.padEnd(10)}`)} ${describe(report)}`, {
    type: 'visit',
    ...report,
  });
}

function describe({ title, publishedAt, images, url, to, detail, flags }: UrlReport): string {
  if (title === null)
    return [url, to === undefined ? detail : `→ ${to ?? 'another outlet'}`].filter(Boolean).join('  ');
  const missing = images.missing === 0 ? '' : `, ${images.missing} missing`;
  const doubts = flags.length === 0 ? '' : `⚑ ${flags.join(', ')}  `;
  return `${publishedAt === null ? '' : shownTime(publishedAt)}  ${counted(images.stored, 'picture')}${missing}  ${doubts}${title}`;
}

/** `12 archived, 3 unchanged, 1 failed`. */
export function summaryOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'nothing to do';
}
