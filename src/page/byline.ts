/** The byline in the body, such as `【文/甲，译/某论坛 乙】`: its roles and names (site.md, section 6). */
import type { Byline, Credit } from '../model.ts';
import {
  GLUED_ROLE,
  isAffiliation,
  isMedium,
  isOfPictures,
  isOfSource,
  isOfWriting,
  isRole,
  isTitle,
  mayBeSpeaker,
} from '../site/people.ts';
import { oneLine } from './html.ts';
import { isPersonName, readPeople, type Token, tokensOf } from './names.ts';

/** Lines from the top among which a byline begins: it may follow a 导读 (site.md, section 6). */
export const LINES_WITH_BYLINE = 4;
/** Further lines that may belong to it: one for each role. */
const MOST_LINES = 5;
/** No byline is longer, in characters. */
const LONGEST = 200;

/** What stands in the place of a byline but is not understood. */
export interface UnreadByline {
  readonly unread: string;
}

/**
 * The byline among an article's first lines, if all of it is understood; null if there is none, or it is not.
 * Names are as printed, with `·`, `•` or the site's damaged `?`, but for spaces inside a name of two characters and for
 * its other spelling in brackets; `text` has all as printed.
 * @param lines of the article, from the top; more than it needs do no harm
 */
export function readByline(lines: readonly string[]): Byline | null {
  const found = findByline(lines);
  return found === null || 'unread' in found ? null : found;
}

/**
 * As `readByline`, with what looks like a byline and is none by the grammar. It is a line, or begins one, in brackets of
 * any kind (`【文/…】`, `（采访、整理/…）`), or is a line of its own without them (`文 | …`, `作者：…`); further roles may
 * stand in a second bracket or on the next lines. Pictures' credits, sources, speakers of an interview and notes on
 * where a text comes from are none.
 */
export function findByline(lines: readonly string[]): Byline | UnreadByline | null {
  let doubtful: UnreadByline | null = null;
  for (let at = 0; at < Math.min(lines.length, LINES_WITH_BYLINE); at++) {
    const read = readLine(lines, at);
    if (read === null) {
      if (doubtful === null && isDoubtful(lines[at] ?? ''))
        doubtful = { unread: oneLine(lines[at] ?? '').slice(0, LONGEST) };
      continue;
    }
    if ('unread' in read) return read;
    if (read.credits.every(isAside)) continue;
    const whole = withNextLines(lines, at, read);
    return 'unread' in whole ? whole : { text: oneLine(whole.text), credits: whole.credits };
  }
  return doubtful;
}

/** Credits of one or more lines. */
interface CreditLines {
  /** As printed. */
  readonly text: string;
  readonly credits: readonly Credit[];
  /** Lines that they take. */
  readonly lines: number;
  /** True if nothing stands behind them on their line. */
  readonly whole: boolean;
}

/** Alone it says nothing of who wrote the text. */
function isAside({ role }: Credit): boolean {
  return isOfPictures(role) || isOfSource(role);
}

function withNextLines(lines: readonly string[], at: number, first: CreditLines): CreditLines | UnreadByline {
  let all = first;
  while (all.whole && all.lines < MOST_LINES) {
    const next = readLine(lines, at + all.lines);
    if (next === null) break;
    const text = `${all.text} ${'unread' in next ? next.unread : next.text}`;
    if ('unread' in next) return { unread: text };
    if (!next.whole || next.credits.some(({ role }) => all.credits.some((other) => other.role === role))) break;
    all = { text, credits: [...all.credits, ...next.credits], lines: all.lines + next.lines, whole: true };
  }
  return all;
}

// A line: brackets of credits one behind the other, or credits and nothing else.

