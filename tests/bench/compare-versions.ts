/**
 * Does this checkout archive what another one does? Both crawl the same newspaper at the same addresses, one after the
 * other, and visit it twice more after it was changed; then what they hold is compared: documents, superseded versions and
 * pictures byte by byte, records and what the commands said field by field. `npm run bench:compare -- --other PATH`
 * In both lives every command of a phase runs at one and the same instant; only the dates of the newspaper's answers and
 * durations may differ. The exit code is 1 where documents, versions or pictures differ.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { conditional, validated } from '../newspaper/day/conditional.ts';
import { type Newspaper, type NewspaperArticle, openNewspaper } from '../newspaper/newspaper.ts';
import { run } from '../support/command.ts';
import { digests, files } from '../support/tree.ts';

/** As the newspaper was first printed; with edits and withdrawals; with what was withdrawn back. */
type Phase = 'printed' | 'changed' | 'returned';

/** What one checkout made of the newspaper. */
interface Life {
  readonly archive: string;
  /** What each command said as JSON lines, and its exit code. */
  readonly said: readonly { readonly command: string; readonly code: number | null; readonly lines: readonly Json[] }[];
  /** Whether a string is the date of an answer of this life's newspaper. */
  readonly isAnswerDate: (text: string) => boolean;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const DAY_MS = 86_400_000;
/** Articles are visited again at these ages; each later phase comes after one more of them. */
const AGES_DAYS = [300, 700, 1100];
const INSTANTS: Readonly<Record<Phase, string>> = {
  printed: '2026-11-23T04:00:00.000Z',
  changed: '2027-12-23T04:00:00.000Z',
  returned: '2028-12-23T04:00:00.000Z',
};
const FIXED_CLOCK = join(import.meta.dirname, '../support/fixed-clock.ts');
const LATE_PICTURE = readFileSync(join(import.meta.dirname, '../newspaper/pictures/night-400x300.png'));
/** How many articles are edited or withdrawn, in turn; every fifth is withdrawn. */
const CHANGED = 15;

const { values } = parseArgs({
  options: {
    other: { type: 'string' },
    articles: { type: 'string', default: '48' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.other === undefined) throw new Error('--other PATH names the other checkout');
const other = await realpath(values.other);
const say = (line: string) => void process.stdout.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'guancha-compare-'));
try {
  const [articles, seed] = [Number(values.articles), Number(values.seed)];
  await using newspaper = await openNewspaper({ articles, seed, pageBytes: 40_000, slowMs: 100 });
  describeNewspaper(newspaper.articles);
  const turn = openPress(newspaper);
  const theirs = await live(newspaper, turn, { name: 'other', checkout: other });
  const ours = await live(newspaper, turn, { name: 'this', checkout: join(import.meta.dirname, '../..') });
  process.exitCode = (await compare(theirs, ours)) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Changes what the newspaper answers by phase, and lets its articles know their version. */
function openPress(newspaper: Newspaper): (phase: Phase) => void {
  const lasting = newspaper.articles.filter(({ special, lists }) => special === null && lists.length > 0);
  const edits: readonly ((page: string, article: NewspaperArticle) => string)[] = [
    (page) => page.replace(/(all-txt">[\s\S]*?<\/p>)/, '$1<p>更正：此前的数字有误。</p>'),
    (page, { title }) => page.replaceAll(title, `${title}（更新）`),
    (page) => page.replace(/(all-txt">[\s\S]*?)<img [^>]*>/, '$1'),
    (page) => page.replace(/(all-txt">[\s\S]*?[^\d\w"/])1(\d)/, '$12$2'),
  ];
  const changes = new Map<string, string | null>();
  const single = lasting.filter(({ parts, era }) => parts === 1 && era !== 'fengwen');
  for (const [index, article] of single.slice(0, CHANGED).entries()) {
    const edit = edits[index % (edits.length + 1)];
    for (const path of pathsOf(article)) changes.set(path, edit?.(newspaper.read(path), article) ?? null);
  }
  const knowing = new Set(lasting.filter(({ era }) => era !== 'fengwen').flatMap(pathsOf));
  const missing = new Set(
    newspaper.articles.flatMap(({ images }) =>
      images.flatMap(({ asset, src }) => (asset === null ? [new URL(src).pathname] : [])),
    ),
  );

  const withdrawn = [...changes.values()].filter((page) => page === null).length / 2;
  say(`${Math.min(single.length, CHANGED) - withdrawn} articles are edited, ${withdrawn} withdrawn, and come back`);

  let phase: Phase = 'printed';
  newspaper.handle((asked, standing) => {
    const { origin, path } = asked;
    if (origin === 'images')
      return phase !== 'printed' && missing.has(path)
        ? { headers: { 'content-type': 'image/png' }, body: LATE_PICTURE }
        : undefined;
    const changed = phase === 'printed' ? undefined : changes.get(path);
    if (changed === null && phase === 'changed')
      return { status: 404, body: '<html><body>404 Not Found</body></html>' };
    if (origin !== 'www' || !knowing.has(path)) return undefined;
    const reply = typeof changed === 'string' ? { body: changed } : standing();
    if ((reply.status ?? 200) !== 200) return reply;
    const tag = createHash('sha256')
      .update(reply.body ?? '')
      .digest('hex')
      .slice(0, 16);
    const validators = { tag, modifiedAt: Date.parse(typeof changed === 'string' ? '2026-11-01' : '2026-10-31') };
    return conditional(validated(reply, validators), asked, validators);
  });
  return (next) => {
    phase = next;
  };
}

/** The single page and the whole form. */
function pathsOf({ url }: NewspaperArticle): readonly string[] {
  const { pathname } = new URL(url);
  return [pathname, pathname.replace('.shtml', '_s.shtml')];
}

function describeNewspaper(articles: readonly NewspaperArticle[]): void {
  const count = (is: (article: NewspaperArticle) => boolean) => articles.filter(is).length;
  say(
    `newspaper: ${count(({ special }) => special === null)} articles, of them ${count(({ era }) => era === 'fengwen')} posts, ` +
      `${count(({ parts }) => parts > 1)} in parts, ${count(({ leadPicture }) => leadPicture !== null)} with a headline picture, ` +
      `${count(({ images }) => images.some(({ asset }) => asset === null))} with a missing picture; ` +
      `${count(({ special }) => special !== null)} special pages`,
  );
}

/** Crawls in every phase, and asks at the end what became of it. */
async function live(
  newspaper: Newspaper,
  turn: (phase: Phase) => void,
  { name, checkout }: { readonly name: string; readonly checkout: string },
): Promise<Life> {
  const archive = join(folder, name);
  const config = join(folder, `${name}.yaml`);
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1, blockedPauseMs: 10 };
  const revisits = JSON.stringify({ agesMs: AGES_DAYS.map((days) => days * DAY_MS) });
  await writeFile(config, `${newspaper.config({ archive, politeness, feeds: true })}revisits: ${revisits}\n`);
  const startedAt = Date.now();
  const asked = newspaper.requests.length;
  const said: Life['said'][number][] = [];
  const record = async (phase: Phase, args: readonly string[], input = '') => {
    turn(phase);
    const settings = { checkout, input, env: { GUANCHA_TEST_NOW: INSTANTS[phase] }, preload: [FIXED_CLOCK] };
    const { code, stdout, stderr } = await run([...args, '--json', '--config', config], settings);
    if (![0, 1, 3, 4].includes(code ?? -1)) say(`${name}: ${args[0]} ended with exit code ${code}\n${stderr}`);
    const lines = stdout.split('\n').filter(Boolean);
    said.push({ command: `${args[0]}, ${phase}`, code, lines: lines.map((line) => JSON.parse(line) as Json) });
  };
  const specials = Object.values(newspaper.specials).map(({ url }) => url);
  await record('printed', ['crawl']);
  await record('printed', ['archive', '-'], specials.join('\n'));
  await record('changed', ['crawl', '--revisit']);
  await record('returned', ['crawl', '--revisit']);
  await record('returned', ['changes']);
  await record('returned', ['audit']);
  const endedAt = Date.now();
  const isAnswerDate = (text: string) => {
    if (!/^\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT$/.test(text)) return false;
    const at = Date.parse(text);
    return at >= startedAt - 1000 && at <= endedAt; // it is of a whole second
  };
  const requests = newspaper.requests.slice(asked);
  const unmodified = requests.filter(({ status }) => status === 304).length;
  const seconds = ((endedAt - startedAt) / 1000).toFixed(0);
  say(`${name}: ${requests.length} requests, ${unmodified} of them answered by 304, in ${seconds} s`);
  return { archive, said, isAnswerDate };
}

/** True where documents, versions and pictures are the same. */
async function compare(theirs: Life, ours: Life): Promise<boolean> {
  let isSame = true;
  for (const room of ['articles', 'versions', 'assets'])
    isSame = compareBytes(room, await digestsIn(theirs, room), await digestsIn(ours, room)) && isSame;
  await compareRecords(theirs, ours);
  for (const [index, { command, code, lines }] of theirs.said.entries()) {
    const mine = ours.said[index];
    const pairs = pairsOf(keyed(lines), keyed(mine?.lines ?? []));
    say(`\n${command}: ${lines.length} lines and ${mine?.lines.length}, exit code ${code} and ${mine?.code}`);
    printFields(pairs, theirs, ours);
  }
  await compareRooms(theirs, ours);
  return isSame;
}

async function digestsIn({ archive }: Life, room: string): Promise<Readonly<Record<string, string>>> {
  return digests(archive, (path) => path.startsWith(`${room}/`));
}

function compareBytes(
  room: string,
  theirs: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string>>,
): boolean {
  const paths = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].sort();
  const wrong = paths.filter((path) => theirs[path] !== ours[path]);
  const [there, here] = [Object.keys(theirs).length, Object.keys(ours).length];
  say(`\n${room}: ${there} and ${here} files, ${paths.length - wrong.length} the same byte for byte`);
  for (const path of wrong) {
    const how =
      ours[path] === undefined ? 'only in the other' : theirs[path] === undefined ? 'only in this' : 'differs';
    say(`  ${how}  ${path}`);
  }
  return wrong.length === 0;
}

async function compareRecords(theirs: Life, ours: Life): Promise<void> {
  const read = async ({ archive }: Life) => {
    const paths = (await files(archive)).filter((path) => path.startsWith('records/'));
    const rows = paths.map(
      async (path) => [path, JSON.parse(await readFile(join(archive, path), 'utf8')) as Json] as const,
    );
    return new Map(await Promise.all(rows));
  };
  const [there, here] = [await read(theirs), await read(ours)];
  say(`\nrecords: ${there.size} and ${here.size}`);
  printFields(pairsOf(there, here), theirs, ours);
}

/** Name → value there and here; undefined where there is none. */
type Pairs = ReadonlyMap<string, readonly [Json | undefined, Json | undefined]>;

function pairsOf(there: ReadonlyMap<string, Json>, here: ReadonlyMap<string, Json>): Pairs {
  const names = [...new Set([...there.keys(), ...here.keys()])].sort();
  return new Map(names.map((name) => [name, [there.get(name), here.get(name)]]));
}

/** A line's name is what it is about, and which of those it is. */
function keyed(lines: readonly Json[]): ReadonlyMap<string, Json> {
  const seen = new Map<string, number>();
  return new Map(
    lines.map((line) => {
      const about = Object.entries(line ?? {}).filter(([key]) => /^(?:url|id|article|path|code|kind)$/.test(key));
      const name = JSON.stringify(about.map(([, value]) => value));
      seen.set(name, (seen.get(name) ?? 0) + 1);
      return [`${name} ${seen.get(name)}`, line];
    }),
  );
}

/** Each field that differs, in how many, with an example. */
function printFields(pairs: Pairs, theirs: Life, ours: Life): void {
  const found = new Map<string, { count: number; readonly example: string }>();
  let compared = 0;
  const short = (value: Json | undefined) => (value === undefined ? 'absent' : JSON.stringify(value)).slice(0, 160);
  const walk = (field: string, [there, here]: readonly [Json | undefined, Json | undefined], name: string): void => {
    if (isBranch(there) && isBranch(here) && Array.isArray(there) === Array.isArray(here)) {
      const [a, b] = [new Map(Object.entries(there)), new Map(Object.entries(here))];
      for (const [key, pair] of pairsOf(a, b))
        walk(Array.isArray(there) ? `${field}[]` : `${field}.${key}`, pair, name);
      return;
    }
    compared += 1;
    if (there === here || (/Ms$/.test(field) && typeof there === typeof here)) return;
    if (typeof there === 'string' && typeof here === 'string' && theirs.isAnswerDate(there) && ours.isAnswerDate(here))
      return;
    const known = found.get(field);
    if (known !== undefined) known.count += 1;
    else found.set(field, { count: 1, example: `${name}\n      ${short(there)}\n      ${short(here)}` });
  };
  for (const [name, pair] of pairs) walk('', pair, name);
  say(`  ${compared} values compared, ${found.size} fields differ`);
  for (const [field, { count, example }] of found) say(`  ${field || '(all of it)'}  ${count}, first in ${example}`);
}

function isBranch(value: Json | undefined): value is readonly Json[] | { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null;
}

/** What else lies there: how many files in each folder. */
async function compareRooms(theirs: Life, ours: Life): Promise<void> {
  const count = async ({ archive }: Life) =>
    Map.groupBy(await files(archive), (path) => (path.includes('/') ? `${path.split('/')[0]}/` : path));
  const [there, here] = [await count(theirs), await count(ours)];
  say('\nfiles, there and here');
  for (const room of new Set([...there.keys(), ...here.keys()]))
    say(`  ${room}  ${there.get(room)?.length ?? 0}  ${here.get(room)?.length ?? 0}`);
}
