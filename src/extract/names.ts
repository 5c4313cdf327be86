/** The part of a byline behind its role: names, and what stands before them (`观察者网专栏作者 甲`). */
import { oneLine } from './text.ts';

/** People of one affiliation, in the order printed. */
export interface NameGroup {
  readonly names: readonly string[];
  readonly affiliation: string | null;
}

/**
 * Splits names at `、，；/` and gives each run of names the affiliation printed before it: `观察者网 甲、乙` is one group
 * of two. An affiliation may be glued to the name (`观察者网甲`) or a whole phrase (`《某报》亚洲版编辑 Some Name`).
 */
export function readNames(printed: string): readonly NameGroup[] {
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
