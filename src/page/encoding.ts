/** Decides which encoding a page's bytes are in. Its labels are tried first, but the bytes decide. */
import { TextDecoder } from 'node:util';

interface DecodedText {
  readonly text: string;
  /** Name of the encoding that was used, in the standard's spelling, such as `utf-8`. */
  readonly encoding: string;
  /** Where labels and bytes, or two labels, do not agree, in words; null if all do. */
  readonly doubt: string | null;
  /** How many places of the bytes are nothing in that encoding; U+FFFD stands there. */
  readonly undecodable: number;
}

/**
 * Page bytes to text. A byte-order mark speaks for itself. Else bytes that are valid UTF-8 are UTF-8, whatever the labels
 * say: text in another encoding is practically never valid UTF-8. Else the first label that names another encoding counts
 * (the header, then the page's own `<meta>`), else GB 18030, which holds GBK, where that gives far
 * less damage than UTF-8 would (site.md, 7.6: the site is UTF-8 throughout). Total: any bytes give some text.
 */
export function decodeBytes(body: Uint8Array, contentType: string | undefined): DecodedText {
  const marked = byMark(body);
  if (marked !== null) return { ...marked, doubt: null, undecodable: damage(marked.text) };
  const head = new TextDecoder('latin1').decode(body.subarray(0, LABEL_BYTES));
  const labels = [contentType ?? '', ...(head.match(/<meta[^>]+charset[^>]*>/gi) ?? [])].flatMap(labelIn);
  const { text, encoding, undecodable } = byBytes(body, labels);
  return { text, encoding, doubt: doubtOf(labels, encoding, /[^\0-\x7f]/.test(text)), undecodable };
}

/** Where browsers look for the page's own label. */
const LABEL_BYTES = 1024;

function byMark(body: Uint8Array): { readonly text: string; readonly encoding: string } | null {
  const [a, b, c] = body;
  const encoding =
    a === 0xef && b === 0xbb && c === 0xbf
      ? 'utf-8'
      : a === 0xff && b === 0xfe
        ? 'utf-16le'
        : a === 0xfe && b === 0xff
          ? 'utf-16be'
          : null;
  return encoding === null ? null : { text: new TextDecoder(encoding).decode(body), encoding };
}

/** The encoding that a label names, in the standard's spelling; one that nobody knows says nothing. */
function labelIn(source: string): readonly string[] {
  const name = /charset\s*=\s*["']?([\w-]+)/i.exec(source)?.[1];
  if (name === undefined) return [];
  try {
    return [new TextDecoder(name).encoding];
  } catch {
    return []; // the standard has no such label
  }
}

function byBytes(body: Uint8Array, labels: readonly string[]): Omit<DecodedText, 'doubt'> {
  const utf8 = strict(body, 'utf-8');
  if (utf8 !== null) return { text: utf8, encoding: 'utf-8', undecodable: 0 };
  // A label for sixteen-bit units without a mark is taken for UTF-8, as in browsers.
  const label = labels.find((name) => name !== 'utf-8' && !name.startsWith('utf-16'));
  if (label !== undefined) return counted(new TextDecoder(label).decode(body), label);
  const lenient = new TextDecoder('utf-8').decode(body);
  const chinese = new TextDecoder('gb18030').decode(body);
  return damage(lenient) > 4 * damage(chinese) + BY_ACCIDENT ? counted(chinese, 'gb18030') : counted(lenient, 'utf-8');
}

function counted(text: string, encoding: string): Omit<DecodedText, 'doubt'> {
  return { text, encoding, undecodable: damage(text) };
}

/** A UTF-8 page that was cut in the middle of a character, or damaged at a place or two, is a UTF-8 page still. */
const BY_ACCIDENT = 3;

function strict(body: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    return null; // the bytes are none of this encoding
  }
}

function damage(text: string): number {
  let places = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) places += 1;
  return places;
}

/** GBK is a part of GB 18030. */
const familyOf = (encoding: string) => (encoding === 'gbk' ? 'gb18030' : encoding);

function doubtOf(labels: readonly string[], used: string, distinctive: boolean): string | null {
  const families = new Set(labels.map(familyOf));
  if (families.size > 1) return `labels ${[...new Set(labels)].join(' and ')}, bytes ${used}`;
  const [label] = families;
  if (!distinctive || label === familyOf(used) || (label === undefined && used === 'utf-8')) return null;
  return `${label === undefined ? 'no label' : `label ${label}`}, bytes ${used}`;
}
