/** What a reader sees against what was extracted, as flags. Pure. */
import type { Rect } from '../fetch/appearance.ts';
import { type Flag, flag, READER_FLAGS } from '../flags.ts';
import type { Article } from '../model.ts';
import { parseFragment } from '../page/html.ts';
import { linesOf } from '../page/lines.ts';
import type { Seen, SeenLine } from './seen.ts';

/** What of an article is compared. */
export type Extracted = Pick<Article, 'title' | 'body' | 'images'>;

type Difference = { readonly code: (typeof READER_FLAGS)[number]; readonly what: string };

/** @returns at most one flag of each code, in the order of `READER_FLAGS` */
export function compareSeen(seen: Seen, article: Extracted): readonly Flag[] {
  const differences = [
    ...compareTitle(seen, article),
    ...compareText(seen, article),
    ...comparePictures(seen, article),
    ...compareOrder(seen),
    ...compareCaptions(seen, article),
  ];
  return READER_FLAGS.flatMap((code) => {
    const all = differences.filter((each) => each.code === code);
    const more = all.length > 1 ? ` (and ${all.length - 1} more)` : '';
    return all[0] === undefined ? [] : [flag(code, `${all[0].what}${more}`)];
  });
}

/** Text without what layout decides: white space, and upper and lower case. */
function bare(text: string): string {
  return text.replace(/[\s\u00ad\u200b-\u200f\u2060\ufeff]+/g, '').toLowerCase();
}

const QUOTED = 40;

function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return `“${line.length > QUOTED ? `${line.slice(0, QUOTED - 1)}…` : line}”`;
}

function compareTitle({ title, hidden }: Seen, article: Extracted): Difference[] {
  if (title === null || bare(title) === bare(article.title)) return [];
  const what = `headline: extracted ${quote(article.title)}, seen ${quote(title)}${reasonFor(article.title, hidden)}`;
  return [{ code: title.trim() === '' ? 'reader-sees-less' : 'reader-sees-otherwise', what }];
}

/** A page that differs in more lines than these is another page; a flag names the first. */
const MOST_COMPARED = 100;

/** Lines by their text, however often each comes: their order is seen by where they stand. */
function compareText({ flow, hidden }: Seen, { body }: Extracted): Difference[] {
  const tree = parseFragment(body);
  tree('script, style, template, noscript').remove();
  const extracted = linesOf(tree.root().contents());
  const seen = flow.flatMap((each) => (each.kind === 'line' ? [each.text] : []));
  const less = without(extracted, seen).slice(0, MOST_COMPARED);
  const more = without(seen, extracted).slice(0, MOST_COMPARED);
  const changed = more.flatMap((text): Difference[] => {
    const own = bare(text);
    const at = less.findIndex((each) => own.includes(bare(each)) || bare(each).includes(own));
    if (at < 0) return [{ code: 'reader-sees-more', what: `not extracted, seen ${quote(text)}` }];
    const [before = ''] = less.splice(at, 1);
    const isMore = own.length > bare(before).length;
    const what = `extracted ${quote(before)}, seen ${quote(text)}${isMore ? '' : reasonFor(before, hidden)}`;
    return [{ code: isMore ? 'reader-sees-more' : 'reader-sees-less', what }];
  });
  const lost = less.map(
    (text): Difference => ({
      code: 'reader-sees-less',
      what: `extracted ${quote(text)}, not seen${reasonFor(text, hidden)}`,
    }),
  );
  return [...changed, ...lost];
}

function reasonFor(text: string, hidden: Seen['hidden']): string {
  const why = hidden
    .slice(0, 10 * MOST_COMPARED)
    .find((each) => bare(each.text) !== '' && bare(text).includes(bare(each.text)))?.why;
  return why === undefined ? '' : `: ${why}`;
}

/** The lines of the one that the other lacks. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const each of others) counts.set(bare(each), (counts.get(bare(each)) ?? 0) + 1);
  return lines.filter((each) => {
    const key = bare(each);
    const left = counts.get(key) ?? 0;
    if (left > 0) counts.set(key, left - 1);
    return key !== '' && left === 0;
  });
}

function comparePictures({ flow, drawn }: Seen, { images }: Extracted): Difference[] {
  const pictures = flow.filter((each) => each.kind === 'picture');
  const extracted = new Set(images.map(({ src }) => src));
  const bySrc = Map.groupBy(pictures, ({ src }) => src);
  const less = [...extracted].flatMap((src): Difference[] => {
    const all = bySrc.get(src) ?? [];
    if (all.some(({ unseen }) => unseen === null)) return [];
    return [
      {
        code: 'reader-sees-less',
        what: `picture ${nameOf(src)} does not show: ${all[0]?.unseen ?? 'it is not there'}`,
      },
    ];
  });
  const shown = new Set(pictures.flatMap(({ src, unseen }) => (unseen === null ? [src] : [])));
  const more = [...shown, ...drawn].filter((src) => !extracted.has(src));
  return [
    ...less,
    ...[...new Set(more)].map(
      (src): Difference => ({ code: 'reader-sees-more', what: `picture ${nameOf(src)}, not extracted` }),
    ),
  ];
}

/** The end of an address says which it is. */
function nameOf(src: string): string {
  return src.length > 60 ? `…${src.slice(-59)}` : src;
}

