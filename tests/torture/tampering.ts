/**
 * An owner who changes what was archived: each kind of change that a document can bear unseen, planted in copies of an
 * archive. Where the change comes after a seal, `verify` must name the file; where the owner makes a new log over it with his
 * own key, nothing of it contradicts itself, and `corroborate` with another archive must name the article.
 */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveRecord } from '../../src/archive/record.ts';
import { openRandom, type Random } from '../newspaper/write/random.ts';
import { run } from '../support/command.ts';

export interface TamperTrial {
  readonly planted: number;
  /** Of these, by `verify` over the old log, and by `corroborate` over a new one. */
  readonly verified: number;
  readonly corroborated: number;
  /** Named, though nobody changed them, by either. */
  readonly falsely: number;
  /** Planted, by kind. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** A change of a document's text; the same text where it has nothing of the kind. */
type Change = (text: string, random: Random) => string;

const BODY = /(?<=\n---\n\n<div>)[\s\S]*/;
const inBody = (change: Change): Change => {
  return (text, random) => text.replace(BODY, (body) => change(body, random));
};
/** One of all that a pattern finds becomes another. */
const one = (pattern: RegExp, other: (found: string) => string): Change => {
  return (text, random) => {
    const found = [...text.matchAll(pattern)];
    if (found.length === 0) return text;
    const { index, 0: old } = random.pick(found);
    return text.slice(0, index) + other(old) + text.slice(index + old.length);
  };
};
const nextDigit = (digit: string) => String((Number(digit) + 1) % 10);

const DATE = 'a digit of the date';
const CHANGES: Readonly<Record<string, Change>> = {
  'a digit of the text': inBody(one(/(?<=>[^<]*)\d(?=[^<]*<)/g, nextDigit)),
  'a character of the text': inBody(
    one(/(?<=>[^<]*)\p{Script=Han}(?=[^<]*<)/gu, (old) => (old === '不' ? '也' : '不')),
  ),
  'a character less': inBody(one(/(?<=>[^<]*)\p{Script=Han}(?=[^<]*<)/gu, () => '')),
  'a paragraph less': inBody(one(/<p>(?:(?!<\/p>)[\s\S])+<\/p>/g, () => '')),
  'a paragraph more': inBody(one(/<\/p>/g, (end) => `${end}<p>另据报道，此事属实。</p>`)),
  'two paragraphs in another order': inBody(
    one(/<p>((?:(?!<\/?p>)[\s\S])+)<\/p>\s*<p>(?!\1<\/p>)(?:(?!<\/?p>)[\s\S])+<\/p>/g, (both) =>
      both.replace(/^(<p>[\s\S]*?<\/p>)(\s*)(<p>[\s\S]*<\/p>)$/, '$3$2$1'),
    ),
  ),
  'a character of the title': one(/(?<=^[\s\S]{0,8}\ntitle: .*)\p{Script=Han}(?=.*\n)/gu, (old) =>
    old === '不' ? '也' : '不',
  ),
  [DATE]: one(/(?<=\ndate: .*)\d(?=.*\n)/g, nextDigit),
  'a picture or a link': inBody(one(/(?<=<\/p>[\s\S]*(?:src|href)=")[^"]+(?=")/g, (address) => `${address}0`)),
};

/**
 * @param own archive that is changed, in copies; sealed, as is the other
 * @param config of a command, whose archive is named on the command line
 */
export async function tryTampering(
  { own, other }: { readonly own: string; readonly other: string },
  {
    records,
    count,
    seed,
    config,
  }: {
    /** What both archives have alike. */
    readonly records: readonly ArchiveRecord[];
    readonly count: number;
    readonly seed: number;
    readonly config: string;
  },
): Promise<TamperTrial> {
  const random = openRandom(seed, 'tampering');
  const kinds: Record<string, number> = {};
  let [planted, verified, corroborated, falsely] = [0, 0, 0, 0];
  for (let round = 0; planted < count; round++) {
    const copy = `${own}-${round}`;
    cpSync(own, copy, { recursive: true });
    // The lists' order differs from round to round, so that each article meets other kinds of change.
    const changed = new Map<string, string>();
    for (const record of records.slice(0, count - planted)) {
      const kind = plant(join(copy, record.document.path), record.id, random);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      changed.set(record.id, record.document.path);
    }
    planted += changed.size;

    const seen = await run(['verify', '--json', '--config', config, '--archive', copy]);
    const files = new Set(seen.lines().flatMap(({ path }) => (typeof path === 'string' ? [path] : [])));
    const paths = new Set(changed.values());
    verified += [...paths].filter((path) => files.has(path)).length;
    falsely += [...files].filter((path) => !paths.has(path)).length;

    for (const name of ['seals', 'seals.sqlite']) rmSync(join(copy, name), { recursive: true });
    const data = { env: { XDG_DATA_HOME: `${copy}-keys` } }; // somebody else’s machine, with a key of its own
    const sealed = await run(['seal', '--config', config, '--archive', copy], data);
    assert.equal(sealed.code, 0, sealed.stderr);
    const compared = await run(['corroborate', copy, '--json', '--config', config, '--archive', other]);
    const ids = new Set(compared.lines().flatMap(({ kind, id }) => (kind === 'different' ? [String(id)] : [])));
    corroborated += [...changed.keys()].filter((id) => ids.has(id)).length;
    falsely += [...ids].filter((id) => records.some((record) => record.id === id) && !changed.has(id)).length;
    for (const path of [copy, `${copy}-keys`]) rmSync(path, { recursive: true });
  }
  return { planted, verified, corroborated, falsely, kinds };
}

/** Changes a document in one of the ways that it has room for. @returns which */
function plant(path: string, id: string, random: Random): string {
  const text = readFileSync(path, 'utf8');
  // When a post was written is reckoned anew by each visit, and not compared.
  const names = Object.keys(CHANGES).filter((name) => name !== DATE || !id.startsWith('fengwen:'));
  for (let from = random.int(0, names.length - 1); names.length > 0; from = 0) {
    const [name = ''] = names.splice(from % names.length, 1);
    const changed = CHANGES[name]?.(text, random) ?? text;
    if (changed === text) continue;
    writeFileSync(path, changed);
    return name;
  }
  throw new Error(`${path}: nothing in it can be changed`);
}
