/** The grammar of names and of lists of people: what is not wholly one is none (site.md, section 6). */
import {
  gluedBefore,
  gluedBehind,
  isAffiliation,
  isColumn,
  isFamilyName,
  isFullName,
  isMedium,
  isRole,
  isTitle,
  isTitleAlone,
  namesNobody,
  speaksOfInstitutions,
} from '../site/people.ts';

/** People of one affiliation, in the order printed. */
export interface NameGroup {
  /** What is printed before or behind them: a medium, a school, a title; null if nothing is. */
  readonly affiliation: string | null;
  readonly names: readonly string[];
}

// Tokens: words, brackets, spaces and the signs that separate people and roles.

export interface Token {
  /** `mark` stands between a role and its people: `/`, `|`, `：`. A slash separates people as well. */
  readonly kind: 'word' | 'open' | 'close' | 'list' | 'mark' | 'space' | 'other';
  /** As printed; brackets as the closing one that belongs to them, marks as `/`, `|` or `:`. */
  readonly text: string;
}

/** Opening brackets, each with the one that closes it. */
const CLOSING: Readonly<Record<string, string>> = {
  '【': '】',
  '（': '）',
  '(': ')',
  '[': ']',
  '［': '］',
  '〔': '〕',
  '〖': '〗',
  '「': '」',
  '『': '』',
  '〈': '〉',
  '<': '>',
  '《': '》',
  '{': '}',
  '｛': '｝',
};
const CLOSERS = new Set(Object.values(CLOSING));
const MARKS: Readonly<Record<string, string>> = {
  '／': '/',
  '∕': '/',
  '｜': '|',
  丨: '|',
  '︱': '|',
  '▏': '|',
  '│': '|',
  '┃': '|',
  '∣': '|',
  '❘': '|',
  '¦': '|',
  '：': ':',
  '∶': ':',
};
const DOT = '·•・‧';
/** A dot between the parts of a name; the site has some of them damaged to `?`. */
const CHARACTER = String.raw`(?!丨)[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々〇ー\p{Script=Latin}\p{M}\p{Nd}${DOT}.'’_@-]`;
/** A title of a paper, or a name in quotation marks, is part of a word. */
const WORD = new RegExp(
  String.raw`(?:${CHARACTER}|(?<=\p{Script=Han})\?(?=\p{Script=Han})|《[^《》]{1,30}》|“[^“”]{1,20}”)+`,
  'uy',
);

/** @param text of bounded length */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    const token = word === undefined ? tokenOf(sign) : ({ kind: 'word', text: word } as const);
    if (token.kind !== 'space' || tokens.at(-1)?.kind !== 'space') tokens.push(token);
    at += word?.length ?? sign.length;
  }
  return tokens;
}

function tokenOf(sign: string): Token {
  if (/\s/.test(sign)) return { kind: 'space', text: ' ' };
  if (/[、，,;；&＆]/.test(sign)) return { kind: 'list', text: sign };
  if (/[/|:]/.test(sign) || sign in MARKS) return { kind: 'mark', text: MARKS[sign] ?? sign };
  const closing = CLOSING[sign];
  if (closing !== undefined) return { kind: 'open', text: closing };
  return { kind: CLOSERS.has(sign) ? 'close' : 'other', text: sign };
}

// One name.

