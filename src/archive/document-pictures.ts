/** The pictures of a document: each is an `img` whose `src` is the picture, so that every reader shows what is stored. */
import {
  type AnyNode,
  type CheerioAPI,
  type Element,
  isElement,
  nodesIn,
  parseFragment,
  removeNodes,
} from '../page/html.ts';
import { pictureAddress, SHOWS_PICTURES } from '../page/picture-address.ts';

/** Of an element that gives way to an `img`: what says how the picture looks. */
const KEPT = ['alt', 'title', 'class', 'style', 'width', 'height', 'align', 'border'];

/**
 * Gives each picture of a tree, in place, the address that the table says (`page/picture-address.ts`). A placeholder gives
 * way, its lazy attribute stays. Sets of candidates go, for of these a browser would choose by its screen. A button, object
 * or frame of a plug-in that shows nothing but a picture becomes an `img`: documents have no forms and no plug-ins.
 * @param base resolves relative addresses
 */
export function placePictures($: CheerioAPI, base: string): void {
  const elements = [...nodesIn($.root().toArray())].filter((node) => isElement(node));
  for (const element of elements) if (SHOWS_PICTURES.has(element.name)) place($, element, base);
  removeNodes(elements.filter((element) => element.name === 'source' && isPicture(element.parent)));
}

function place($: CheerioAPI, element: Element, base: string): void {
  const { name, attribs } = element;
  const address = pictureAddress(element, base);
  if (name === 'video' || (name !== 'img' && address === null)) return;
  if (name !== 'img') {
    const looks = Object.fromEntries(KEPT.flatMap((key) => (attribs[key] === undefined ? [] : [[key, attribs[key]]])));
    $(element).replaceWith($('<img>').attr({ src: address ?? '', ...looks }));
    return;
  }
  delete attribs.srcset;
  delete attribs.sizes;
  if (address !== null && !isSame(attribs.src, address, base)) attribs.src = address;
}

function isPicture(node: AnyNode | null): boolean {
  return node !== null && 'name' in node && node.name === 'picture';
}

function isSame(src: string | undefined, address: string, base: string): boolean {
  return src !== undefined && URL.parse(src.trim(), base)?.href === address;
}

/** The addresses of all pictures that a document's body shows, in order, repeats included. */
export function picturesOf(body: string, base: string): readonly string[] {
  return [...nodesIn(parseFragment(body).root().toArray())].flatMap((node) => {
    const address = isElement(node) && SHOWS_PICTURES.has(node.name) ? pictureAddress(node, base) : null;
    return address === null ? [] : [address];
  });
}
