/** The byline in the body, such as `【文/甲，译/某论坛 乙】`: its roles and names (site.md, section 6). */
import type { Byline, Credit } from '../model.ts';
import { oneLine } from './html.ts';

/** Lines from the top among which a byline is looked for: it may follow a 导读 (site.md, section 6). */
export const LINES_WITH_BYLINE = 4;

/**
 * The byline among an article's first lines: the first line that is, or begins with, a bracket naming roles
 * (`【文/…】`, `（采访、整理/…）`, `[编译/…]`, also behind `观察者网讯`), or a bracket of the newsroom alone (`【观察者网 综合】`, `（观察者网讯）…`).
 * Null if there is none: a bracket with nothing but a picture's credit, and speakers of an interview
 * (`观察者网：…`), are none. Names stay as printed, with `·`, `•` or the site's damaged `?`.
 */
export function readByline(lines: readonly string[]): Byline | null {
  for (const line of lines) {
    const bracket = openingBracket(line);
    if (bracket === null) continue;
    const credits = readCredits(bracket.content) ?? readNewsroom(bracket.content);
    if (credits !== null) return { text: oneLine(bracket.text), credits };
  }
  return null;
}

/** No byline is nearly so long: what is read of it may go through it several times. */
const BRACKETS = [
  /^【([^【】]{0,1000})】/,
  /^（([^（）]{0,1000})）/,
  /^\(([^()]{0,1000})\)/,
  /^\[([^[\]]{0,1000})\]/,
  /^［([^［］]{0,1000})］/,
];

function openingBracket(line: string): { readonly text: string; readonly content: string } | null {
  for (const bracket of BRACKETS) {
    const match = bracket.exec(line.trimStart().replace(/^观察者网讯\s*/, ''));
    if (match !== null) return { text: match[0], content: match[1] ?? '' };
  }
  return null;
}

// Longest first: a role is also the beginning of a longer one.
const ROLE = '(?:文字|文|采访|采写|访谈|整理|编译|编辑|翻译|译者|译|作者|撰文|口述|记者|校对|校|摄影|图片|图|视频)';
const ROLES = `${ROLE}(?:\\s*[、，,及和&]\\s*${ROLE}|\\s+${ROLE})*`;
const OPENING_ROLES = new RegExp(`^\\s*(${ROLES})\\s*[/／|｜:：]`);
/** Further roles: after a separator, or glued to the name before (`…王五译/赵六`; never 文, which ends many a name). */
const NEXT_ROLES = new RegExp(
  `\\s*(?:[，,；;、\\s]\\s*(${ROLES})\\s*[/／|｜:：]|(编译|翻译|采访|整理|译|校|图)\\s*[/／])`,
);
const PICTURE_ROLE = /^(?:图片|图|视频|摄影)$/;

function readCredits(content: string): readonly Credit[] | null {
  const opening = OPENING_ROLES.exec(content);
  if (opening === null) return null;
  const credits: Credit[] = [];
  let role = opening[1] ?? '';
  let rest = content.slice(opening[0].length);
  for (;;) {
    const next = NEXT_ROLES.exec(rest);
    credits.push(...creditsOf(role, next === null ? rest : rest.slice(0, next.index)));
    if (next === null) break;
    role = next[1] ?? next[2] ?? '';
    rest = rest.slice(next.index + next[0].length);
  }
  const onlyPictures = credits.every((credit) => PICTURE_ROLE.test(credit.role));
  return onlyPictures ? null : credits;
}

function creditsOf(role: string, printed: string): readonly Credit[] {
  return readNames(printed).map((group) => ({ role: oneLine(role), ...group }));
}

/** `观察者网 综合`, `观察者网讯`: the newsroom without a name; what it did is the role. */
function readNewsroom(content: string): readonly Credit[] | null {
  const match = /^\s*(观察者网)\s*((?:综合)?(?:报道|编译|整理|综合|讯|消息))\s*$/.exec(content);
  return match === null ? null : [{ role: match[2] ?? '', names: [], affiliation: match[1] ?? null }];
}

// The part of a byline behind its role: names, and what stands before them (`观察者网专栏作者 甲`).

/** People of one affiliation, in the order printed. */
interface NameGroup {
  readonly names: readonly string[];
  readonly affiliation: string | null;
}

/**
 * Splits names at `、，；/` and gives each run of names the affiliation printed before it: `观察者网 甲、乙` is one group
 * of two. An affiliation may be glued to the name (`观察者网甲`) or a whole phrase (`《某报》亚洲版编辑 Some Name`).
 */
function readNames(printed: string): readonly NameGroup[] {
  const groups: { names: string[]; affiliation: string | null }[] = [];
  for (const item of printed.split(/[、，,；;/／]|\s+[和及与&]\s+/).map(oneLine)) {
    if (item === '') continue;
    const { affiliation, names } = splitItem(item);
    const last = groups.at(-1);
    if (last !== undefined && affiliation === null) last.names.push(...names);
    else groups.push({ affiliation, names: [...names] });
  }
  return groups;
}

/** Words that end an affiliation even where the name is glued to them. */
const GLUED = /^(.*?(?:专栏作者|专栏作家|特约作者|特约撰稿人|评论员|实习生|记者|编辑)|观察者网)\s*(.*)$/;
/** Ends of the names of papers, agencies and schools. */
const INSTITUTION = /(?:网|社|报|台|院|所|部|会|组|大学|杂志|周刊|论坛|作者|作家|编辑|教授|博士)$/;

function splitItem(item: string): NameGroup {
  const [, affiliation, rest] = GLUED.exec(item) ?? [];
  if (affiliation !== undefined && rest !== undefined) return { affiliation, names: namesIn(rest) };
  const names = trailingNames(item.split(' '));
  const before = item.slice(0, item.length - names.join(' ').length).trim();
  return { affiliation: before === '' ? null : before, names: namesIn(names.join(' ')) };
}

/** The words at the end that are names: a run of Latin words is one name, and so is each short Chinese word. */
function trailingNames(words: readonly string[]): readonly string[] {
  let first = words.length - 1;
  if (isLatin(words[first])) while (first > 0 && isLatin(words[first - 1])) first -= 1;
  else while (first > 0 && isChineseName(words[first - 1])) first -= 1;
  return words.slice(first);
}

function namesIn(text: string): readonly string[] {
  if (text === '') return [];
  const words = text.split(' ');
  return words.length > 1 && words.every(isChineseName) ? words : [text];
}

function isLatin(word = ''): boolean {
  return /^[\p{Script=Latin}.'’·-]+$/u.test(word);
}

/** Two or three characters, or a foreign name in parts; four are more often an institution than a name. */
function isChineseName(word = ''): boolean {
  return /^(?:\p{Script=Han}{2,3}|\p{Script=Han}+(?:[·•・?]\p{Script=Han}+)+)$/u.test(word) && !INSTITUTION.test(word);
}