const PART = String.raw`(?:\p{Script=Han}{1,8}|\p{Script=Latin}{1,12}\.?)(?:-\p{Script=Han}{1,8})*`;
/** `卡尔·林登`, `卡尔·B·林登`, `让-皮埃尔·林登`, `K.B.林登`. */
const IN_PARTS = new RegExp(`^(?:${PART}(?:[${DOT}?]${PART}){1,5}|(?:\\p{Lu}\\.){1,3}\\p{Script=Han}{2,8})$`, 'u');
/** Characters of offices and titles, which spell no foreign name. */
const NOT_IN_PARTS = /[人员家者长师级国的是我你他们会院报网军民社总副主记部所官警银行业研究学授生]/;
const LATIN = /^\p{Script=Latin}[\p{Script=Latin}\p{M}.'’·-]{0,24}$/u;
/** Of one word: Han, kana, Latin letters and digits mixed. */
const PEN_NAME =
  /^@?[\p{L}\p{Nd}〇][\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〇\p{Script=Latin}\p{Nd}_.-]{0,12}[\p{L}\p{Nd}〇]$/u;

/** True for what can only be the name of a person: family and given name, or a foreign name in parts. */
export function isPersonName(text: string): boolean {
  if (IN_PARTS.test(text))
    return /\p{Script=Han}/u.test(text) && !NOT_IN_PARTS.test(text) && !text.split(/[·•・‧?]/).every(isLongName);
  if (isFullName(text)) return !isAffiliation(text) && !isRole(text) && !namesNobody(text);
  const words = text.split(' ');
  return words.length > 1 && words.length < 6 && words.every((word) => LATIN.test(word)) && !words.some(isMedium);
}

/** Two of them with a dot between may be two people. */
function isLongName(text: string): boolean {
  return text.length > 2 && isFullName(text);
}

/** True for a name under which somebody may write: nothing in it says that it is an institution, a role or a remark. */
export function isPenName(text: string): boolean {
  if (isAffiliation(text) || isRole(text) || namesNobody(text) || speaksOfInstitutions(text)) return false;
  if (isColumn(text) || mayHoldName(text) || /等$/.test(text)) return false;
  return (PEN_NAME.test(text) && /\p{L}.*\p{L}/u.test(text)) || LATIN.test(text);
}

/** Two names with nothing between them, or a name behind other words. */
function mayHoldName(text: string): boolean {
  if ([2, 3].some((length) => isFullName(text.slice(0, length)) && isFullName(text.slice(length)))) return true;
  return text.length > 4 && [2, 3].some((length) => isFullName(text.slice(-length)));
}

// One item of a list: affiliation, names, title, in this order, each but the names optional.

/** What one word is for an item. */
interface Part {
  readonly before?: string;
  readonly name?: string;
  readonly behind?: string;
  /** False for a pen name, which must stand alone. */
  readonly sure?: boolean;
}

function partOf(word: string): Part | null {
  if (isRole(word) && !isTitle(word)) return null;
  const behind = gluedBehind(word);
  if (behind !== null && isPersonName(behind[0])) return { name: behind[0], behind: behind[1], sure: true };
  if (isPersonName(word)) return { name: word, sure: true };
  if (isAffiliation(word) || isColumn(word)) return { before: word };
  for (const [before, rest] of gluedBefore(word)) {
    const mayBePenName = /(?:专栏作者|专栏作家|^观察者网)$/.test(before);
    if (isPersonName(rest)) return { before, name: rest, sure: true };
    if (mayBePenName && isPenName(rest)) return { before, name: rest, sure: false };
  }
  return isPenName(word) ? { name: word, sure: false } : null;
}

/** A title that may as well be a name with its title, `柳青记者`: it is one only where a name follows. */
function mayBeNameWithTitle(title: string): boolean {
  return [2, 3, 4].some((length) => isFullName(title.slice(0, length)) && isTitleAlone(title.slice(length)));
}

/** Reads the tokens between two separators; null if they are not wholly an item. */
function readItem(tokens: readonly Token[]): NameGroup | null {
  const [before, behind, names]: [string[], string[], string[]] = [[], [], []];
  let alone = false;
  for (const element of elementsOf(tokens)) {
    if (element.kind === 'gloss') {
      if (names.length === 0 && isCountry(element.text)) before.push(element.text);
      else if (names.length === 0 || behind.length > 0) return null;
      else if (isGloss(names.at(-1) ?? '', element.text)) continue;
      else if (isAffiliation(element.text) || element.text.split(' ').every(isAffiliation)) behind.push(element.text);
      else return null;
      continue;
    }
    const part = partOf(element.text);
    if (part === null) return null;
    if (part.name === undefined) {
      if (names.length === 0) before.push(part.before ?? '');
      else if (isColumn(element.text)) return null;
      else behind.push((part.before ?? '').replace(/^(?:系|为|是|现任|现为)/, ''));
      continue;
    }
    if (behind.length > 0 || alone || (part.before !== undefined && names.length > 0)) return null;
    if (part.sure === false && names.length > 0) return null;
    alone = part.sure === false;
    names.push(part.name);
    if (part.before !== undefined) before.push(part.before);
    if (part.behind !== undefined) behind.push(part.behind);
  }
  if (names.length === 0 && (before.some(mayBeNameWithTitle) || before.every(namesNobody))) return null;
  if (behind.length > 0 && names.length > 1) return null;
  if (names.some((name) => LATIN_ALONE.test(name)) && !names.every((name) => LATIN_ALONE.test(name))) return null;
  return names.length + before.length === 0 ? null : { affiliation: [...before, ...behind].join(' ') || null, names };
}

interface Element {
  readonly kind: 'word' | 'gloss';
  readonly text: string;
}

/** Words with the names that spaces set apart put together (`倪 文`, `Anna Berg`), and what stands in brackets. */
function elementsOf(tokens: readonly Token[]): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined || token.kind === 'space') continue;
    if (token.kind === 'open') {
      const close = tokens.findIndex((each, i) => i > at && each.kind === 'close');
      const inside = tokens.slice(at + 1, close);
      if (close < 0 || tokens[close]?.text !== token.text) return NOTHING;
      if (inside.some(({ kind }) => kind !== 'word' && kind !== 'space')) return NOTHING;
      elements.push({
        kind: 'gloss',
        text: inside
          .map(({ text }) => text)
          .join('')
          .trim(),
      });
      at = close;
      continue;
    }
    if (token.kind !== 'word') return NOTHING;
    const last = elements.at(-1);
    const joined = last?.kind === 'word' ? joinedName(last.text, token.text) : null;
    if (joined === null) elements.push({ kind: 'word', text: token.text });
    else elements[elements.length - 1] = { kind: 'word', text: joined };
  }
  return elements;
}

