/** The rows of an answer of JSON: unknown until each is checked. The one place where lists meet zod. */
import { z } from 'zod';
import type { ListEntry } from '../model.ts';
import type { Site } from '../url/scope.ts';
import type { Dropped, Found, ListLink } from './found.ts';
import type { JsonKind, JsonRows } from './list-kind.ts';
import { articleLink, collapse, isAdvertAddress, timeIn } from './read-fields.ts';
import { listOfSlug } from './read-index.ts';

const row = z.record(z.string(), z.unknown());
/** Whatever else a field holds says nothing. */
const scalar = z.union([z.string(), z.number()]);

/** The text as JSON; undefined where it is none. A page of HTML is never taken for it. */
export function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // broken off, or no JSON at all
  }
}

/** True where the answer holds rows of the kind; `empty` where its lists are there with nothing in them. */
export function fits(kind: JsonKind, answer: unknown): boolean | 'empty' {
  const lists = kind.rows.map((rows) => ({ rows, found: rowsAt(answer, rows.at) }));
  if (lists.some(({ rows, found }) => found?.some((each) => isRow(each, rows)))) return true;
  return lists.some(({ found }) => found?.length === 0) ? 'empty' : false;
}

/** What chose the kind, for people: `data.items[] {id, title, news_type}`. */
export function describeRows(kind: JsonKind, answer: unknown): string {
  const lists = kind.rows.filter(({ at }) => rowsAt(answer, at) !== null);
  const chosen = lists.find((rows) => rowsAt(answer, rows.at)?.some((each) => isRow(each, rows))) ?? lists[0];
  return chosen === undefined ? '' : `${chosen.at.join('.')}[] {${chosen.has.join(', ')}}`;
}

/** All rows of the kind, in the order of its lists. `base` is the address of the answer. */
export function readRows(kind: JsonKind, answer: unknown, site: Site, base: string): Found {
  const entries: ListEntry[] = [];
  const lists: ListLink[] = [];
  const dropped: Dropped[] = [];
  for (const rows of kind.rows) {
    for (const each of rowsAt(answer, rows.at) ?? []) {
      const read = isRow(each, rows) ? readRow(each, rows, site, base) : noRow(each, rows);
      if ('why' in read) dropped.push(read);
      else if ('address' in read) entries.push(read);
      else lists.push(read);
    }
  }
  return { entries, lists, dropped };
}

/** The pieces of HTML that an answer holds. */
export function htmlIn(kind: JsonKind, answer: unknown): string[] {
  return kind.rows.flatMap((rows) =>
    (rowsAt(answer, rows.at) ?? []).flatMap((each) =>
      isRow(each, rows) ? rows.has.map((name) => raw(each, name)) : [],
    ),
  );
}

function readRow(each: unknown, rows: JsonRows, site: Site, base: string): ListEntry | ListLink | Dropped {
  const title = field(each, rows.title ?? '');
  if (rows.about === 'lists') {
    const id = field(each, rows.has[0] ?? '');
    return listOfSlug(site, title, id) ?? { link: id, title, why: 'no-article' };
  }
  if (rows.about === 'members') return { link: null, title, why: 'members' };
  const written = addressIn(each, rows, site);
  if (written === null) return { link: null, title, why: 'no-address' };
  const target = articleLink(written, site, base.startsWith(site.community) ? base : `${site.www}/`);
  if ('why' in target) return { link: written, title, why: target.why };
  return {
    ...target,
    title,
    time: timeIn((rows.time ?? []).map((name) => field(each, name))),
    summary: field(each, rows.summary ?? '') || null,
    picture: pictureIn(field(each, rows.picture ?? '')),
    headline: false,
  };
}

/** The address that the row names, else the post's by its number; null where it has neither. */
function addressIn(each: unknown, { address = [], post, postWhere }: JsonRows, site: Site): string | null {
  const named = address.map((name) => field(each, name)).find((text) => text !== '');
  if (named !== undefined) return named;
  const isPost = postWhere === undefined || field(each, postWhere.field) === String(postWhere.is);
  const number = post === undefined || !isPost ? '' : field(each, post);
  return /^\d+$/.test(number) ? `${site.community}/main/content?id=${number}` : null;
}

/** The app joins several with commas (site.md, 3.4). */
function pictureIn(text: string): ListEntry['picture'] {
  const src = URL.parse(text.split(',')[0] ?? '');
  if (src === null || !/^https?:$/.test(src.protocol) || isAdvertAddress(src.href)) return null;
  return { src: src.href, width: null, height: null };
}

function noRow(each: unknown, rows: JsonRows): Dropped {
  return { link: null, title: field(each, rows.title ?? ''), why: 'no-row' };
}

function isRow(each: unknown, { has }: JsonRows): boolean {
  const fields = row.safeParse(each);
  return fields.success && has.every((name) => scalar.safeParse(own(fields.data, name)).success);
}

/** Empty where the row has no such field, or no text in it. */
function field(each: unknown, name: string): string {
  return collapse(raw(each, name));
}

function raw(each: unknown, name: string): string {
  const fields = row.safeParse(each);
  const value = fields.success ? scalar.safeParse(own(fields.data, name)) : fields;
  return value.success ? String(value.data) : '';
}

/** The rows at the end of a way; null where it leads to no list. The root itself is one row where the way has no step. */
function rowsAt(answer: unknown, at: readonly string[]): unknown[] | null {
  const [step, ...rest] = at;
  if (step === undefined) return Array.isArray(answer) ? answer : null;
  if (step === '.') return [answer];
  const fields = row.safeParse(answer);
  if (!fields.success) return null;
  if (step !== '*') return rowsAt(own(fields.data, step), rest);
  const lists = Object.values(fields.data).flatMap((value) => rowsAt(value, rest) ?? []);
  return lists.length === 0 ? null : lists;
}

function own(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
