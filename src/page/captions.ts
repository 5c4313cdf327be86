/**
 * Which line is a picture's caption (site.md, 2.5): by how it is set, what it says, and where it stands. In one pass over the
 * lines of a body.
 */
import { readByline } from './byline.ts';
import { textOf } from './column.ts';
import { type AnyNode, type Element, isElement, oneLine } from './html.ts';
import type { Line } from './lines.ts';
import { hasEnd, isNumbered, isQuotation, seen } from './sentences.ts';

export interface Captions {
  /** By the picture. Of several pictures in one line the last has the caption. */
  readonly of: ReadonlyMap<Element, string>;
  /** The lines that are captions. */
  readonly lines: ReadonlySet<Line>;
  /** Lines beside a picture that may be its caption or not, and were not taken for one. */
  readonly unclear: readonly Line[];
}

interface Step {
  readonly line: Line;
  /** The last picture of the article in it. */
  readonly picture: Element | null;
  readonly reading: Reading;
}

/** @param isPicture whether an element shows a picture of the article */
export function readCaptions(lines: readonly Line[], isPicture: (element: Element) => boolean): Captions {
  const usual = usualSetting(lines);
  const steps = lines.map((line): Step => {
    const picture = line.shown.findLast(isPicture) ?? null;
    return { line, picture, reading: line.shown.length === 0 ? readingOf(line, usual) : 'text' };
  });
  const { above, inRows } = captionsAbove(steps);
  const cells = cellsBelow(steps);
  const of = new Map<Element, string>();
  const taken = new Set<Line>();
  const unclear: Line[] = [];

  for (const [i, step] of steps.entries()) {
    const { line, picture } = step;
    if (picture === null) continue;
    const { caption, reading } = above.has(i)
      ? { caption: steps[i - 1]?.line, reading: 'certain' }
      : line.text === ''
        ? readBelow(steps, i, cells)
        : readBeside(line);
    if (caption === undefined) continue;
    if (reading === 'unclear') unclear.push(caption);
    else if (reading !== 'text') {
      taken.add(caption);
      of.set(picture, captionText(caption, line));
    }
  }
  const blocks = new Set([...taken].map(({ block }) => block));
  const left = inRows.filter((line) => !taken.has(line) && (line.block === null || !blocks.has(line.block)));
  return { of, lines: taken, unclear: [...new Set([...unclear, ...left])] };
}

interface Candidate {
  readonly caption?: Line;
  readonly reading: Reading;
}

/** The text that shares a centred block with a picture is its caption; elsewhere a sentence holds a small picture. */
function readBeside(line: Line): Candidate {
  if (line.align === 'center' && line.block !== null) return { caption: line, reading: 'caption' };
  const text = seen(line.text);
  return { caption: line, reading: line.beginsShown && isShort(text) && !hasEnd(text) ? 'unclear' : 'text' };
}

/** The line right below in the same cell or figure; else the cell below, or what follows a figure or table of one column. */
function readBelow(steps: readonly Step[], i: number, cells: ReadonlyMap<Element, Step>): Candidate {
  const { holder } = (steps[i] as Step).line;
  const next = steps[i + 1];
  if (next !== undefined && next.line.holder === holder) return { caption: next.line, reading: next.reading };
  if (holder === null) return { reading: 'text' };
  const cell = cells.get(holder);
  if (cell !== undefined) return { caption: cell.line, reading: readingInCell(cell) };
  if (next === undefined) return { reading: 'text' };
  if (next.line.holder === null) return { caption: next.line, reading: next.reading };
  const isBeside = next.line.holder.parent === holder.parent && next.picture === null;
  return isBeside && isShort(next.line.text) ? { caption: next.line, reading: 'unclear' } : { reading: 'text' };
}

/** Each cell of a table with the first line of the cell below it. */
function cellsBelow(steps: readonly Step[]): ReadonlyMap<Element, Step> {
  const first = new Map<Element, Step>();
  const rows = new Set<AnyNode>();
  for (const step of steps) {
    const { holder } = step.line;
    if (holder === null || first.has(holder)) continue;
    first.set(holder, step);
    if (holder.parent !== null) rows.add(holder.parent);
  }
  const below = new Map<Element, Step>();
  for (const row of rows) {
    const next = followingElement(row);
    if (next === null || !isElement(row) || row.name !== 'tr') continue;
    const [upper, lower] = [row.children.filter(isElement), next.children.filter(isElement)];
    for (const [column, cell] of upper.entries()) {
      const under = lower[column];
      const step = under === undefined ? undefined : first.get(under);
      if (step !== undefined && step.picture === null) below.set(cell, step);
    }
  }
  return below;
}

function followingElement(node: AnyNode): Element | null {
  let next = node.next;
  while (next !== null && !isElement(next)) next = next.next;
  return next;
}

/**
 * Where captions stand above their pictures: a row of captions and pictures that begins with a caption and ends with a
 * picture. It is taken so where how the captions are set leaves no doubt.
 */
