/**
 * Drawings (SVG): kept as files, never rendered, for a drawing is a program. Read here is only what tells it from a page
 * of HTML, its size, and whether it comes to its end.
 */

export interface Drawing {
  readonly state: 'whole' | 'cut';
  /** What is wrong; null for `whole`. */
  readonly detail: string | null;
  /** In pixels; 0 where it does not say it. */
  readonly facts: { readonly type: 'svg'; readonly width: number; readonly height: number };
  readonly trailingBytes: 0;
}

const LONGEST_TAG = 4096;

/**
 * @param start the first bytes of a file as text
 * @param tail its last ones
 * @returns null where it is no drawing
 */
export function readDrawing(start: string, tail: string): Drawing | null {
  const at = rootAt(start);
  if (at === null) return null;
  const rest = start.slice(at, at + LONGEST_TAG);
  const tag = rest.slice(0, rest.indexOf('>') + 1 || rest.length);
  const [, , boxWidth = 0, boxHeight = 0] = (attribute(tag, 'viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const facts = {
    type: 'svg' as const,
    width: pixels(attribute(tag, 'width')) ?? pixels(String(boxWidth)) ?? 0,
    height: pixels(attribute(tag, 'height')) ?? pixels(String(boxHeight)) ?? 0,
  };
  const isWhole = tag.endsWith('/>') || /<\/(?:\w{1,20}:)?svg\s*>\s*(?:<!--[^>]*-->\s*)?$/i.test(tail);
  const detail = isWhole ? null : 'it breaks off before its end tag';
  return { state: isWhole ? 'whole' : 'cut', detail, facts, trailingBytes: 0 };
}

/** Where the root of a drawing begins, behind what may stand before it (XML 1.0, 2.8); null where another root comes, or none. */
function rootAt(text: string): number | null {
  let at = text.startsWith('\ufeff') ? 1 : 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1;
    if (/^<(?:\w{1,20}:)?svg[\s>/]/.test(text.slice(at, at + 40))) return at;
    const end = endOfProlog(text, at);
    if (end < 0) return null;
    at = end;
  }
}

/** Just behind a declaration, comment or document type of a drawing; below 0 where none stands there or it does not end. */
function endOfProlog(text: string, at: number): number {
  const until = (mark: string) => (text.indexOf(mark, at) + 1 || -mark.length) + mark.length - 1;
  if (text.startsWith('<?', at)) return until('?>');
  if (text.startsWith('<!--', at)) return until('-->');
  if (!/^<!doctype\s+svg\b/i.test(text.slice(at, at + 40))) return -1;
  const subset = text.indexOf('[', at);
  const end = text.indexOf('>', at);
  return subset >= 0 && subset < end ? until(']>') : until('>');
}

function attribute(tag: string, name: string): string | null {
  return (
    new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
      .exec(tag)
      ?.slice(1)
      .find((value) => value !== undefined) ?? null
  );
}

/** Whole pixels; null for another unit, a share, or nothing. */
function pixels(length: string | null): number | null {
  const value = Number(/^\s*(\d{1,6}(?:\.\d{1,6})?)(?:px)?\s*$/.exec(length ?? '')?.[1]);
  return value > 0 ? Math.round(value) : null;
}
