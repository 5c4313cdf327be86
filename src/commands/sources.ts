/** `sources list`, `sources test …`: what each list gave lately, and what it gives right now. Archives nothing. */

import { alarmLine, alarmsOf, describeAlarm, type SourceAlarm, type Usual, usualOf } from '../alarms/sources.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { openPageTrial } from '../crawl/page-trial.ts';
import { LIST_KINDS, mergeEntries } from '../crawl/read-list.ts';
import {
  isRead,
  readAnswer,
  readSource,
  type Source,
  type SourceResult,
  sampleOfSource,
  type Turns,
} from '../crawl/read-source.ts';
import { ArchiveError, ERRORS, type ErrorCode, EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import type { ArticleId } from '../model.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, style, type Text } from '../report/text.ts';
import { inListScope } from '../site/address.ts';
import { DROP_REASONS, type Dropped, type ListKind, type ListLink } from '../site/list-kind.ts';
import { worseOf } from './crawl.ts';
import { isFile, orFault, readSavedList } from './extract.ts';
import { chosenSources } from './named-source.ts';
import { type Interrupts, withTemporaryArchive } from './session.ts';

export type SourcesAction = 'list' | 'test';

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/**
 * @param things names of sources; for `test` also addresses of lists and saved lists, and all sources where there are none
 * @returns `sourcesUnread` where a list that was tried could not be read or gave nothing
 * @throws SOURCE_UNKNOWN, OUT_OF_SCOPE, USAGE, TOO_LARGE, PAGE_TOO_HEAVY, PAGE_FAULT
 */
export async function sources(
  action: SourcesAction,
  things: readonly string[],
  options: { readonly url?: string | undefined },
  context: Context,
): Promise<ExitCode> {
  if (options.url !== undefined && (action !== 'test' || things.length !== 1 || !isFile(things[0] ?? '')))
    throw new ArchiveError('USAGE', '--url is the address of one saved list, and only one list can be given with it');
  if (options.url !== undefined && !inListScope(options.url, context.config.site))
    throw new ArchiveError('USAGE', `--url ${options.url}: is no address of a list of the site`);
  return action === 'list' ? list(chosenSources(context.config, things), context) : test(things, options.url, context);
}

function list(chosen: Config['sources'], { config, terminal }: Context): ExitCode {
  using operations = openOperations(config, { readOnly: true });
  for (const source of chosen) {
    const past = operations.journal.sourceSamples.of(source.name);
    const [last = null] = past;
    const usual = usualOf(past);
    const alarms = alarmsOf(past);
    const lines = [
      line`${style('bold', source.name)}  ${source.url}`,
      last === null
        ? '    not read yet'
        : `    ${wallClock(last.at)}  ${last.kind ?? last.code}, ${counted(last.entries, 'entry', 'entries')}, ${last.fresh} new${last.code === null ? '' : `, ${last.code}`}`,
      ...(usual === null ? [] : [`    usually ${usual.kind}, ${counted(usual.entries, 'entry', 'entries')}`]),
      ...alarms.map((alarm) => line`    ${style('yellow', describeAlarm(alarm))}`),
    ];
    terminal.result(lines, {
      type: 'source',
      ...source,
      kind: last?.kind ?? null,
      last: last && { ...last, at: new Date(last.at).toISOString() },
      usual,
      alarms: alarms.map(alarmLine),
    });
  }
  return EXIT.ok;
}

async function test(things: readonly string[], url: string | undefined, context: Context): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  let exit: ExitCode = EXIT.ok;
  const print = (tested: SourceTest) => {
    if (tested.error !== null) exit = worseOf(exit, new ArchiveError(tested.error.code, tested.error.detail));
    if (terminal.json) terminal.result('', { type: 'source-test', ...tested, alarms: tested.alarms.map(alarmLine) });
    else terminal.say(...sourceText(tested));
  };
  const files = things.filter(isFile);
  const addresses = things.filter((thing) => !isFile(thing) && /^https?:/.test(thing));
  const names = things.filter((thing) => !isFile(thing) && !/^https?:/.test(thing));
  const wanted = [
    ...(names.length > 0 || things.length === 0 ? chosenSources(config, names) : []),
    ...addresses.map((address) => unconfigured(address, config)),
  ];
  for (const file of files) print(await testFile(file, url ?? `${config.site.www}/`, config));
  if (wanted.length > 0)
    await withTemporaryArchive(config, terminal, 'sources', async (services) => {
      for (const source of wanted) {
        const options = { attempts: config.politeness.attempts, signal: interrupts.abortSignal, turns: NOBODYS };
        const at = Date.now();
        const result = await readSource(source, services, options);
        print(compared(source, result, { at, elapsedMs: Date.now() - at }, config));
        if (interrupts.stopSignal.aborted) return;
      }
    });
  if (interrupts.stopSignal.aborted) return EXIT.interrupted;
  return exit;
}

