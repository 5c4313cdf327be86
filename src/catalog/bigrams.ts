/**
 * Text as the words of the index: each two characters that follow one another. Any text of two characters or more is then
 * found wherever it stands, across the borders of words too, which no dictionary has to know.
 *
 * A run is a longest sequence of solid characters, or of two and more marks (`。”`). A run of one character is a word of its
 * own. What stands between runs (white space, a single mark) only parts them: the last word of a run and the first of the
 * next one follow each other.
 */
import { fold, kindOf } from './fold.ts';

interface Run {
  readonly kind: 'solid' | 'mark';
  /** Folded, without what nobody sees. */
  readonly characters: readonly string[];
}

/** Runs in order; a mark that stands alone is a run here too. */
export function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  let kind: Run['kind'] | null = null;
  let characters: string[] = [];
  const end = () => {
    if (kind !== null) runs.push({ kind, characters });
    kind = null;
    characters = [];
  };
  for (const character of fold(text)) {
    const next = kindOf(character.codePointAt(0) ?? 0);
    if (next === 'nothing') continue;
    if (next === 'space' || next !== kind) end();
    if (next === 'space') continue;
    kind = next;
    characters.push(character);
  }
  end();
  return runs;
}

/** The words of a text, parted by spaces, as the index takes them. */
export function bigrams(text: string): string {
  let words = '';
  let before = ''; // the character before, of the same run
  let kind: Run['kind'] | null = null;
  let length = 0; // of the run
  for (const character of fold(text)) {
    const next = kindOf(character.codePointAt(0) ?? 0);
    if (next === 'nothing') continue;
    if (next === 'space' || next !== kind) {
      if (length === 1 && kind === 'solid') words += `${before} `;
      length = 0;
    }
    if (next === 'space') {
      kind = null;
      continue;
    }
    const here = next === 'mark' ? inIndex(character) : character;
    if (length > 0) words += `${before}${here} `;
    kind = next;
    before = here;
    length += 1;
  }
  return length === 1 && kind === 'solid' ? words + before : words;
}

/** The different solid characters of a text, parted by spaces. */
export function singles(text: string): string {
  const found = new Set<string>();
  for (const character of fold(text)) if (kindOf(character.codePointAt(0) ?? 0) === 'solid') found.add(character);
  return [...found].join(' ');
}

/** The words of a run. */
export function wordsOf({ kind, characters }: Run): string[] {
  const [first = ''] = characters;
  if (characters.length === 1) return kind === 'solid' ? [first] : [];
  const written = kind === 'mark' ? characters.map(inIndex) : characters;
  return written.slice(1).map((character, i) => `${written[i]}${character}`);
}

/** SQLite's tokenizer `ascii` takes letters and digits, and all that is not ASCII: marks of ASCII go in full width. */
function inIndex(mark: string): string {
  return mark.length === 1 && mark < '\u007f' ? String.fromCharCode(mark.charCodeAt(0) + 0xfee0) : mark;
}
