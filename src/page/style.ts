/** Which forms of a style a vocabulary does not know, and the colours that it sets. */
import type { StyleForms } from '../site/style-vocabulary.ts';

export interface ReadStyle {
  /** `display:none`, `text-indent:-*px`: numbers are left out, so that equal forms are equal. */
  readonly unknown: readonly string[];
  /** Of the text; null where the style names none. */
  readonly color: Color | null;
  /** Behind the text; null where the style names none, or one that lets the page show through. */
  readonly background: Color | null;
}

/** Red, green and blue, 0 to 255. */
export type Color = readonly [number, number, number];

/** A style's text, or the declarations of a rule in a style sheet. In time linear in the text. */
export function readStyle(text: string, forms: StyleForms): ReadStyle {
  const declared = new Map(declarationsOf(text));
  const unknown: string[] = [];
  let color: Color | null = null;
  let background: Color | null = null;
  for (const [property, value] of declared) {
    if (!isKnown(property, value, forms, declared)) unknown.push(`${property}:${formOfValue(value)}`);
    else if (property === 'color') {
      const read = readColor(value);
      if (read === null && !forms.everywhere.test(value) && !KEYWORDS.has(value))
        unknown.push(`color:${formOfValue(value)}`);
      color = read;
    } else if (property === 'background' || property === 'background-color') background = readColor(value);
  }
  return { unknown, color, background };
}

/** More than any editor writes. */
const LONGEST_VALUE = 400;
/** Names of colours that leave the text its own. */
const KEYWORDS: ReadonlySet<string> = new Set(['currentcolor', 'windowtext', 'auto', 'window-text']);

