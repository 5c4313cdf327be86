/** What of a page that is laid out a reader does not see, and why: by boxes and styles alone. Pure. */
import type { Appearance, Box, LaidOutNode, Rect } from '../fetch/appearance.ts';

export interface Visibility {
  /**
   * Why nobody sees what is painted at a place; null where it is seen.
   * @param node index of the node that it belongs to; what its own style says counts
   */
  whyUnseen(node: number, rect: Rect): string | null;
  /**
   * The same of text, which may be too small, or painted in the colour of what is behind it.
   * @param length in characters; a line of text has more pixels than that
   */
  whyUnread(node: number, rect: Rect, length: number): string | null;
}

/** Below that nobody notices a thing. */
const FAINT = 0.1;
/** Letters of fewer pixels are a line of dots. */
const SMALLEST_TEXT = 4;
/** Of the 255 steps of each colour. */
const ALIKE = 24;
/** A page has some dozens of surfaces; of one that has thousands the first are looked at. */
const MOST_SURFACES = 2000;
/** Of the smaller of two sides: what is cut off at an edge is still seen. */
const MOSTLY = 0.5;
/** Of the length of a line: what is cut off there is read no more. */
const NEARLY_ALL = 0.8;

export function openVisibility({ nodes, viewport }: Appearance): Visibility {
  const surfaces = nodes
    .flatMap((node, at) => (isSurface(node) && node.box !== null ? [{ at, box: node.box }] : []))
    .slice(0, MOST_SURFACES)
    .filter(({ at, box }) => faintness(at) > 1 - FAINT && box.style.visibility === 'visible')
    .map(({ at, box }) => ({ at, box: { ...box, rect: remainderOf(at, box.rect) } }));
  const veil = surfaces.find(({ at, box }) => isFixed(at) && fills(box.rect));
  const fixed = new Set(surfaces.filter(({ at }) => isFixed(at)).map(({ at }) => at));

  return { whyUnseen, whyUnread };

  function whyUnseen(node: number, rect: Rect): string | null {
    const box = nodes[node]?.box ?? null;
    if (box === null) return 'it is not laid out';
    if (box.style.visibility !== 'visible') return `visibility ${box.style.visibility}`;
    if (faintness(node) < FAINT) return 'opacity';
    const clipped = whyClipped(node, rect);
    if (typeof clipped === 'string') return clipped;
    if (clipped.right <= 0 || clipped.bottom <= 0 || clipped.left >= viewport.width) return 'off the page';
    if (veil !== undefined && !isWithin(node, veil.at)) return `covered by ${nameOf(veil.at)}`;
    const cover = surfaces.find(
      ({ at, box: own }) =>
        own.order > box.order &&
        !fixed.has(at) &&
        isOver(own.rect, clipped) &&
        !isWithin(node, at) &&
        !isWithin(at, node),
    );
    return cover === undefined ? null : `covered by ${nameOf(cover.at)}`;
  }

  function whyUnread(node: number, rect: Rect, length: number): string | null {
    const style = nodes[node]?.box?.style;
    if (style === undefined) return 'it is not laid out';
    const [width, height] = [rect.right - rect.left, rect.bottom - rect.top];
    if (height < SMALLEST_TEXT || Number.parseFloat(style['font-size']) < SMALLEST_TEXT || width < length)
      return 'too small to be read';
    if (style['-webkit-text-security'] !== 'none') return 'drawn as dots';
    if (style.direction === 'rtl' && style['unicode-bidi'].endsWith('override')) return 'set backwards';
    const ink = colourOf(style['-webkit-text-fill-color']);
    if (ink !== null && ink.alpha < FAINT) return 'transparent';
    const unseen = whyUnseen(node, rect);
    if (unseen !== null || ink === null) return unseen;
    const ground = groundOf(node);
    return ground !== null && areAlike(ink, ground) ? 'in the colour of its background' : null;
  }

  /** Where a scroller or nothing cuts it, a place at which it is seen. */
  function whyClipped(node: number, rect: Rect): Rect | string {
    let seen = rect;
    let escapes: 'nothing' | 'unpositioned' | 'all' = 'nothing';
    for (let at = node; at >= 0; at = nodes[at]?.parent ?? -1) {
      const { box = null, name } = nodes[at] ?? {};
      if (box === null || name === '#document') continue;
      const { style } = box;
      const isHolder = style.transform !== 'none' || (escapes === 'unpositioned' && style.position !== 'static');
      if (isHolder && at !== node) escapes = 'nothing';
      const isRoot = name === 'html' || name === 'body'; // their overflow is the window's
      const shape = shapeOf(box);
      if (shape !== null && escapes === 'nothing' && !isOver(shape, seen)) return `clipped by ${nameOf(at)}`;
      if (escapes === 'nothing' && at !== node && !isRoot && box.text === null) {
        const isText = nodes[node]?.box?.text !== null;
        if (hides(style['overflow-x']) && !overlapsX(box.rect, seen, isText)) return `cut off by ${nameOf(at)}`;
        if (hides(style['overflow-y']) && !overlapsY(box.rect, seen)) return `cut off by ${nameOf(at)}`;
        if (scrolls(style['overflow-x']) || scrolls(style['overflow-y'])) {
          if (box.rect.bottom - box.rect.top < SMALLEST_TEXT || box.rect.right - box.rect.left < SMALLEST_TEXT)
            return `cut off by ${nameOf(at)}`;
          seen = box.rect;
        }
      }
      if (style.position === 'fixed') escapes = 'all';
      else if (style.position === 'absolute' && escapes === 'nothing') escapes = 'unpositioned';
    }
    return seen;
  }

  /** What boxes that cut off leave of a surface. */
  function remainderOf(node: number, rect: Rect): Rect {
    let { left, top, right, bottom } = rect;
    for (let at = nodes[node]?.parent ?? -1; at >= 0; at = nodes[at]?.parent ?? -1) {
      const box = nodes[at]?.box ?? null;
      if (box === null) continue;
      if (box.style['overflow-x'] !== 'visible') {
        left = Math.max(left, box.rect.left);
        right = Math.min(right, box.rect.right);
      }
      if (box.style['overflow-y'] !== 'visible') {
        top = Math.max(top, box.rect.top);
        bottom = Math.min(bottom, box.rect.bottom);
      }
    }
    return { left, top, right, bottom };
  }

  /** How much of its opacity is left by all that it stands in. */
  function faintness(node: number): number {
    let left = 1;
    for (let at = node; at >= 0 && left >= FAINT / 10; at = nodes[at]?.parent ?? -1) {
      const { box = null, name = '' } = nodes[at] ?? {};
      // A text has the style of its element.
      if (box === null || name.startsWith('#')) continue;
      left *= Number.parseFloat(box.style.opacity) * Number(/\bopacity\(([\d.]+)\)/.exec(box.style.filter)?.[1] ?? 1);
    }
    return left;
  }

  /** The colour behind a text; null where a picture is there, or a colour that is not known. */
  function groundOf(node: number): Colour | null {
    const text = nodes[node]?.box;
    for (let at = nodes[node]?.parent ?? -1; at >= 0; at = nodes[at]?.parent ?? -1) {
      const { box = null, name = '' } = nodes[at] ?? {};
      if (box === null || name.startsWith('#')) continue;
      if (box.style['background-image'] !== 'none') return null;
      const colour = colourOf(box.style['background-color']);
      if (colour === null || (colour.alpha > FAINT && colour.alpha < 1 - FAINT)) return null;
      if (colour.alpha >= 1 - FAINT) return text != null && isOver(box.rect, text.rect) ? colour : null;
    }
    return WHITE;
  }

  function fills({ left, top, right, bottom }: Rect): boolean {
    return right - left > 0.8 * viewport.width && bottom - top > 0.8 * viewport.height;
  }

  function isFixed(node: number): boolean {
    for (let at = node; at >= 0; at = nodes[at]?.parent ?? -1) {
      const position = nodes[at]?.box?.style.position;
      if (position === 'fixed' || position === 'sticky') return true;
    }
    return false;
  }

  function isWithin(node: number, outer: number): boolean {
    for (let at = node; at >= outer; at = nodes[at]?.parent ?? -1) if (at === outer) return true;
    return false;
  }

  /** As a selector would name it. */
  function nameOf(node: number): string {
    const { name = '', attributes = [] } = nodes[node] ?? {};
    const value = (wanted: string) => attributes.find((_, i) => i % 2 === 1 && attributes[i - 1] === wanted) ?? '';
    const classes = value('class').split(/\s+/).filter(Boolean).slice(0, 3);
    return [name, ...(value('id') === '' ? [] : [`#${value('id')}`]), ...classes.map((each) => `.${each}`)].join('');
  }
}

