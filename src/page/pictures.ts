/** The pictures that a body shows, in order of appearance. */

import { Buffer } from 'node:buffer';
import type { BodyImage, BodyMedia } from '../model.ts';
import { inScope, type Site } from '../site/address.ts';
import { textOf } from './column.ts';
import { type AnyNode, absoluteUrl, type Element, elementsBelow, isElement, nodesIn, oneLine } from './html.ts';
import { pictureAddress, SHOWS_PICTURES } from './picture-address.ts';

/** Addresses on the site's own hosts of what is drawn but is no picture of the article (site.md, 5). */
const NOT_PICTURES: readonly { readonly name: string; readonly path: RegExp }[] = [
  { name: 'emoji', path: /\/static\/imgs\/smiles\// },
  { name: 'badge', path: /\/(?:vip-crown|noV|blueV)\.\w+$/ },
  { name: 'code of the app', path: /\/app-erweima\.\w+$/ },
  { name: 'advertisement', path: /^\/tg\// },
];

/** Pictures of a body with noise removed: absolute URL as in the page, and caption. Emoji and icons are left out. */
export function readImages(elements: readonly Element[], base: string, site: Site): readonly BodyImage[] {
  const images = elements.filter(({ name }) => SHOWS_PICTURES.has(name) && name !== 'video');
  return images.flatMap((image, i) => {
    const src = pictureAddress(image, base);
    if (src === null || !isPicture(src, site)) return [];
    return [{ src, caption: readCaption(image, images[i + 1] ?? null) }];
  });
}

/** False for what is drawn on the site's own hosts and is no picture of an article. */
export function isPicture(src: string, site: Site): boolean {
  return !inScope(src, site) || !isDrawn(src);
}

/** True for an address that on the site's own hosts is of an emoji, a badge or an advertisement. */
export function isDrawn(src: string): boolean {
  if (src.startsWith('data:')) return false;
  const { pathname } = new URL(src);
  return NOT_PICTURES.some(({ path }) => path.test(pathname));
}

// Which text is a picture's caption (site.md, 2.5).

/** What a paragraph must not hold to be a caption. */
const MORE_THAN_TEXT: readonly string[] = ['img', 'iframe', 'video', 'table', 'p', 'div'];
const CENTRED = /text-align\s*:\s*center/i;
const GREY = /#(?:([5-9ab])\1{2}|([5-9ab][0-9a-f])\2{2})\b|\bgr[ae]y\b/i;
/** `…图源：某社`, `…视频截图`, `…资料图（某报）`, at the end of a short line. */
const SOURCE_OF_PICTURE =
  /(?:(?:图源|图自|图片来源)[^。！？]{0,30}|(?:截图|资料图|供图)(?:\s*[（(:：][^。！？]{0,30})?)$/;
const SHORT = 80;
/** Characters that nobody sees and editors leave behind. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;

/**
 * The caption of a picture: the text of the paragraph right after the picture's own, if that is centred, all grey, or
 * short with a picture's source at its end; else the text that shares a centred paragraph with the picture; else the
 * picture's `title`, where that is no text of the editor. Null if none is there. Of several pictures in one paragraph
 * only the last has the paragraph's caption.
 * @param following the next picture of the body
 */
function readCaption(image: Element, following: Element | null): string | null {
  return captionBeside(image, following) ?? titleOf(image);
}

function captionBeside(image: Element, following: Element | null): string | null {
  const block = blockOf(image);
  if (following !== null && stands(following, block)) return null;
  const next = nextElement(block);
  if (next !== null && CAPTIONS.has(next.name) && isTextAlone(next) && isCaption(next)) return textIn(next);
  return block !== image && isCentred(block) ? textIn(block) : null;
}

/** What a caption may stand in, behind the picture's own paragraph. */
const CAPTIONS: ReadonlySet<string> = new Set(['p', 'center', 'figcaption', 'div']);

function nextElement({ next }: Element): Element | null {
  let node = next;
  while (node !== null && !isElement(node)) node = node.next;
  return node;
}

function stands(inner: AnyNode, outer: AnyNode): boolean {
  for (let above = inner.parent; above !== null; above = above.parent) if (above === outer) return true;
  return false;
}

/** Ends at the first that is more: blocks that hold one another are not gone through for each picture. */
function isTextAlone({ children }: Element): boolean {
  for (const node of nodesIn(children)) if (isElement(node) && MORE_THAN_TEXT.includes(node.name)) return false;
  return true;
}

/** What the site's editor writes into every picture (site.md, 2.5), and names of files. */
const NO_CAPTION = /^点击(?:查看|放大|看)?(?:大图|原图)?|\.(?:jpe?g|png|gif|webp)$|^[\w-]*$/i;

function titleOf({ attribs }: Element): string | null {
  const title = oneLine(attribs.title ?? '');
  return NO_CAPTION.test(title) ? null : title;
}

/** The paragraph that the picture stands in; the picture itself where it stands between paragraphs. */
function blockOf(image: Element): Element {
  for (let above = image.parent; above !== null && isElement(above); above = above.parent) {
    if (above.name === 'p' || above.name === 'figure' || above.name === 'center') return above;
    if (above.name === 'div' || above.name === 'td') break;
  }
  return image;
}

function isCaption(paragraph: Element): boolean {
  const text = textIn(paragraph);
  if (text === null) return false;
  return (
    isCentred(paragraph) ||
    isGrey(paragraph, text) ||
    (text.length <= SHORT && SOURCE_OF_PICTURE.test(text.replace(INVISIBLE, '')))
  );
}

function isCentred({ name, attribs }: Element): boolean {
  const { align = '', style = '', class: className = '' } = attribs;
  return name === 'center' || /^center$/i.test(align) || CENTRED.test(style) || /center|caption/i.test(className);
}

/** All of its text stands inside one grey element. */
function isGrey(paragraph: Element, text: string): boolean {
  const grey = elementsBelow([paragraph]).find(
    ({ name, attribs }) => /^(?:span|font)$/.test(name) && GREY.test(`${attribs.style ?? ''} ${attribs.color ?? ''}`),
  );
  return grey !== undefined && oneLine(textOf(grey)) === text;
}

function textIn(element: Element): string | null {
  return oneLine(textOf(element)) || null;
}

// Frames, players and covers of videos in a body: they stay links (site.md, 2.5 and 5).

/**
 * What the body shows by other means than text and pictures, in order, then the pictures that stand for a video. Without
 * an address nothing can be linked, and the element is left out; the body keeps it.
 */
export function readMedia(
  elements: readonly Element[],
  images: readonly BodyImage[],
  base: string,
): readonly BodyMedia[] {
  const players = elements.flatMap((element): BodyMedia[] => {
    if (pictureAddress(element, base) !== null && element.name === 'embed') return [];
    const kind = PLAYERS.find((name) => name === element.name);
    const src = kind === undefined ? null : absoluteUrl(addressOf(element), base);
    return kind === undefined || src === null ? [] : [{ kind, src, length: null }];
  });
  const covers = images.flatMap(({ src }): BodyMedia[] => {
    const length = videoLength(src);
    return length === null ? [] : [{ kind: 'cover', src, length }];
  });
  return [...players, ...covers];
}

const PLAYERS = ['iframe', 'video', 'audio', 'embed'] as const;

function addressOf({ attribs, children }: Element): string | undefined {
  const own = attribs.src || attribs['data-src'];
  const source = children.find((child) => child.type === 'tag' && child.name === 'source');
  return own || (source?.type === 'tag' ? source.attribs.src : undefined);
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