function captionsAbove(steps: readonly Step[]): {
  readonly above: ReadonlySet<number>;
  readonly inRows: readonly Line[];
} {
  const above = new Set<number>();
  const inRows: Line[] = [];
  for (const [start, end] of rowsOf(steps)) {
    const row = steps.slice(start, end);
    const captions = row.filter(({ picture }) => picture === null);
    const isCertain = captions.every(({ reading }) => reading === 'certain');
    const isAbove = row[0]?.picture === null && row.at(-1)?.picture !== null;
    if (isCertain) inRows.push(...captions.map(({ line }) => line));
    if (!isAbove) continue;
    for (let i = start + 1; i < end; i++)
      if (steps[i]?.picture !== null && steps[i - 1]?.picture === null) {
        const { line } = steps[i - 1] as Step;
        if (isCertain) above.add(i);
        else if (isShort(line.text) && !hasEnd(seen(line.text))) inRows.push(line);
      }
  }
  return { above, inRows };
}

/** Where pictures and captions follow one another in one cell, figure or text, two at the least: begin and end. */
function* rowsOf(steps: readonly Step[]): Generator<readonly [start: number, end: number], void> {
  let start = 0;
  for (let i = 1; i <= steps.length; i++) {
    const [before, step] = [steps[i - 1] as Step, steps[i]];
    if (step !== undefined && isOfRow(before) && isOfRow(step) && step.line.holder === before.line.holder) continue;
    if (isOfRow(before) && steps.slice(start, i).some(({ picture }) => picture !== null)) yield [start, i];
    start = i;
  }
}

function isOfRow({ line, picture, reading }: Step): boolean {
  return picture === null ? reading === 'certain' || reading === 'caption' : line.text === '';
}

// What a line beside a picture is, by how it is set and by what it says.

/** `certain`: wherever it stands beside a picture. `caption`: where it stands below. */
type Reading = 'certain' | 'caption' | 'unclear' | 'text';

/** How most lines of a body are set shows nothing. */
interface UsualSetting {
  readonly isCentred: boolean;
  readonly isGrey: boolean;
}

const FEWEST_USUAL = 4;

function usualSetting(lines: readonly Line[]): UsualSetting {
  const texts = lines.filter(({ text }) => text !== '');
  const isUsual = (has: (line: Line) => boolean) => {
    const count = texts.filter(has).length;
    return count >= FEWEST_USUAL && count > texts.length / 2;
  };
  return { isCentred: isUsual(({ align }) => align === 'center'), isGrey: isUsual(({ isGrey }) => isGrey) };
}

/** `…图源：某社`, `…视频截图`, `…资料图（某报）`, at the end of a short line. */
const SOURCE_OF_PICTURE =
  /(?:(?:图源|图自|图片来源)[^。！？]{0,30}|(?:截图|资料图|供图)(?:\s*[（(:：][^。！？]{0,30})?)$/;
/** `▲…`, `图为…`, `图1：…`, `（资料图）`. */
const SPEAKS_OF_PICTURE =
  /^[（(]?(?:[▲△▼↑↓◎]|(?:上|下|左|右|资料|题)?图(?:为|说|注|\s*[\d一二三四五六七八九十]{1,3})?[:：\s]|图为)/;
/** What stands at the head and the foot of an article. */
const NOTICE = /^[（(【[]?(?:本文|原标题|责任?编辑|编辑|来源|作者|记者|未经)/;

const SHORT = 80;
/** Longer ones are paragraphs, however they are set. */
const LONGEST_CAPTION = 200;

function isShort(text: string): boolean {
  return text.length <= SHORT;
}

function readingOf(line: Line, usual: UsualSetting): Reading {
  const text = seen(line.text);
  const isGrey = line.isGrey && !usual.isGrey;
  // A style may have taken back that an editor centred it.
  const isCentred = (line.align === 'center' || line.block?.attribs.align === 'center') && !usual.isCentred;
  const isSetOff = isGrey || isCentred;
  if (line.place === 'caption') return 'certain';
  if (!/[\p{L}\p{N}]/u.test(text)) return 'text';
  if (line.place !== null && isShort(text) && /^(?:h[56]|dd)$/.test(line.block?.name ?? '')) return 'unclear';
  if (line.place !== null || readByline([text]) !== null || (isNumbered(text) && !isGrey)) return 'text';
  if (NOTICE.test(text) || isQuotation(text) || text.length > LONGEST_CAPTION) return isSetOff ? 'unclear' : 'text';
  if (isShort(text) && (SOURCE_OF_PICTURE.test(text) || SPEAKS_OF_PICTURE.test(text))) return 'certain';
  if (isGrey) return 'certain';
  if (line.isStrong) return isCentred ? 'unclear' : 'text';
  if (isCentred) return 'caption';
  return isShort(text) && !hasEnd(text) && !/[:：]$/.test(text) ? 'unclear' : 'text';
}

/** A cell below a picture says what it shows. */
function readingInCell({ line, reading }: Step): Reading {
  if (reading !== 'unclear' && reading !== 'text') return reading;
  return isShort(line.text) && !line.isStrong && line.shown.length === 0 ? 'caption' : 'unclear';
}

/** The text of a caption: of its whole paragraph, where it has one of its own. */
function captionText({ block, text }: Line, picture: Line): string {
  const isOwn = block !== null && (block !== picture.block || picture.text !== '') && PARAGRAPHS.has(block.name);
  return isOwn ? oneLine(textOf(block)) : text;
}

const PARAGRAPHS: ReadonlySet<string> = new Set(['p', 'figcaption']);