/** The lists of an index are shown, not read. */
const NOBODYS: Turns = { next: () => [], note: () => {} };

/** Any list within scope; of an index, that it names lists is enough. */
function unconfigured(url: string, { site, sources: configured }: Config): Source {
  if (!URL.canParse(url) || !inListScope(url, site)) throw new ArchiveError('OUT_OF_SCOPE', url);
  return configured.find((source) => source.url === url) ?? { name: url, url, pages: 1, part: null, follow: 1 };
}

async function testFile(file: string, url: string, { site }: Config): Promise<SourceTest> {
  const page = readSavedList(file, url);
  await openPageTrial(site)(page, null);
  const answer = orFault(file, () => readAnswer(page, site, { part: null, blankEnds: false }));
  const error = isRead(answer) ? null : new ArchiveError(answer.code, `${file}: ${answer.why}`);
  return testOf({ name: file, url }, { pages: isRead(answer) ? [answer.discovery] : [], error }, null);
}

/** The result beside what the archive's frontier knows of the source. */
function compared(
  source: Source,
  result: SourceResult,
  times: { readonly at: number; readonly elapsedMs: number },
  config: Config,
): SourceTest {
  using operations = openOperations(config, { readOnly: true });
  const { frontier, journal } = operations;
  const past = journal.sourceSamples.of(source.name);
  const fresh = result.targets.filter(({ id }) => frontier.find(id) === null).length;
  const reading = sampleOfSource(source, result, { ...times, fresh });
  return testOf(source, result, { fresh, usual: usualOf(past), alarms: alarmsOf([reading, ...past]) });
}

// What `sources test` prints of a list: what was found and by which rule, what was left out and why.

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
function testOf(
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
    ...(untitled === 0 ? [] : [`${untitled} of ${counted(entries.length, 'entry', 'entries')} without a title`]),
    ...(untimed === 0 ? [] : [`${untimed} of ${counted(entries.length, 'entry', 'entries')} without a time`]),
    ...(unaddressed === 0
      ? []
      : [`${counted(unaddressed, 'entry', 'entries')} that cannot be visited: ${DROP_REASONS['no-address']}`]),
  ];
}

const MOST_ENTRIES = 10;
const MOST_EXAMPLES = 3;

/** For people: the first entries, and of what was left out the number and some examples by reason. */
function sourceText(tested: SourceTest): readonly Text[] {
  const { entries, lists, dropped, usual, error } = tested;
  const more = (all: readonly unknown[], shown: number) =>
    all.length > shown ? [`    … and ${all.length - shown} more`] : [];
  return [
    line`${style('bold', tested.source)}  ${tested.url}`,
    ...(error === null ? [] : [line`  ${style('red', error.code)} ${error.detail}`, `  → ${ERRORS[error.code].fix}`]),
    `  kind ${tested.kind}${tested.when === null ? '' : `, chosen by ${tested.when}; such lists are ${tested.evidence}`}`,
    `  ${counted(entries.length, 'article')} on ${counted(tested.pages, 'page')}${tested.total === null ? '' : ` of ${tested.total} in all`}${tested.fresh === null ? '' : `, ${tested.fresh} new`}${usual === null ? '' : `; usually ${usual.kind}, ${usual.entries}`}`,
    ...entries
      .slice(0, MOST_ENTRIES)
      .map(
        ({ id, title, time, picture }) =>
          `    ${id}  ${time ?? 'no time'}  ${title || 'no title'}${picture === null ? '' : '  (picture)'}`,
      ),
    ...more(entries, MOST_ENTRIES),
    ...(lists.length === 0 ? [] : [`  ${counted(lists.length, 'further list')}`]),
    ...lists.slice(0, MOST_EXAMPLES).map(({ name, url }) => `    ${url}  ${name}`),
    ...more(lists, MOST_EXAMPLES),
    ...[...Map.groupBy(dropped, ({ why }) => why)].flatMap(([why, all]) => [
      `  left out: ${all.length}, ${DROP_REASONS[why]}`,
      ...all.slice(0, MOST_EXAMPLES).map(({ link, title }) => `    ${[link, title].filter(Boolean).join('  ')}`),
    ]),
    ...(tested.next === null ? [] : [`  goes on at ${tested.next}`]),
    ...tested.problems.map((problem) => line`  ${style('yellow', problem)}`),
    ...tested.alarms.map((alarm) => line`  ${style('yellow', describeAlarm(alarm))}`),
  ];
}