/** What hides all that is painted before it. Of pictures the article's own alone are drawn. */
function isSurface({ name, box }: LaidOutNode): boolean {
  if (box === null || name.startsWith('#')) return false;
  const colour = colourOf(box.style['background-color']);
  return (colour !== null && colour.alpha >= 1 - FAINT) || name === 'img';
}

function hides(overflow: string): boolean {
  return overflow === 'hidden' || overflow === 'clip';
}

function scrolls(overflow: string): boolean {
  return overflow === 'auto' || overflow === 'scroll';
}

/** What `clip` and `clip-path` leave of a box; null where they leave all, or a shape that is not known. */
function shapeOf({ rect, style }: Box): Rect | null {
  const clip = /^rect\(([\d.-]+)px,? ([\d.-]+)px,? ([\d.-]+)px,? ([\d.-]+)px\)$/.exec(style.clip);
  if (clip !== null && (style.position === 'absolute' || style.position === 'fixed')) {
    const [top = 0, right = 0, bottom = 0, left = 0] = clip.slice(1).map(Number);
    return { left: rect.left + left, top: rect.top + top, right: rect.left + right, bottom: rect.top + bottom };
  }
  const path = style['clip-path'];
  if (/^(?:circle|ellipse)\(0(?:px|%)?[ )]/.test(path)) return { ...rect, right: rect.left, bottom: rect.top };
  const inset = /^inset\(([^)]{1,80}?)(?: round [^)]{0,80})?\)$/.exec(path)?.[1]?.split(' ');
  if (inset === undefined) return null;
  const [top = '0', right = top, bottom = top, left = right] = inset;
  const [width, height] = [rect.right - rect.left, rect.bottom - rect.top];
  const lengthOf = (text: string, whole: number) => Number.parseFloat(text) * (text.endsWith('%') ? whole / 100 : 1);
  return {
    left: rect.left + lengthOf(left, width),
    top: rect.top + lengthOf(top, height),
    right: rect.right - lengthOf(right, width),
    bottom: rect.bottom - lengthOf(bottom, height),
  };
}

