/** Does every picture of the body have an address that a picture can be had from, and a paragraph to look for its caption? */
import { type Flag, flag } from '../../flags.ts';
import type { Element } from '../../html/html.ts';
import { textOf } from '../amount.ts';
import { pictureAddress } from '../images.ts';
import { oneLine } from '../text.ts';
import type { Reading } from './reading.ts';

/** Addresses of what stands in until the picture is loaded (site.md, 5). */
const PLACEHOLDER =
  /^data:|default_pic\.|\/(?:blank|spacer|placeholder|loading|lazy|grey|gray|transparent|1x1|pixel)\.\w+$/i;
const PICTURE = /\.(?:jpe?g|png|gif|webp)(?:[?!]|$)/i;

export function checkPictures({ bodies, article }: Reading): readonly Flag[] {
  const images = bodies.flatMap(({ elements }) => elements.filter(({ name }) => name === 'img'));
  const loose = images
    .filter((image) => captionLine(image) !== '')
    .map((image) => flag('caption-unread', captionLine(image)));
  return images
    .flatMap((image) => {
      const src = pictureAddress(image, article.url);
      const hidden = unreadAddress(image);
      if (src !== null && !PLACEHOLDER.test(src) && (hidden === null || PICTURE.test(src))) return [];
      return [flag('picture-without-address', `${src ?? 'nothing'}; ${JSON.stringify(image.attribs)}`)];
    })
    .concat(loose);
}

/** The short line below a picture on a page that breaks lines with `<br>` instead of paragraphs; empty where there is none. */
function captionLine(image: Element): string {
  let sawBreak = false;
  let line = '';
  for (let node = image.next; node !== null; node = node.next) {
    const isBreak = node.type === 'tag' && node.name === 'br';
    if (isBreak && line !== '') break;
    sawBreak ||= isBreak;
    if (node.type === 'tag' && !isBreak && !INLINE.includes(node.name)) return '';
    if (node.type === 'text' || node.type === 'tag') line += oneLine(textOf(node));
  }
  return sawBreak && line.length <= SHORT ? line : '';
}

const INLINE = ['span', 'font', 'strong', 'em', 'b', 'i', 'a'];
const SHORT = 80;

const READ = ['src', 'data-original', 'data-src', 'original', 'url', 'alt', 'title', 'srcset'];

/** An address in an attribute that no rule reads; null where there is none. */
function unreadAddress({ attribs }: Element): string | null {
  return Object.entries(attribs).find(([name, value]) => !READ.includes(name) && PICTURE.test(value))?.[1] ?? null;
}
