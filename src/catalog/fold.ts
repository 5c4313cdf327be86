/**
 * How text is compared: simplified and traditional characters, full and half width, capitals and small letters, and accents
 * on Latin letters are the same. Folding keeps every length, so that a place in the folded text is one in the text itself.
 */
import { VARIANTS } from './han-variants.ts';

/**
 * What a character is for the index. `solid`: a letter, an ideograph or a digit. `mark`: a visible sign. `space`: white space
 * and control characters. `nothing`: what nobody sees, such as a zero width space, and accents that stand alone.
 */
type Kind = 'solid' | 'mark' | 'space' | 'nothing';

/** The text as it is compared; as long as it was, in UTF-16 units. */
export function fold(text: string): string {
  let folded = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    let character = foldedUnits[unit];
    if (character === undefined) {
      character = foldUnit(unit);
      foldedUnits[unit] = character;
    }
    folded += character;
  }
  return folded;
}

/** @param point a code point of a folded text */
export function kindOf(point: number): Kind {
  const known = kinds[point];
  if (known !== undefined) return known;
  const kind = classify(point);
  if (point <= 0xffff) kinds[point] = kind;
  return kind;
}

/** By code unit, filled as they are met. */
const foldedUnits: (string | undefined)[] = [];
const kinds: (Kind | undefined)[] = [];

let simplified: ReadonlyMap<string, string> | null = null;

function foldUnit(unit: number): string {
  const character = String.fromCharCode(unit);
  if (unit < 0x80) return character.toLowerCase();
  if (unit >= 0xd800 && unit <= 0xdfff) return character; // half of a pair: no other script has a shorter form of it
  const wide = character.normalize('NFKC');
  const small = (wide.length === 1 ? wide : character).toLowerCase();
  const one = small.length === 1 ? small : character;
  const [letter = '', ...accents] = one.normalize('NFKD');
  if (accents.length > 0 && /^[a-z]$/.test(letter) && accents.every((accent) => /\p{M}/u.test(accent))) return letter;
  simplified ??= readVariants();
  return simplified.get(one) ?? one;
}

function readVariants(): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [first = '', ...others] of VARIANTS.trim().split(/\s+/)) for (const other of others) map.set(other, first);
  return map;
}

function classify(point: number): Kind {
  const character = String.fromCodePoint(point);
  if (/[\s\p{Cc}]/u.test(character)) return 'space';
  if (/[\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}]/u.test(character)) return 'nothing';
  return /[\p{L}\p{N}]/u.test(character) ? 'solid' : 'mark';
}