/** True where the middle of the inner one lies in the outer one. */
function isOver(outer: Rect, { left, top, right, bottom }: Rect): boolean {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return x >= outer.left && x < outer.right && y >= outer.top && y < outer.bottom;
}

function overlapsX(outer: Rect, inner: Rect, isText: boolean): boolean {
  const width = Math.min(inner.right, outer.right) - Math.max(inner.left, outer.left);
  const [own, other] = [inner.right - inner.left, outer.right - outer.left];
  return width > 0 && width >= (isText ? NEARLY_ALL * own : MOSTLY * Math.min(own, other));
}

function overlapsY(outer: Rect, inner: Rect): boolean {
  const height = Math.min(inner.bottom, outer.bottom) - Math.max(inner.top, outer.top);
  return height > 0 && height >= MOSTLY * Math.min(inner.bottom - inner.top, outer.bottom - outer.top);
}

// Colours.

interface Colour {
  readonly channels: readonly number[];
  readonly alpha: number;
}

const WHITE: Colour = { channels: [255, 255, 255], alpha: 1 };

/** Null for a colour in another form than computed values usually have (CSS Color 4, 15.1). */
function colourOf(text: string): Colour | null {
  const numbers = /^rgba?\(([\d., ]+)\)$/.exec(text)?.[1]?.split(',').map(Number);
  if (numbers === undefined) return null;
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
  return { channels: [red, green, blue], alpha };
}

function areAlike(a: Colour, b: Colour): boolean {
  return a.channels.every((channel, i) => Math.abs(channel - (b.channels[i] ?? 0)) < ALIKE);
}
