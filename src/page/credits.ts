/** The grammar of credits: roles with their people, as bylines and the ends of articles print them (site.md, section 6). */
import type { Credit } from '../model.ts';
import {
  GLUED_ROLE,
  HOUSE,
  isAffiliation,
  isMedium,
  isOfPictures,
  isOfSource,
  isRole,
  isTitle,
} from '../site/people.ts';
import { oneLine } from './html.ts';
import { isPersonName, readPeople, type Token, tokensOf } from './names.ts';

/** No byline is longer, in characters. */
export const LONGEST = 200;

/**
 * Roles with their people, in one of the orders that are printed; null if a character of the text is not understood.
 * @param text what a bracket holds, or a line
 */
export function readCredits(text: string): readonly Credit[] | null {
  if (text.length > LONGEST) return null;
  const trimmed = trim(tokensOf(text));
  return (
    readTranslation(text) ??
    readRoleFirst(trimmed) ??
    readNewsroom(trimmed) ??
    readRoleBehind(trimmed) ??
    readReporters(trimmed)
  );
}

function trim(tokens: readonly Token[]): readonly Token[] {
  const isSpace = (token: Token | undefined) => token?.kind === 'space';
  return tokens.slice(isSpace(tokens[0]) ? 1 : 0, tokens.length > 1 && isSpace(tokens.at(-1)) ? -1 : undefined);
}

/** Roles with the sign behind them: `采访、整理/`. */
export interface Head {
  readonly role: string;
  readonly mark: string;
  /** Index of the first token behind it. */
  readonly next: number;
}

/** The roles that begin at a token, if a sign stands behind them. */
export function headAt(tokens: readonly Token[], at: number): Head | null {
  let role = '';
  for (let i = at; i < tokens.length && i < at + 12; i++) {
    const token = tokens[i];
    if (token === undefined) return null;
    const joins = token.text === '/' && isRole(tokens[i + 1]?.text ?? '') && /[/|:]/.test(tokens[i + 2]?.text ?? '');
    if ((token.kind === 'word' && rolesIn(token.text)) || (joins && role !== '')) role += token.text;
    else if (token.kind === 'list' || token.kind === 'space') role += token.text;
    else if (token.kind === 'mark' && role !== '') return { role: oneLine(role), mark: token.text, next: i + 1 };
    else return null;
    if (i === at && token.kind !== 'word') return null;
  }
  return null;
}

/** One role, or several with 和, 及 or 与 between them. */
function rolesIn(word: string): boolean {
  return isRole(word) || (/[和及与]/.test(word) && word.split(/[和及与]/).every(isRole));
}

/** `文/甲，译/某论坛 乙`, `作者：甲 编辑：乙`, and a role glued to the name before it (`甲译/乙`). */
function readRoleFirst(tokens: readonly Token[]): readonly Credit[] | null {
  const credits: Credit[] = [];
  let head = headAt(tokens, 0);
  while (head !== null) {
    const people: Token[] = [];
    let following: Head | null = null;
    for (let i = head.next; i < tokens.length; i++) {
      const token = tokens[i];
      if (token === undefined) break;
      const before = tokens[i - 1];
      const glued = token.kind === 'word' && tokens[i + 1]?.text === '/' ? GLUED_ROLE.exec(token.text) : null;
      if (i > head.next && token.kind === 'word' && before?.kind !== 'word') following = headAt(tokens, i);
      if (following === null && glued?.[1] !== undefined && !isRole(token.text)) {
        people.push({ kind: 'word', text: glued[1] });
        following = { role: glued[2] ?? '', mark: '/', next: i + 2 };
      }
      if (following !== null) break;
      people.push(token);
    }
    const read = creditsOf(head.role, following === null ? people : withoutLastSign(people));
    if (read === null) return null;
    credits.push(...read);
    head = following;
  }
  return credits.length === 0 ? null : credits;
}

/** Between the people of one role and the next role there may be a sign and spaces. */
function withoutLastSign(people: readonly Token[]): readonly Token[] {
  let end = people.length;
  while (end > 0 && people[end - 1]?.kind === 'space') end -= 1;
  const last = people[end - 1];
  if (last?.kind === 'list' || last?.kind === 'mark') end -= 1;
  return people.slice(0, end);
}

function creditsOf(role: string, tokens: readonly Token[]): readonly Credit[] | null {
  const people = trim(tokens);
  const groups = isOfSource(role) ? null : readPeople(people);
  if (groups?.every(({ names, affiliation }) => names.length === 0 && affiliation === HOUSE)) return null;
  if (groups !== null) return groups.map((group) => ({ role, ...group }));
  const source = oneLine(people.map(({ text }) => text).join(''));
  const mayBeAnything = isOfSource(role) || isOfPictures(role);
  return !mayBeAnything || source === '' || people.some(({ kind }) => kind === 'other')
    ? null
    : [{ role, affiliation: source, names: [] }];
}

