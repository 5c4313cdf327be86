/** The byline in the body, such as `【文/甲，译/某论坛 乙】`: its roles and names (site.md, section 6). */
import type { Byline, Credit } from '../model.ts';
import { isOfPictures, isOfSource, isOfWriting, isRole, mayBeSpeaker } from '../site/people.ts';
import { type Head, headAt, LONGEST, readCredits } from './credits.ts';
import { oneLine } from './html.ts';
import { isPersonName, type NameGroup, readPeople, type Token, tokensOf } from './names.ts';

/** Lines from the top among which a byline begins: it may follow a 导读 (site.md, section 6). */
const LINES_WITH_BYLINE = 4;
/** Further lines that may belong to it: one for each role. */
const MOST_LINES = 5;

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
 * stand in a second bracket or on the next lines. Where there is none at the top, the article may be signed so at its end.
 * Pictures' credits, sources, speakers of an interview and notes on
 * where a text comes from are none.
 */
export function findByline(lines: readonly string[]): Byline | UnreadByline | null {
  return bylineAtTop(lines) ?? bylineAtEnd(lines);
}

function bylineAtTop(lines: readonly string[]): Byline | UnreadByline | null {
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
    .replace(LEAD, '');
  if (line === '') return null;
  return (
    readBrackets(line, 1) ??
    readBrackets(`${line} ${(lines[at + 1] ?? '').slice(0, LONGEST)}`.trim(), 2) ??
    readBare(line, lines[at + 1])
  );
}

/** What may stand before a byline: how the newsroom's own reports begin, or an ornament. */
const LEAD = /^(?:观察者网讯\s*(?=[【（([［])|[●■◆▲◎□○★☆▶►△▼◇]\s*)/;

/** @param line one line, or two where the bracket of the first ends in the second */
function readBrackets(line: string, count: 1 | 2): CreditLines | UnreadByline | null {
  const credits: Credit[] = [];
  let rest = line;
  for (;;) {
    const bracket = bracketOf(rest);
    if (bracket === null && credits.length > 0 && BRACKETS.some((each) => rest.startsWith(each.charAt(0))))
      if (isCredit(rest.slice(1))) return { unread: oneLine(line.slice(0, LONGEST)) };
    if (bracket === null) break;
    const read = readCredits(bracket.content) ?? (credits.length === 0 ? behindBracket(bracket) : null);
    if (read !== null && bracket.rest !== '' && isRole(bracket.content.trim()))
      return { text: line, credits: read, lines: count, whole: true };
    if (read === null && isCredit(bracket.content)) return { unread: oneLine(line.slice(0, LONGEST)) };
    if (read === null) break;
    credits.push(...read);
    rest = bracket.rest.trimStart();
  }
  if (credits.length === 0) return null;
  return { text: line.slice(0, line.length - rest.length).trimEnd(), credits, lines: count, whole: rest === '' };
}

/** `[作者] 甲`: the role alone in the bracket. */
function behindBracket({
  content,
  rest,
}: {
  readonly content: string;
  readonly rest: string;
}): readonly Credit[] | null {
  const read = isRole(content.trim()) && rest.length < 40 ? readCredits(`${content}：${rest}`) : null;
  return read?.every(areSure) === true ? read : null;
}

const BRACKETS = [
  '【】',
  '（）',
  '()',
  '[]',
  '［］',
  '〔〕',
  '〖〗',
  '「」',
  '『』',
  '〈〉',
  '<>',
  '《》',
  '{}',
  '｛｝',
];

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

// Credits further down: lines of their own, and brackets behind the last sentence of a line.

/** Lines from the end among which an article is signed. */
const LAST_LINES = 6;
const REPORTERS = /记者|通讯员|整理/;
/** A longer text has more lines than anyone reads; those that begin like credits are read up to so many. */
const MOST_READ = 200;

/** What the last lines are, or end in, if it credits those who wrote, translated or reported, and no text follows it. */
function bylineAtEnd(lines: readonly string[]): Byline | null {
  for (let at = lines.length - 1; at >= Math.max(0, lines.length - LAST_LINES); at--) {
    const line = lines[at] ?? '';
    const found = creditsIn(line, at);
    if (found === null && NOTE.test(line)) continue;
    if (found === null || 'unread' in found) return null;
    if (found.credits.every(({ role }) => isOfWriting(role) || REPORTERS.test(role)))
      return { text: oneLine(found.text), credits: found.credits };
  }
  return null;
}

/** Credits that are not in the byline. */
interface CreditsBelow {
  readonly text: string;
  /** They may name the writer, as a byline does. */
  readonly ofWriting: boolean;
}

/**
 * Credits below the first lines, or in a bracket that ends a line: writers wherever they stand, others (`编辑：…`,
 * `来源：…`) and names alone among the last lines.
 */
export function creditsBelow(lines: readonly string[]): readonly CreditsBelow[] {
  const last = lines.length - LAST_LINES;
  const like = lines.flatMap((line, at) =>
    at >= last || LIKE_CREDITS.test(line) || /[】）)\]］]\s*$/.test(line) ? [at] : [],
  );
  return [...new Set([...like.slice(0, MOST_READ), ...like.slice(-LAST_LINES)])].flatMap((at) =>
    creditsBelowIn(lines[at] ?? '', at, at >= last),
  );
}