const NOTHING: readonly Element[] = [{ kind: 'word', text: '' }];

/** Beside a name in Han it may be that name's other spelling. */
const LATIN_ALONE = /^[\p{Script=Latin}\p{M}\s.'’·-]+$/u;

/** Two words that are one name, or null. */
function joinedName(first: string, second: string): string | null {
  const words = first.split(' ');
  if (words.every((word) => LATIN.test(word) && !isMedium(word)) && LATIN.test(second) && !isMedium(second))
    return words.length < 5 ? `${first} ${second}` : null;
  if (new RegExp(`[${DOT}]$`).test(first) || new RegExp(`^[${DOT}]`).test(second)) return first + second;
  if (!isFamilyName(first)) return null;
  return second.length <= (first.length === 1 ? 1 : 2) && isFullName(first + second) ? first + second : null;
}

/** A name in the other script behind a name. */
function isGloss(name: string, gloss: string): boolean {
  const isLatin = gloss.split(' ').every((word) => LATIN.test(word));
  return /\p{Script=Han}/u.test(name)
    ? isLatin
    : isPersonName(gloss) || (/^\p{Script=Han}{2,8}$/u.test(gloss) && !isAffiliation(gloss) && !isRole(gloss));
}

/** `（美）`, `[英国]`. */
function isCountry(text: string): boolean {
  return /^(?:美|英|法|德|日|俄|苏|印|加|澳|韩|意|以|新|西|葡|荷|瑞典|瑞士|奥|匈|波|希|土|伊朗|埃及|巴西|\p{Script=Han}{1,3}国)$/u.test(
    text,
  );
}

// A list of items.

/**
 * Reads people as a byline prints them behind a role: `观察者网 甲、乙`, `某大学教授 甲，某某社 乙`, `甲（Latin Name）和乙`. An
 * item without an affiliation belongs to the one before it. Null if any of it is not understood.
 */
export function readPeople(tokens: readonly Token[]): readonly NameGroup[] | null {
  const groups: { names: readonly string[]; affiliation: string | null }[] = [];
  let separator = '';
  for (const item of itemsOf(tokens)) {
    if (item.tokens.every(({ kind }) => kind === 'space')) return null;
    const group = readItem(item.tokens);
    if (group === null) return null;
    const last = groups.at(-1);
    // Behind a comma may stand what somebody is; only names with the sign of an enumeration may be pen names.
    if (/[，,]/.test(separator) && !group.names.every(isPersonName) && group.affiliation === null) return null;
    if (last === undefined) groups.push(group);
    else if (group.affiliation === null) last.names = [...last.names, ...group.names];
    else if (group.names.length > 0) groups.push(group);
    else if (/[，,]/.test(separator) && last.names.length === 1 && last.affiliation === null)
      last.affiliation = group.affiliation?.replace(/^(?:系|为|是|现任|现为)/, '') ?? null;
    else if (last.names.length === 0) groups.push(group);
    else return null;
    separator = item.separator;
  }
  return groups.length === 0 ? null : groups;
}

/** The tokens between separators, each with the separator behind it. */
function itemsOf(
  tokens: readonly Token[],
): readonly { readonly tokens: readonly Token[]; readonly separator: string }[] {
  const items: { tokens: Token[]; separator: string }[] = [{ tokens: [], separator: '' }];
  let depth = 0;
  for (const token of tokens.flatMap(withoutAnd)) {
    depth += token.kind === 'open' ? 1 : token.kind === 'close' ? -1 : 0;
    const isSeparator = token.kind === 'list' || (token.kind === 'mark' && token.text === '/');
    const last = items.at(-1);
    if (last === undefined) break;
    if (isSeparator && depth <= 0) {
      last.separator = token.text;
      items.push({ tokens: [], separator: '' });
    } else last.tokens.push(token);
  }
  return items;
}

/** `甲和乙` as two names with a separator between; `和` alone as a separator. */
function withoutAnd(token: Token): readonly Token[] {
  if (token.kind !== 'word') return [token];
  if (/^[和及与暨]$/.test(token.text)) return [{ kind: 'list', text: token.text }];
  for (const { index } of token.text.matchAll(/[和及与]/g)) {
    const [first, second] = [token.text.slice(0, index), token.text.slice(index + 1)];
    const isFirst = isPersonName(first) || partOf(first)?.sure === true;
    if (isFirst && isPersonName(second) && !isFullName(token.text))
      return [
        { kind: 'word', text: first },
        { kind: 'list', text: token.text.charAt(index) },
        { kind: 'word', text: second },
      ];
  }
  return [token];
}

// Names in places of their own: every one is kept as printed.

const LONGEST_NAME = 40;

/** Splits what is printed in the place of names: people with separators between them; anything else is one. */
export function namesIn(printed: string): readonly string[] {
  const groups = printed.length > 10 * LONGEST_NAME ? null : readPeople(tokensOf(printed));
  const names =
    groups?.every(({ affiliation }) => affiliation === null) === true ? groups.flatMap((group) => group.names) : [];
  return names.length > 1 ? names : [printed];
}

/** What stands beside a name for readers to press, and is none. */
const BUTTON = /^(?:.*\p{Script=Han}{2})(?:专栏|主页|关注|订阅|更多|专区|文章|的文章)$/u;

/** True for whatever a person, an account or an institution is called: one phrase without a title or signs of another field. */
export function mayBeName(printed: string): boolean {
  if (namesNobody(printed) || isRole(printed) || printed.length > LONGEST_NAME || !/\p{L}/u.test(printed)) return false;
  if (BUTTON.test(printed)) return false;
  const groups = readPeople(tokensOf(printed));
  if (groups !== null)
    return (
      groups.length === 1 && groups.every(({ names, affiliation }) => names.length < (affiliation === null ? 2 : 1))
    );
  return tokensOf(printed).length === 1 && tokensOf(printed)[0]?.kind === 'word';
}