const NEWSROOM = /^((?:[^\s]{0,20}?))((?:综合)?(?:报道|编译|整理)|综合(?:讯|消息)?|讯|消息|电|专电)$/;

/** `观察者网 综合`, `观察者网讯`, `某网报道 记者 甲`: a newsroom; what it did is the role. */
function readNewsroom(tokens: readonly Token[]): readonly Credit[] | null {
  const words = tokens.slice(0, 3).map(({ text }) => text);
  const [first = '', space, second = ''] = words;
  const glued = NEWSROOM.exec(first);
  const apart = space === ' ' ? NEWSROOM.exec(second) : null;
  const isNewsroom = (name: string) => isMedium(name) || (isAffiliation(name) && !isTitle(name));
  const [name, did, used] =
    glued?.[1] !== undefined && glued[1] !== ''
      ? [glued[1], glued[2] ?? '', 1]
      : apart?.[1] === ''
        ? [first, apart[2] ?? '', 3]
        : ['', '', 0];
  if (used === 0 || !isNewsroom(name)) return null;
  const rest = trim(tokens.slice(used));
  const others = rest.length === 0 ? [] : (readRoleFirst(rest) ?? readReporters(rest));
  return others === null ? null : [{ role: did, affiliation: name, names: [] }, ...others];
}

/** `观察者网某某译自2020年1月28日某报网站`: where it comes from is words. */
function readTranslation(text: string): readonly Credit[] | null {
  const [, people, role] = /^\s*(.{2,30}?)\s*((?:编|摘|翻)?译自|整理自)[^。！？]{2,80}$/.exec(text) ?? [];
  if (people === undefined || role === undefined) return null;
  const groups = readPeople(tokensOf(people));
  return groups?.every(({ names }) => names.length > 0 && names.every(isPersonName)) === true
    ? groups.map((group) => ({ role, ...group }))
    : null;
}

/** Roles that stand behind their people. */
const BEHIND = /^(?:文|译|著|撰文|编译|翻译|整理|采写|采访|摄影|摄|图|编辑|校|报道|撰|撰稿|述)$/;

/** `甲 文`, `甲 著，乙 译`, `甲/文 乙/图`. */
function readRoleBehind(tokens: readonly Token[]): readonly Credit[] | null {
  const credits: Credit[] = [];
  let people: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== 'word' || !BEHIND.test(token.text) || people.at(-1)?.kind === 'word') {
      people.push(token);
      continue;
    }
    while (people[0]?.kind === 'space' || people[0]?.kind === 'list') people = people.slice(1);
    const read = creditsOf(token.text, withoutLastSign(people));
    if (read === null || !read.every(({ names }) => names.length > 0)) return null;
    credits.push(...read);
    people = [];
  }
  return people.length === 0 && credits.length > 0 ? credits : null;
}

const REPORTER =
  /^(.{0,30}?)((?:本报|本网|本刊|本台|本文)?(?:特约|特派|特邀|实习|见习|首席|高级|资深|驻站|专栏)?(?:记者|通讯员|评论员|撰稿人|作者|作家|编辑|编译|整理))(.{0,20})$/;

/** `记者 甲 通讯员 乙`, `某社记者 甲`, `某报驻某国特约记者甲`, `作者 甲`: the role is what they are. */
function readReporters(tokens: readonly Token[]): readonly Credit[] | null {
  const credits: Credit[] = [];
  for (let at = 0; at < tokens.length; ) {
    if (tokens[at]?.kind === 'space' || (at > 0 && tokens[at]?.kind === 'list')) {
      at += 1;
      continue;
    }
    const job = jobIn(tokens[at]);
    if (job === null) return null;
    const people: Token[] = job.rest === '' ? [] : [{ kind: 'word', text: job.rest }];
    for (at += 1; at < tokens.length && jobIn(tokens[at]) === null; at++) {
      const token = tokens[at];
      if (token !== undefined) people.push(token);
    }
    const groups = readPeople(trim(at < tokens.length ? withoutLastSign(people) : people));
    const [group] = groups ?? [];
    if (groups?.length !== 1 || group === undefined || (group.affiliation !== null && job.of !== null)) return null;
    if (!group.names.every(isPersonName)) return null;
    credits.push({ role: job.role, affiliation: job.of ?? group.affiliation, names: group.names });
  }
  return credits.length === 0 ? null : credits;
}

function jobIn(
  token: Token | undefined,
): { readonly role: string; readonly of: string | null; readonly rest: string } | null {
  if (token?.kind !== 'word') return null;
  if (isRole(token.text)) return { role: token.text, of: null, rest: '' };
  const [, of = '', role = '', rest = ''] = REPORTER.exec(token.text) ?? [];
  if (role === '' || (rest !== '' && !isPersonName(rest))) return null;
  return { role, of: of === '' ? null : of, rest };
}