const LIKE_CREDITS = /^\s*(?:[【（([［〔〖「『<{]|[^/／|｜丨:：]{1,12}[/／|｜丨:：])/;

function creditsBelowIn(line: string, at: number, isLast: boolean): readonly CreditsBelow[] {
  const found = creditsIn(line, at);
  if (found !== null && 'unread' in found) return [{ text: found.unread, ofWriting: true }];
  if (found !== null && !found.credits.every(({ role }) => isOfPictures(role))) {
    const maySpeak = /^[^/／|｜丨]{1,8}[:：]/.test(line);
    const ofWriting = found.credits.some(
      ({ role }) => (isOfWriting(role) || REPORTERS.test(role)) && !(maySpeak && mayBeSpeaker(role)),
    );
    return ofWriting || isLast ? [{ text: found.text, ofWriting }] : [];
  }
  if (!isLast || found !== null) return [];
  if (at >= LINES_WITH_BYLINE && isSignature(line)) return [{ text: line, ofWriting: true }];
  const end = bracketAtEnd(line);
  if (end === null) return [];
  if (namesPeople(end, () => true)) return [{ text: end, ofWriting: true }];
  return /译自|整理|编译|来源[:：]|原载|转自/.test(end) ? [{ text: end, ofWriting: false }] : [];
}

/** @param at of the first lines only what is in a bracket at the end: how they begin is the byline's */
function creditsIn(line: string, at: number): CreditLines | UnreadByline | null {
  const mayBe = at >= LINES_WITH_BYLINE && (/^[【（([［〔〖]/.test(line) || line.length <= 60);
  const whole = mayBe ? readLine([line], 0) : null;
  if (whole !== null) return whole;
  const end = bracketAtEnd(line);
  const credits = end === null ? null : readCredits(end);
  return end === null || credits === null ? null : { text: end, credits, lines: 1, whole: false };
}

/** What the bracket holds that a line ends with, if a sentence ends before it. */
function bracketAtEnd(line: string): string | null {
  const end = line.slice(-LONGEST).trimEnd();
  return /[。！？”」』…]\s*[【（([［]([^【】（）()[\]［］]{1,120})[】）)\]］]$/u.exec(end)?.[1] ?? null;
}

/** A line of names alone, with a dash before them or the place and day behind. */
function isSignature(line: string): boolean {
  const text = line.trim().replace(/^[—–-]{1,3}\s*/, '');
  const [, name = ''] =
    /^(.{2,20}?)(?:\s*(?:于|写于|\d{4}年).{0,20})?$/.exec(text.replace(/^[【（([［](.{1,40})[】）)\]］]$/, '$1')) ?? [];
  return text.length > 2 && text.length < 40 && namesPeople(name, () => true);
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

/**
 * A short line all in brackets that speaks of writing or holds nothing but people, one that opens and does not close, and
 * a line that is nothing but somebody with a title.
 */
function isDoubtful(line: string): boolean {
  const text = line.trim().replace(LEAD, '');
  const pair = BRACKETS.find((each) => text.startsWith(each.charAt(0)));
  if (pair === undefined)
    return text.length < 40 && ((text.length > 2 && namesPeople(text, () => true)) || isRoleApart(text));
  const content = bracketOf(text)?.content;
  if (content === undefined) return isCredit(text.slice(1)) || /^.观察者网/.test(text);
  if (NOTE.test(content)) return false;
  if (isCredit(content) || /^\s*观察者网/.test(content)) return true;
  const whole = content.length + 2 === text.length && content.length <= 40;
  return whole && (SPEAKS_OF_WRITING.test(content) || namesPeople(content, () => true));
}

/** A role, a space and a few words without a sign of a sentence. */
function isRoleApart(text: string): boolean {
  const [role, space, name, ...rest] = tokensOf(text);
  const isApart = role?.kind === 'word' && isRole(role.text) && isOfWriting(role.text) && space?.kind === 'space';
  return isApart && name?.kind === 'word' && rest.every(({ kind }) => kind === 'word' || kind === 'space');
}

const SPEAKS_OF_WRITING = /本文|作者|记者|译者|采访|编译|整理|观察者网|(?<![全原正译论英中散课])文(?!\p{Script=Han})/u;

/** Notes on the text, which name no writer. */
const NOTE =
  /^\s*(?:(?:本文|文章|原文)(?:来自|转自|转载|原载|首发|刊于|原刊|摘自|系|为|由|经|已|发表|选自|节选|编译自|译自)|转载|来源|作者(?:系|为|是|简介|单位|授权)|(?:作者|记者|译者|编者)(?:按|注|手记))/;

function namesPeople(text: string, isOne: (group: NameGroup) => boolean): boolean {
  const groups = readPeople(tokensOf(text));
  return groups?.every((group) => group.names.length > 0 && areSure(group)) === true && groups.some(isOne);
}
