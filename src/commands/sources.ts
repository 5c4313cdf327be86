/** `sources list`, `sources test …`: what each list gave lately, and what it gives right now. Archives nothing. */
import type { Config } from '../config.ts';
import { isRead, readAnswer } from '../discover/read-list-page.ts';
import { readSource, type Source, type SourceResult, type Turns } from '../discover/read-source.ts';
import { readingOfSource } from '../discover/source-reading.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { alarmsOf, describeAlarm, usualOf } from '../source-alarm.ts';
import { inListScope } from '../url/scope.ts';
import { chosenSources } from './chosen-sources.ts';
import { withPast } from './frontier-past.ts';
import { withPassingRooms } from './passing-rooms.ts';
import { isFile, readSavedList } from './saved-page.ts';
import type { Interrupts } from './session.ts';
import { type SourceTest, sourceText, testOf } from './source-test.ts';
import type { Terminal } from './terminal.ts';

export type SourcesAction = 'list' | 'test';

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/**
 * @param things names of sources; for `test` also addresses of lists and saved lists, and all sources where there are none
 * @returns `sourcesUnread` where a list that was tried could not be read or gave nothing
 * @throws SOURCE_UNKNOWN, OUT_OF_SCOPE, USAGE
 */
export async function sources(
  action: SourcesAction,
  things: readonly string[],
  options: { readonly url?: string | undefined },
  context: Context,
): Promise<ExitCode> {
  if (options.url !== undefined && (action !== 'test' || things.length !== 1 || !isFile(things[0] ?? '')))
    throw new ArchiveError('USAGE', '--url says the address of one saved list');
  return action === 'list' ? list(chosenSources(context.config, things), context) : test(things, options.url, context);
}

function list(chosen: Config['sources'], { config, terminal }: Context): ExitCode {
  withPast(config.archive, ({ readings }) => {
    for (const source of chosen) {
      const past = readings(source.name);
      const [last = null] = past;
      const usual = usualOf(past);
      const alarms = alarmsOf(past);
      const lines = [
        `${terminal.style('bold', source.name)}  ${source.url}`,
        last === null
          ? '    not read yet'
          : `    ${new Date(last.at).toISOString()}  ${last.kind ?? last.code}, ${last.entries} entries, ${last.fresh} new${last.code === null ? '' : `, ${last.code}`}`,
        ...(usual === null ? [] : [`    usually ${usual.kind}, ${usual.entries} entries`]),
        ...alarms.map((alarm) => `    ${terminal.style('yellow', describeAlarm(alarm))}`),
      ];
      terminal.result(lines.join('\n'), { ...source, kind: last?.kind ?? null, last, usual, alarms });
    }
  });
  return EXIT.ok;
}

async function test(things: readonly string[], url: string | undefined, context: Context): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  let allWell = true;
  const tell = (tested: SourceTest) => {
    allWell &&= tested.error === null;
    if (terminal.json) terminal.result('', { ...tested });
    else terminal.say(sourceText(tested, terminal.style));
  };
  const files = things.filter(isFile);
  const addresses = things.filter((thing) => !isFile(thing) && /^https?:/.test(thing));
  const names = things.filter((thing) => !isFile(thing) && !/^https?:/.test(thing));
  const wanted = [
    ...(names.length > 0 || things.length === 0 ? chosenSources(config, names) : []),
    ...addresses.map((address) => unconfigured(address, config)),
  ];
  for (const file of files) tell(testFile(file, url ?? `${config.site.www}/`, config));
  if (wanted.length > 0)
    await withPassingRooms(config, terminal, 'sources', async (rooms) => {
      for (const source of wanted) {
        const options = { attempts: config.politeness.attempts, signal: interrupts.signal, turns: NOBODYS };
        const at = Date.now();
        const result = await readSource(source, rooms, options);
        tell(compared(source, result, { at, elapsedMs: Date.now() - at }, config));
        if (interrupts.stopping.aborted) return;
      }
    });
  if (interrupts.stopping.aborted) return EXIT.interrupted;
  return allWell ? EXIT.ok : EXIT.sourcesUnread;
}

/** The lists of an index are shown, not read. */
const NOBODYS: Turns = { next: () => [], note: () => {} };

/** Any list within scope; of an index, that it names lists is enough. */
function unconfigured(url: string, { site, sources: configured }: Config): Source {
  if (!URL.canParse(url) || !inListScope(url, site)) throw new ArchiveError('OUT_OF_SCOPE', url);
  return configured.find((source) => source.url === url) ?? { name: url, url, pages: 1, part: null, follow: 1 };
}

function testFile(file: string, url: string, { site }: Config): SourceTest {
  const answer = readAnswer(readSavedList(file, url), site, { part: null, blankEnds: false });
  const error = isRead(answer) ? null : new ArchiveError(answer.code, `${file}: ${answer.why}`);
  return testOf({ name: file, url }, { pages: isRead(answer) ? [answer.discovery] : [], error }, null);
}

/** The result beside what the archive's frontier knows of the source. */
function compared(
  source: Source,
  result: SourceResult,
  times: { readonly at: number; readonly elapsedMs: number },
  { archive }: Config,
): SourceTest {
  return withPast(archive, ({ readings, unknown }) => {
    const past = readings(source.name);
    const fresh = unknown(result.targets).length;
    const reading = readingOfSource(source, result, { ...times, fresh });
    return testOf(source, result, { fresh, usual: usualOf(past), alarms: alarmsOf([reading, ...past]) });
  });
}
