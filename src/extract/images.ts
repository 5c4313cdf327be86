/** The pictures that a body shows, in order of appearance. */
import type { CheerioAPI, Element } from '../html/html.ts';
import type { BodyImage } from '../model.ts';
import { inScope, type Site } from '../url/scope.ts';
import { readCaption } from './captions.ts';
import { absoluteUrl } from './text.ts';

/** Where a picture's address may stand; the first that is there wins: `src` of a lazy picture is a placeholder (site.md, 5). */
const ADDRESSES = ['data-original', 'data-src', 'original', 'url', 'src'];

/** Addresses on the site's own hosts of what is drawn but is no picture of the article (site.md, 5). */
const NOT_PICTURES: readonly { readonly name: string; readonly path: RegExp }[] = [
  { name: 'emoji', path: /\/static\/imgs\/smiles\// },
  { name: 'badge', path: /\/(?:vip-crown|noV|blueV)\.\w+$/ },
  { name: 'code of the app', path: /\/app-erweima\.\w+$/ },
  { name: 'advertisement', path: /^\/tg\// },
];

/** Pictures of a body with noise removed: absolute URL as in the page, and caption. Emoji and icons are left out. */
export function readImages(
  $: CheerioAPI,
  elements: readonly Element[],
  base: string,
  site: Site,
): readonly BodyImage[] {
  const images = elements.filter(({ name }) => name === 'img');
  return images.flatMap((image, i) => {
    const src = pictureAddress(image, base);
    if (src === null || !isPicture(src, site)) return [];
    return [{ src, caption: readCaption($, image, images[i + 1] ?? null) }];
  });
}

/** The address of an `img`, absolute; null where it has none that a picture can be had from. */
export function pictureAddress({ attribs }: Pick<Element, 'attribs'>, base: string): string | null {
  const address = ADDRESSES.map((name) => attribs[name]?.trim()).find((value) => value);
  return absoluteUrl(address, base);
}

function isPicture(src: string, site: Site): boolean {
  return !inScope(src, site) || !isDrawn(src);
}

/** True for an address that on the site's own hosts is of an emoji, a badge or an advertisement. */
export function isDrawn(src: string): boolean {
  const { pathname } = new URL(src);
  return NOT_PICTURES.some(({ path }) => path.test(pathname));
}
