/** From an article's HTML to the document's body: document-format.md, section 5, with cheerio's default serialiser. */

import type { ListPicture } from '../model.ts';
import { type Element, parseFragment } from '../page/html.ts';

/** Attributes in which lazily loaded pictures keep their address, best first (site.md, 5). */
const LAZY = ['data-src', 'data-original', 'original', 'url'];
/** Attributes that hold one address each. */
const ADDRESSES = ['href', 'src', 'poster'];
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that the format leaves out
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f]/g;

/**
 * The body as it stands in a document.
 * @param html the article's body as the site wrote it
 * @param options `base` resolves relative addresses; `lead` is a headline list's picture, put before everything else
 */
export function renderBody(
  html: string,
  options: { readonly base: string; readonly lead: ListPicture | null },
): string {
  const $ = parseFragment((options.lead === null ? '' : leadMarkup(options.lead)) + html);
  $('script').remove();
  const elements = (selector: string) => $(selector).toArray() as Element[]; // a selector matches elements alone
  for (const image of elements('img')) fillLazyAddress(image);
  for (const element of elements('*')) {
    removeActive(element);
    makeAbsolute(element, options.base);
  }
  for (const image of elements('img')) {
    delete image.attribs.referrerpolicy;
    image.attribs.referrerpolicy = 'no-referrer'; // last, as the format has it
  }
  return $.html().replace(CONTROLS, '').trimStart();
}

/** The `src` of the first picture of a body; empty if it has none. */
export function firstPicture(body: string): string {
  return parseFragment(body)('img').first().attr('src') ?? '';
}

function leadMarkup(picture: ListPicture): string {
  const attribute = (name: string, value: string | null) =>
    value === null ? '' : ` ${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
  return `<img${attribute('src', picture.src)}${attribute('width', picture.width)}${attribute('height', picture.height)}>`;
}

/** A picture without a real `src` gets the address that it would load later; the lazy attribute stays. */
function fillLazyAddress(image: Element): void {
  const src = image.attribs.src;
  if (src !== undefined && src !== '' && !/^data:|\/default_pic\./.test(src)) return;
  const lazy = LAZY.find((name) => image.attribs[name]);
  const found =
    lazy ?? Object.keys(image.attribs).find((name) => /\.(gif|png|jpg|webp)/.test(image.attribs[name] ?? ''));
  if (found !== undefined) image.attribs.src = image.attribs[found] ?? '';
}

/** Handlers and `javascript:` addresses run code in whatever shows the document. */
function removeActive(element: Element): void {
  for (const [name, value] of Object.entries(element.attribs)) {
    const isCode =
      name.startsWith('on') ||
      name === 'srcdoc' ||
      (ADDRESSES.includes(name) && /^[\s\p{Cc}]*(javascript|vbscript)\s*:/iu.test(value));
    if (isCode) delete element.attribs[name];
  }
}

function makeAbsolute(element: Element, base: string): void {
  for (const name of ADDRESSES) {
    const value = element.attribs[name];
    if (value === undefined || value === '' || !URL.canParse(value, base)) continue;
    // An apostrophe would end the front matter's quotes.
    element.attribs[name] = new URL(value, base).href.replaceAll("'", '%27');
  }
}