function readLine(lines: readonly string[], at: number): CreditLines | UnreadByline | null {
  const line = (lines[at] ?? '')
    .slice(0, 2 * LONGEST)
    .trim()
    .replace(/^观察者网讯\s*(?=[【（([［])/, '');
  if (line === '') return null;
  return (
    readBrackets(line, 1) ??
    readBrackets(`${line} ${(lines[at + 1] ?? '').slice(0, LONGEST)}`.trim(), 2) ??
    readBare(line, lines[at + 1])
  );
}

/** @param line one line, or two where the bracket of the first ends in the second */
function readBrackets(line: string, count: 1 | 2): CreditLines | UnreadByline | null {
  const credits: Credit[] = [];
  let rest = line;
  for (;;) {
    const bracket = bracketOf(rest);
    if (bracket === null) break;
    const read = readCredits(bracket.content);
    if (read === null && isCredit(bracket.content)) return { unread: oneLine(line.slice(0, LONGEST)) };
    if (read === null) break;
    credits.push(...read);
    rest = bracket.rest.trimStart();
  }
  if (credits.length === 0) return null;
  return { text: line.slice(0, line.length - rest.length).trimEnd(), credits, lines: count, whole: rest === '' };
}

const BRACKETS = ['【】', '（）', '()', '[]', '［］', '〔〕', '〖〗', '「」', '『』', '〈〉', '<>', '《》'];

/** The bracket that a text begins with, which may hold brackets of its own kind once. */
function bracketOf(text: string): { readonly content: string; readonly rest: string } | null {
  const pair = BRACKETS.find((each) => text.startsWith(each.charAt(0)));
  if (pair === undefined) return null;
  let depth = 0;
  for (let at = 0; at < Math.min(text.length, LONGEST); at++) {
    if (text[at] === pair[0]) depth += 1;
    if (text[at] === pair[1]) depth -= 1;
    if (depth === 0) return { content: text.slice(1, at), rest: text.slice(at + 1) };
  }
  return null;
}

function readBare(line: string, next: string | undefined): CreditLines | UnreadByline | null {
  if (line.length > LONGEST)
    return isCredit(line) && !/^[^/／]{1,30}[:：|｜丨]/.test(line) ? { unread: oneLine(line.slice(0, LONGEST)) } : null;
  const tokens = tokensOf(line);
  const head = headAt(tokens, 0);
  if (head !== null && head.next >= tokens.length && next !== undefined && next.length < 40) {
    const read = readCredits(`${line}${next}`);
    if (read?.every(areSure)) return { text: `${line} ${next}`, credits: read, lines: 2, whole: true };
  }
  const credits = readCredits(line);
  if (credits === null || !mayStandBare(credits, head))
    return head !== null && isBareCredit(tokens, head) ? { unread: oneLine(line) } : null;
  return { text: line, credits, lines: 1, whole: true };
}

function areSure({ names }: Pick<Credit, 'names'>): boolean {
  return names.every(isPersonName);
}

/** Without a bracket, only a sign behind the role tells a pen name from words. */
function mayStandBare(credits: readonly Credit[], head: Head | null): boolean {
  if (credits.every(areSure)) return head !== null || credits.every(({ names }) => names.length > 0);
  if (head === null) return false;
  return !(
    head.mark === ':' &&
    mayBeSpeaker(head.role) &&
    credits.some(({ names }) => names.some((name) => SPOKEN.test(name)))
  );
}

const SPOKEN = /[我你您他她它这那吗呢吧啊哦嗯]|^(?:是|对|不|没|好|有)/;

// Credits further down: lines of their own, and brackets at the end of a line.

/** Credits that are not at the top of an article. */
interface CreditsBelow {
  readonly text: string;
  /** They say who wrote it, as a byline does. */
  readonly ofWriting: boolean;
}

/** Lines from the end among which an article is signed. */
const LAST_LINES = 6;

/**
 * Credits below the byline, or in a bracket at the end of a line: writers wherever they stand, others (`编辑：…`, `（某某译自…）`,
 * `来源：…`, names in a bracket) among the last lines.
 */
export function creditsBelow(lines: readonly string[]): readonly CreditsBelow[] {
  return lines.flatMap((line, at) => {
    const isLast = at >= lines.length - LAST_LINES;
    const whole = at < LINES_WITH_BYLINE || !/^[【（([［〔〖]|^.{1,60}$/u.test(line) ? null : readLine([line], 0);
    if (whole !== null && 'unread' in whole)
      return [{ text: whole.unread, ofWriting: !mayBeSpeaker(line.slice(0, 2)) }];
    const credits = whole?.credits ?? readCredits(bracketAtEnd(line) ?? '');
    const text = whole?.text ?? bracketAtEnd(line) ?? '';
    if (credits !== null && credits.length > 0 && !credits.every(({ role }) => isOfPictures(role))) {
      const ofWriting = credits.some(({ role }) => isOfWriting(role) && !mayBeSpeaker(role));
      return ofWriting || isLast ? [{ text, ofWriting }] : [];
    }
    return isLast && isClosingNote(bracketAtEnd(line) ?? '') ? [{ text, ofWriting: false }] : [];
  });
}

/** What the bracket holds that a line ends with, if something stands before it. */
function bracketAtEnd(line: string): string | null {
  const end = line.slice(-LONGEST).trimEnd();
  return /[^\s【（([［]\s*[【（([［]([^【】（）()[\]［］]{1,120})[】）)\]］]$/u.exec(end)?.[1] ?? null;
}

function isClosingNote(content: string): boolean {
  return /译自|整理|编译|来源[:：]|原载|转自/.test(content) || readPeople(tokensOf(content))?.every(areSure) === true;
}

// Whether a text that was not understood is a byline all the same.

/** True if a text begins with a role and a sign behind it. */
function isCredit(text: string): boolean {
  const tokens = tokensOf(text.slice(0, 60));
  const head = headAt(tokens, 0);
  if (head !== null) return !isOfPictures(head.role) && !isOfSource(head.role);
  return tokens[0]?.kind === 'word' && isOfWriting(tokens[0].text) && isRole(tokens[0].text) && tokens[1] !== undefined;
}

/** A slash or a bar is in no sentence; behind a colon somebody may speak. */
function isBareCredit(tokens: readonly Token[], { role, mark, next }: Head): boolean {
  if (isOfPictures(role) || isOfSource(role)) return false;
  const length = tokens.slice(next).reduce((sum, { text }) => sum + text.length, 0);
  return mark === '/'
    ? length > 0
    : length > 0 && length < 30 && !(mark === ':' && mayBeSpeaker(role) && role !== '作者');
}

/** A short line all in brackets that speaks of writing, or one that opens and does not close. */
function isDoubtful(line: string): boolean {
  const text = line.trim();
  const pair = BRACKETS.find((each) => text.startsWith(each.charAt(0)));
  if (pair === undefined) return false;
  const content = bracketOf(text)?.content;
  if (content === undefined) return isCredit(text.slice(1)) || /^.观察者网/.test(text);
  if (NOTE.test(content)) return false;
  if (isCredit(content) || /^\s*观察者网/.test(content)) return true;
  const whole = content.length + 2 === text.length && content.length <= 40;
  return (
    whole && /本文|作者|记者|译者|采访|编译|整理|观察者网|(?<![全原正译论英中散课])文(?!\p{Script=Han})/u.test(content)
  );
}

/** Notes on the text, which name no writer. */
const NOTE =
  /^\s*(?:本文|文章|原文|转载|来源|作者(?:系|为|是|简介|单位|授权)|(?:作者|记者|译者|编者)(?:按|注|手记))(?:来自|转自|转载|原载|首发|刊于|原刊|摘自|系|为|由|经|已|发表|选自|节选|编译自|译自|\s*[:：|/／]|$)?(?<!本文)(?<!文章)/;

// Credits.

/**
 * Roles with their people, in one of the orders that are printed; null if a character of the text is not understood.
 * @param text what a bracket holds, or a line
 */
export function readCredits(text: string): readonly Credit[] | null {
  if (text.length > LONGEST) return null;
  const trimmed = trim(tokensOf(text));
  return readRoleFirst(trimmed) ?? readNewsroom(trimmed) ?? readRoleBehind(trimmed) ?? readReporters(trimmed);
}

function trim(tokens: readonly Token[]): readonly Token[] {
  const isSpace = (token: Token | undefined) => token?.kind === 'space';
  return tokens.slice(isSpace(tokens[0]) ? 1 : 0, tokens.length > 1 && isSpace(tokens.at(-1)) ? -1 : undefined);
}

/** Roles with the sign behind them: `采访、整理/`. */
interface Head {
  readonly role: string;
  readonly mark: string;
  /** Index of the first token behind it. */
  readonly next: number;
}

function headAt(tokens: readonly Token[], at: number): Head | null {
  let role = '';
  for (let i = at; i < tokens.length && i < at + 12; i++) {
    const token = tokens[i];
    if (token === undefined) return null;
    if (token.kind === 'word' && rolesIn(token.text)) role += token.text;
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
  if (isOfSource(role)) {
    const source = oneLine(people.map(({ text }) => text).join(''));
    return source === '' || people.some(({ kind }) => kind === 'other')
      ? null
      : [{ role, affiliation: source, names: [] }];
  }
  return readPeople(people)?.map((group) => ({ role, ...group })) ?? null;
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

/** Roles that stand behind their people. */
const BEHIND = /^(?:文|译|著|撰文|编译|翻译|整理|采写|采访|摄影|摄|图|编辑|校|报道)$/;

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
  /^(.{0,30}?)((?:本报|本网|本刊|本台)?(?:特约|特派|特邀|实习|见习|首席|高级|资深|驻站|专栏)?(?:记者|通讯员|评论员|撰稿人|作者|作家|编辑|编译|整理))(.{0,20})$/;

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
    if (groups?.length !== 1 || group === undefined || group.affiliation !== null) return null;
    if (!group.names.every(isPersonName)) return null;
    credits.push({ role: job.role, affiliation: job.of, names: group.names });
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
