/** Does every picture of the body have an address that a picture can be had from? */
import { type Flag, flag } from '../../flags.ts';
import type { Element } from '../../html/html.ts';
import { pictureAddress } from '../images.ts';
import type { Reading } from './reading.ts';

/** Addresses of what stands in until the picture is loaded (site.md, 5). */
const PLACEHOLDER =
  /^data:|default_pic\.|\/(?:blank|spacer|placeholder|loading|lazy|grey|gray|transparent|1x1|pixel)\.\w+$/i;
const PICTURE = /\.(?:jpe?g|png|gif|webp)(?:[?!]|$)/i;

export function checkPictures({ bodies, article }: Reading): readonly Flag[] {
  const images = bodies.flatMap(({ elements }) => elements.filter(({ name }) => name === 'img'));
  return images.flatMap((image) => {
    const src = pictureAddress(image, article.url);
    const hidden = unreadAddress(image);
    if (src !== null && !PLACEHOLDER.test(src) && (hidden === null || PICTURE.test(src))) return [];
    return [flag('picture-without-address', `${src ?? 'nothing'}; ${JSON.stringify(image.attribs)}`)];
  });
}

const READ = ['src', 'data-original', 'data-src', 'original', 'url', 'alt', 'title', 'srcset'];

/** An address in an attribute that no rule reads; null where there is none. */
function unreadAddress({ attribs }: Element): string | null {
  return Object.entries(attribs).find(([name, value]) => !READ.includes(name) && PICTURE.test(value))?.[1] ?? null;
}
