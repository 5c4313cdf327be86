/** What `sources test` tells of a list: what was found, by what it was told, what was left out and why. */
import { LIST_KINDS } from '../discover/discover.ts';
import { DROP_REASONS, type Dropped, type ListLink } from '../discover/found.ts';
import type { ListKind } from '../discover/list-kind.ts';
import { mergeEntries } from '../discover/merge-entries.ts';
import type { SourceResult } from '../discover/read-source.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { ArticleId } from '../model.ts';
import { describeAlarm, type SourceAlarm, type Usual } from '../source-alarm.ts';
import type { Terminal } from './terminal.ts';

export interface SourceTest {
  readonly source: string;
  readonly url: string;
  /** `unknown` where nothing was read. */
  readonly kind: string;
  /** What the kind was chosen by, and how sure it is that the site's lists of this kind look so. */
  readonly when: string | null;
  readonly evidence: ListKind['evidence'] | null;
  readonly pages: number;
  readonly total: number | null;
  readonly next: string | null;
  readonly entries: readonly {
    readonly id: ArticleId;
    readonly url: string;
    readonly title: string;
    readonly time: string | null;
    readonly picture: string | null;
  }[];
  readonly lists: readonly ListLink[];
  readonly dropped: readonly Dropped[];
  readonly problems: readonly string[];
  /** How many of the articles the archive does not know; null for a saved list. */
  readonly fresh: number | null;
  readonly usual: Usual | null;
  readonly alarms: readonly SourceAlarm[];
  readonly error: { readonly code: ErrorCode; readonly detail: string } | null;
}

interface Past {
  readonly fresh: number;
  readonly usual: Usual | null;
  readonly alarms: readonly SourceAlarm[];
}

/** @param past what the archive knows of the source; null for a saved list */
export function testOf(
  { name, url }: { readonly name: string; readonly url: string },
  { pages, error }: Pick<SourceResult, 'pages' | 'error'>,
  past: Past | null,
): SourceTest {
  const [first] = pages;
  const entries = mergeEntries(pages.flatMap((page) => page.entries)).map((entry) => ({
    id: entry.address.id,
    url: entry.address.url,
    title: entry.title,
    time: entry.time,
    picture: entry.picture?.src ?? null,
  }));
  const dropped = pages.flatMap((page) => page.dropped);
  return {
    source: name,
    url,
    kind: first?.kind ?? 'unknown',
    when: first?.when ?? null,
    evidence: LIST_KINDS.find((kind) => kind.name === first?.kind)?.evidence ?? null,
    pages: pages.length,
    total: first?.total ?? null,
    next: pages.at(-1)?.next ?? null,
    entries,
    lists: first?.lists ?? [],
    dropped,
    problems: problemsOf(entries, dropped),
    fresh: past?.fresh ?? null,
    usual: past?.usual ?? null,
    alarms: past?.alarms ?? [],
    error: error === null ? null : { code: error.code, detail: error.detail },
  };
}

function problemsOf(entries: SourceTest['entries'], dropped: readonly Dropped[]): string[] {
  const untitled = entries.filter(({ title }) => title === '').length;
  const untimed = entries.filter(({ time }) => time === null).length;
  const unaddressed = dropped.filter(({ why }) => why === 'no-address').length;
  return [
    ...(untitled === 0 ? [] : [`${untitled} of ${entries.length} entries without a title`]),
    ...(untimed === 0 ? [] : [`${untimed} of ${entries.length} entries without a time`]),
    ...(unaddressed === 0 ? [] : [`${unaddressed} entries that cannot be visited: ${DROP_REASONS['no-address']}`]),
  ];
}

const MOST_ENTRIES = 10;
const MOST_EXAMPLES = 3;

/** For people: the first entries, and of what was left out the number and some examples by reason. */
export function sourceText(tested: SourceTest, style: Terminal['style']): string {
  const { entries, lists, dropped, usual, error } = tested;
  const more = (all: readonly unknown[], shown: number) =>
    all.length > shown ? [`    … and ${all.length - shown} more`] : [];
  return [
    `${style('bold', tested.source)}  ${tested.url}`,
    ...(error === null ? [] : [`  ${style('red', error.code)} ${error.detail}`, `  → ${ERRORS[error.code].fix}`]),
    `  kind ${tested.kind}${tested.when === null ? '' : `, chosen by ${tested.when}; such lists are ${tested.evidence}`}`,
    `  ${entries.length} articles on ${tested.pages} page${tested.pages === 1 ? '' : 's'}${tested.total === null ? '' : ` of ${tested.total} in all`}${tested.fresh === null ? '' : `, ${tested.fresh} new`}${usual === null ? '' : `; usually ${usual.kind}, ${usual.entries}`}`,
    ...entries
      .slice(0, MOST_ENTRIES)
      .map(
        ({ id, title, time, picture }) =>
          `    ${id}  ${time ?? 'no time'}  ${title || 'no title'}${picture === null ? '' : '  (picture)'}`,
      ),
    ...more(entries, MOST_ENTRIES),
    ...(lists.length === 0 ? [] : [`  ${lists.length} further lists`]),
    ...lists.slice(0, MOST_EXAMPLES).map(({ name, url }) => `    ${url}  ${name}`),
    ...more(lists, MOST_EXAMPLES),
    ...[...Map.groupBy(dropped, ({ why }) => why)].flatMap(([why, all]) => [
      `  left out: ${all.length}, ${DROP_REASONS[why]}`,
      ...all.slice(0, MOST_EXAMPLES).map(({ link, title }) => `    ${[link, title].filter(Boolean).join('  ')}`),
    ]),
    ...(tested.next === null ? [] : [`  goes on at ${tested.next}`]),
    ...tested.problems.map((problem) => `  ${style('yellow', problem)}`),
    ...tested.alarms.map((alarm) => `  ${style('yellow', describeAlarm(alarm))}`),
  ].join('\n');
}
