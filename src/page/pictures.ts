/** The pictures that a body shows, in order of appearance. */

import type { BodyImage } from '../model.ts';
import { inScope, type Site } from '../site/address.ts';
import { type Captions, readCaptions } from './captions.ts';
import { type Element, oneLine } from './html.ts';
import type { Line } from './lines.ts';
import { pictureAddress } from './picture-address.ts';

/** Addresses on the site's own hosts of what is drawn but is no picture of the article (site.md, 5). */
const NOT_PICTURES: readonly { readonly name: string; readonly path: RegExp }[] = [
  { name: 'emoji', path: /\/static\/imgs\/smiles\// },
  { name: 'badge', path: /\/(?:vip-crown|noV|blueV)\.\w+$/ },
  { name: 'code of the app', path: /\/app-erweima\.\w+$/ },
  { name: 'advertisement', path: /^\/tg\// },
];

export interface Pictures {
  readonly images: readonly BodyImage[];
  readonly captions: Captions;
}

/** Pictures of a body with noise removed: absolute URL as in the page, and caption. Emoji and icons are left out. */
export function readPictures(lines: readonly Line[], base: string, site: Site): Pictures {
  const sources = new Map<Element, string>();
  for (const element of lines.flatMap(({ shown }) => shown)) {
    const src = element.name === 'video' ? null : pictureAddress(element, base);
    if (src !== null && isPicture(src, site)) sources.set(element, src);
  }
  const captions = readCaptions(lines, (element) => sources.has(element));
  const images = [...sources].map(([element, src]) => ({ src, caption: captions.of.get(element) ?? titleOf(element) }));
  return { images, captions };
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

/**
 * True for an address that a picture of an article may have. On the site's own hosts: plain names of folders, and a file
 * with an ending and perhaps a style behind it, or named by an instant or a digest (site.md, 5). On others: a host with a
 * public name, and a path that names one picture, without which a query is a message to whoever counts.
 */
export function hasAddressForm(src: string, site: Site): boolean {
  if (src.startsWith('data:')) return true;
  const { hostname, pathname, search } = new URL(src);
  const isOwn = inScope(src, site) || inScope(src.replace(/^http:/, 'https:'), site); // before 2018 (site.md, 5)
  if (isOwn) return OWN_PATH.test(pathname) && OWN_QUERY.test(search);
  return PUBLIC_HOST.test(hostname) && (search === '' || lettersOf(pathname) >= LEAST_OF_PATH);
}

const OWN_PATH =
  /^(?:\/[\w-]{1,64}){0,8}\/(?!(?:null|undefined|NaN)\b)(?:[\w-]{1,80}\.{1,2}[A-Za-z]{3,5}|\d{14,17}|[\da-f]{32})(?:!\w{1,16}(?:\.\w{3,5})?)?$/;
/** How the picture is to be processed. */
const OWN_QUERY = /^(?:\?[\w./=&%|*!:,+~-]{0,1000})?$/;
/** Names for machines of one house are of RFC 6762, appendix G, and RFC 6761; a number names no host of a picture. */
const PUBLIC_HOST =
  /^(?:[\w-]{1,63}\.){1,8}(?!(?:intra(?:net)?|internal|private|corp|home|lan|local(?:host|domain)?|test|invalid)$)[a-z][a-z\d-]{1,62}$/;
/** Shorter paths name no picture among many. */
const LEAST_OF_PATH = 12;

function lettersOf(pathname: string): number {
  return pathname.replace(/\.\w{1,5}$|[^\p{L}\p{N}]/gu, '').length;
}

/** What the site's editor writes into every picture (site.md, 2.5), and names of files. */
const NO_CAPTION = /^点击(?:查看|放大|看)?(?:大图|原图)?|\.(?:jpe?g|png|gif|webp)$|^[\w-]*$/i;

function titleOf({ attribs }: Element): string | null {
  const title = oneLine(attribs.title ?? '');
  return NO_CAPTION.test(title) ? null : title;
}
