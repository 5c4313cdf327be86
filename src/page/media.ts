/** Frames, players and covers of videos in a body: they stay links (site.md, 2.5 and 5). */
import { Buffer } from 'node:buffer';
import type { BodyImage, BodyMedia } from '../model.ts';
import { hasContent, nameOf, textOf } from './column.ts';
import { absoluteUrl, type Element, elementsBelow } from './html.ts';
import { PICTURE, pictureAddress, SHOWS_PICTURES } from './picture-address.ts';

export interface Media {
  readonly media: readonly BodyMedia[];
  /** Frames and players in which no address was found. */
  readonly unaddressed: readonly Element[];
  /** What a script or a style shows: where that is said, with the address if one stands there. */
  readonly scripted: readonly string[];
}

/**
 * What the body shows by other means than text and pictures, in order, then what only attributes and scripts name, then
 * the pictures that stand for a video. Without an address nothing can be linked; the body keeps the element.
 * @param scripts those of the body, which are not among its elements any more
 */
export function readMedia(
  elements: readonly Element[],
  scripts: readonly Element[],
  images: readonly BodyImage[],
  base: string,
): Media {
  const players: BodyMedia[] = [];
  const unaddressed: Element[] = [];
  for (const element of elements) {
    const kind = PLAYERS[element.name];
    if (kind === undefined || (kind === 'embed' && pictureAddress(element, base) !== null)) continue;
    const src = absoluteUrl(addressOf(element), base);
    if (src !== null) players.push({ kind, src, length: null });
    else if (!elementsBelow([element]).some(({ name }) => name in PLAYERS)) unaddressed.push(element);
  }
  const named = [...elements.flatMap(namedByElement), ...scripts.flatMap(namedByScript)];
  const known = new Set(players.map(({ src }) => src));
  const others = named.flatMap(({ link }): BodyMedia[] => {
    const src = absoluteUrl(link ?? undefined, base);
    if (src === null || known.has(src) || PICTURE.test(src)) return [];
    known.add(src);
    return [{ kind: 'video', src, length: null }];
  });
  const covers = images.flatMap(({ src }): BodyMedia[] => {
    const length = videoLength(src);
    return length === null ? [] : [{ kind: 'cover', src, length }];
  });
  const scripted = named.map(({ where, link }) => (link === null ? where : `${where}: ${link}`));
  return { media: [...players, ...others, ...covers], unaddressed, scripted };
}

const PLAYERS: Readonly<Record<string, BodyMedia['kind']>> = {
  iframe: 'iframe',
  video: 'video',
  audio: 'audio',
  embed: 'embed',
  object: 'embed',
};
/** `param` elements with the address of an `object`. */
const PARAMETER = /^(?:movie|src|url|file|data)$/i;

function addressOf({ attribs, children }: Element): string | undefined {
  const own = attribs.src || attribs['data-src'] || attribs.data;
  if (own) return own;
  for (const child of children) {
    if (child.type !== 'tag') continue;
    const { src, name = '', value } = child.attribs;
    if (child.name === 'source' && src) return src;
    if (child.name === 'param' && PARAMETER.test(name) && value) return value;
  }
  return undefined;
}

// What stands in no element of its own: addresses in attributes and scripts, and places for a script to fill.

interface Named {
  readonly where: string;
  readonly link: string | null;
}

/** Files that play, by their ending. */
const PLAYS = /\.(?:m3u8|mp4|m4v|flv|f4v|webm|ogv|mov|mp3|m4a|aac|swf)(?:[?#&]|$)/i;
const ABSOLUTE = /(?:https?:)?\/\/[\w-]{1,63}\.\w/i;

/** Addresses in an attribute or a script, also within JSON, where slashes may be escaped. In time linear in the text. */
function addressesIn(text: string, { onlyFiles = false } = {}): readonly string[] {
  return text
    .replaceAll('\\/', '/')
    .split(/[\s"'`<>()\\]+/)
    .flatMap((word) => {
      const plays = word.includes('/') && PLAYS.test(word);
      const at = word.search(ABSOLUTE);
      if (at >= 0 && (plays || !onlyFiles)) return [word.slice(at)];
      return plays && /^\.{0,2}\//.test(word) ? [word] : [];
    });
}

/** Attributes whose addresses are no media, whatever the element. */
const ORDINARY = /^(?:href|src|cite|style|class|id|title|alt|xmlns|on\w+)$/;
/** Elements that show nothing by themselves and have room for a player. */
const ROOMS: ReadonlySet<string> = new Set(['div', 'section', 'figure', 'article', 'canvas', 'slot']);

function namedByElement(element: Element): readonly Named[] {
  const { name, attribs } = element;
  const where = nameOf(element);
  const found: Named[] = [];
  const { style } = attribs;
  if (style?.includes('url('))
    found.push({ where: `${where} style`, link: /url\(\s*['"]?([^'")]{1,2000})/i.exec(style)?.[1] ?? null });
  if (SHOWS_PICTURES.has(name) || name in PLAYERS || NAMES_FILES.has(name)) return found;
  for (const [attribute, value] of Object.entries(attribs)) {
    if (ORDINARY.test(attribute) || !value.includes('/')) continue;
    for (const link of addressesIn(value)) found.push({ where: `${where} ${attribute}`, link });
  }
  if (found.length > 0 || !(ROOMS.has(name) || name.includes('-'))) return found;
  const isRoom = attribs.id !== undefined || Object.keys(attribs).some((each) => each.startsWith('data-'));
  return isRoom && !hasContent([element]) ? [{ where: `${where}, empty`, link: null }] : [];
}

const NAMES_FILES: ReadonlySet<string> = new Set(['a', 'source', 'track', 'param', 'area']);

function namedByScript(script: Element): readonly Named[] {
  return addressesIn(textOf(script), { onlyFiles: true }).map((link) => ({ where: 'script', link }));
}

/**
 * How long the video plays that a picture stands for: its style writes it into the picture, in base64
 * (`…!cmspn?watermark/2/text/MDA6MjQ6MDI=` is `00:24:02`; site.md, 5). Null for any other picture.
 */
function videoLength(src: string): string | null {
  const text = /![a-z]+\?watermark\/\d+\/text\/([\w=+/-]+)/i.exec(src)?.[1];
  const words = Buffer.from(text?.split('/')[0] ?? '', 'base64url').toString();
  return /^(?:\d{1,2}:)?\d{1,2}:\d{2}$/.test(words) ? words : null;
}