function compareOrder({ turned }: Seen): Difference[] {
  return turned.map(({ first, second }) => ({
    code: 'reader-sees-otherwise',
    what: `extracted ${quote(first)} before ${quote(second)}, seen the other way round`,
  }));
}

function area({ left, top, right, bottom }: Rect): number {
  return (right - left) * (bottom - top);
}

// Captions: the line that stands next to a picture.

/** What stands farther from a picture is not read with it, in pixels. */
const NEAR = 60;
const LONGEST_CAPTION = 120;
/** Of the pictures of an article the first are looked at. */
const MOST_PICTURES = 200;

function compareCaptions({ flow }: Seen, { images }: Extracted): Difference[] {
  const lines = flow.filter((each) => each.kind === 'line');
  const captions = new Set(images.flatMap(({ caption }) => (caption === null ? [] : [bare(caption)])));
  const printed = new Set(lines.map(({ text }) => bare(text)));
  const ordinary = ordinaryStyle(lines);
  return images.slice(0, MOST_PICTURES).flatMap(({ src, caption }): Difference[] => {
    const picture = flow.find((each) => each.kind === 'picture' && each.src === src && each.unseen === null);
    if (picture?.kind !== 'picture' || picture.rect === null || area(picture.rect) === 0) return [];
    const { rect } = picture;
    const [below, above] = [linesNextTo(rect, lines, 'below'), linesNextTo(rect, lines, 'above')];
    const looksLike = (line: SeenLine | undefined) =>
      line !== undefined && !captions.has(bare(line.text)) && looksLikeCaption(line, ordinary) ? line : null;
    const other = looksLike(below[0]) ?? looksLike(above[0]);
    const isBelow = below.some((line) => bare(line.text) === bare(caption ?? ''));
    const isPlaced = caption === null || isBelow || !printed.has(bare(caption));
    const isShared = caption !== null && images.filter((each) => each.caption === caption).length > 1;
    if (other === null && (isPlaced || isShared)) return [];
    const seen = other ?? below[0] ?? null;
    const where = seen !== null && above.includes(seen) ? 'above' : 'below';
    const named = caption === null ? 'no caption' : `caption ${quote(caption)}`;
    const what = `extracted ${named}, seen ${where} the picture ${seen === null ? 'nothing' : quote(seen.text)}`;
    return [{ code: 'reader-sees-otherwise', what }];
  });
}

/**
 * The nearest line straight below or above a picture, and the nearest that may stand to the left or right as well, as a short
 * line does at a picture in the middle. The one that is read next to the picture comes first.
 */
function linesNextTo(picture: Rect, lines: readonly SeenLine[], where: 'below' | 'above'): readonly SeenLine[] {
  const near = lines
    .map((line) => ({
      line,
      gap: where === 'below' ? line.rect.top - picture.bottom : picture.top - line.rect.bottom,
      isStraight: line.rect.right > picture.left && line.rect.left < picture.right,
    }))
    .filter(({ gap }) => gap >= -2 && gap < NEAR)
    .sort((a, b) => a.gap - b.gap);
  const straight = near.find(({ isStraight }) => isStraight)?.line;
  const any = near[0]?.line;
  if (straight === undefined || any === undefined) return any === undefined ? [] : [any];
  const [upper, lower] = where === 'below' ? [any, straight] : [straight, any];
  return upper.rect.bottom <= lower.rect.top ? [any, straight] : [straight, any];
}

type Look = Pick<SeenLine['style'], '-webkit-text-fill-color' | 'font-size' | 'text-align'>;

/** What most of the text looks like. */
function ordinaryStyle(lines: readonly SeenLine[]): Look | null {
  const lengths = new Map<string, { readonly style: Look; length: number }>();
  for (const { style, text } of lines) {
    const key = `${style['-webkit-text-fill-color']} ${style['font-size']} ${style['text-align']}`;
    const known = lengths.get(key) ?? { style, length: 0 };
    known.length += text.length;
    lengths.set(key, known);
  }
  return [...lengths.values()].sort((a, b) => b.length - a.length)[0]?.style ?? null;
}

/** Short, not bold, and smaller, paler or otherwise set than the text. */
function looksLikeCaption({ text, style }: SeenLine, ordinary: Look | null): boolean {
  if (ordinary === null || text.trim().length > LONGEST_CAPTION || Number(style['font-weight']) >= 600) return false;
  const isCentred = style['text-align'] === 'center' && ordinary['text-align'] !== 'center';
  const isSmaller = Number.parseFloat(style['font-size']) < Number.parseFloat(ordinary['font-size']);
  return isCentred || isSmaller || style['-webkit-text-fill-color'] !== ordinary['-webkit-text-fill-color'];
}