function isKnown(property: string, value: string, forms: StyleForms, declared: ReadonlyMap<string, string>): boolean {
  if (forms.everywhere.test(value)) return property !== 'all';
  if (value.length > LONGEST_VALUE || /url\(|expression\(|\\|attr\(|var\(/.test(value)) return false;
  const form = forms.properties.get(property);
  if (form === undefined) return forms.families.test(property);
  if (property === 'text-indent' && /^-/.test(value)) return isHanging(value, declared);
  return form.test(value) && !(property.startsWith('overflow') && clips(value, declared));
}

/** The first line may begin as far left as the others are moved right, as Word sets lists. */
function isHanging(value: string, declared: ReadonlyMap<string, string>): boolean {
  return (
    /^-\d{1,2}(?:\.\d{1,20})?(?:px|pt)$|^-[0-3](?:\.\d{1,20})?(?:r?em|cm)$/.test(value) &&
    ['margin-left', 'padding-left', 'margin', 'padding'].some((name) => /[1-9]/.test(declared.get(name) ?? ''))
  );
}

/** What flows over is cut off only where the box has an end of its own. */
function clips(value: string, declared: ReadonlyMap<string, string>): boolean {
  const ends = ['height', 'max-height'].some((name) => !/^(?:auto|none|100%|)$/.test(declared.get(name) ?? ''));
  return value !== 'visible' && (ends || declared.get('white-space') === 'nowrap');
}

/** A value without what differs from page to page: numbers but 0, addresses, what stands in quotation marks; and cut. */
export function formOfValue(value: string): string {
  return value
    .slice(0, 200)
    .replace(/url\([^)]*\)?/g, 'url')
    .replace(/"[^"]*"?|'[^']*'?/g, '…')
    .slice(0, 40)
    .replace(/\d+(?:\.\d+)?/g, (number) => (Number(number) === 0 ? '0' : '*'))
    .replace(/\s+/g, ' ');
}

/** Names and values, in lower case. Only what stands in quotation marks or brackets holds a `;`. */
function* declarationsOf(text: string): Generator<readonly [property: string, value: string], void> {
  const source = text.toLowerCase();
  const word = /[^;"'()]+|;|"[^"]*"?|'[^']*'?|\(|\)/g;
  let [depth, start] = [0, 0];
  const ends: number[] = [];
  for (const { 0: part, index } of source.matchAll(word)) {
    if (part === '(') depth += 1;
    else if (part === ')') depth = Math.max(0, depth - 1);
    else if (part === ';' && depth === 0) ends.push(index);
  }
  for (const end of [...ends, source.length]) {
    const declaration = source.slice(start, end);
    start = end + 1;
    const colon = declaration.indexOf(':');
    const property = (colon < 0 ? declaration : declaration.slice(0, colon)).trim();
    if (property === '') continue;
    const value = colon < 0 ? '' : declaration.slice(colon + 1).replace(/!\s*important/, '');
    yield [property.replace(/\s+/g, ' ').slice(0, 40), value.replace(/\s+/g, ' ').trim()];
  }
}

// Colours: text in the colour of what is behind it is not seen.

export const WHITE: Color = [255, 255, 255];
/** Where no style sets one. */
export const BLACK: Color = [51, 51, 51];
/** The ratio of WCAG 2 (1.4.3, "contrast ratio"); that of #ddd on white is 1.36. */
const LEAST_CONTRAST = 1.25;

/** True where a text of one colour cannot be told from the other behind it. */
export function isUnseen(color: Color, background: Color): boolean {
  const [a, b] = [luminance(color), luminance(background)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < LEAST_CONTRAST;
}

function luminance(color: Color): number {
  const [red, green, blue] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The first colour of a value; null where it names none that can be read, or one that hardly covers. */
export function readColor(value: string): Color | null {
  const text = value.trim().toLowerCase();
  const hex = /^#([\da-f]{3,8})\b/.exec(text)?.[1];
  if (hex !== undefined) return fromHex(hex);
  const [, kind, inside = ''] = /^(rgb|hsl)a?\(([^)]{1,60})\)/.exec(text) ?? [];
  if (kind !== undefined) return fromNumbers(kind, inside);
  const name = /^[a-z]+/.exec(text)?.[0] ?? '';
  const code = NAMED.get(name);
  return code === undefined ? null : fromHex(code);
}

function fromHex(hex: string): Color | null {
  const wide = hex.length < 6 ? [...hex].map((digit) => digit + digit).join('') : hex;
  if (![6, 8].includes(wide.length)) return null;
  const [red = 0, green = 0, blue = 0, alpha = 255] = (wide.match(/../g) ?? []).map((pair) =>
    Number.parseInt(pair, 16),
  );
  return alpha < LEAST_COVER * 255 ? null : [red, green, blue];
}

const LEAST_COVER = 0.4;

function fromNumbers(kind: string, inside: string): Color | null {
  const words = inside.split(/[\s,/]+/).filter((word) => word !== '');
  const [a = 0, b = 0, c = 0, alpha = 1] = words.map((word, i) => {
    const number = Number.parseFloat(word);
    const scale = word.endsWith('%') ? (i === 3 || kind === 'hsl' ? 0.01 : 2.55) : 1;
    return Number.isNaN(number) ? 0 : number * scale;
  });
  if (alpha < LEAST_COVER) return null;
  if (kind === 'rgb') return [a, b, c];
  // CSS Color 4, 7.1.
  const channel = (n: number) => {
    const k = (n + a / 30) % 12;
    return 255 * (c - b * Math.min(c, 1 - c) * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** The names that editors offer or Word writes; another one is no known form (CSS Color 4, 6.1). */
const NAMED: ReadonlyMap<string, string> = new Map(
  (
    'black 000 white fff red f00 green 008000 blue 00f navy 000080 gray 808080 grey 808080 silver c0c0c0 maroon 800000 ' +
    'purple 800080 teal 008080 olive 808000 lime 0f0 aqua 0ff cyan 0ff fuchsia f0f magenta f0f yellow ff0 orange ffa500 ' +
    'brown a52a2a crimson dc143c darkred 8b0000 darkblue 00008b darkgreen 006400 dimgray 696969 dimgrey 696969 ' +
    'darkgray a9a9a9 darkgrey a9a9a9 lightgray d3d3d3 lightgrey d3d3d3 slategray 708090 royalblue 4169e1 tomato ff6347 ' +
    'orangered ff4500 gold ffd700 indigo 4b0082 steelblue 4682b4 dodgerblue 1e90ff chocolate d2691e firebrick b22222 ' +
    'whitesmoke f5f5f5 snow fffafa ivory fffff0 gainsboro dcdcdc beige f5f5dc linen faf0e6 lightyellow ffffe0'
  )
    .split(' ')
    .reduce<[string, string][]>((pairs, word, i, words) => {
      if (i % 2 === 0) pairs.push([word, words[i + 1] ?? '']);
      return pairs;
    }, []),
);
