/** The articles that one part of a page links to, with what stands beside each link. */
import type { Cheerio, Element } from '../html/html.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import type { ListEntry, ListPicture } from '../model.ts';
import type { Site } from '../url/scope.ts';
import type { Dropped, Found } from './found.ts';
import type { ListLinks } from './list-kind.ts';
import { articleLink, collapse, isAdvertAddress, timeIn } from './read-fields.ts';

/**
 * One entry per link to an article, in page order. Dropped are advertisements, links to anything else, and links to a
 * later part (`_3`) of an article, which turn its pages. What stands in an HTML comment, old links for the most part,
 * is no element and never seen (site.md, 3.2). A title is empty where a link shows neither text nor a named picture.
 */
export function readLinks(page: ParsedPage, site: Site, links: ListLinks): Omit<Found, 'lists'> {
  const { $ } = page;
  const entries: ListEntry[] = [];
  const dropped: Dropped[] = [];
  for (const element of $.root().find(links.link).toArray()) {
    const found = readLink($(element), links, site, page.page.finalUrl);
    if ('why' in found) dropped.push(found);
    else entries.push(found);
  }
  return { entries, dropped };
}

function readLink(link: Cheerio<Element>, links: ListLinks, site: Site, base: string): ListEntry | Dropped {
  const written = link.attr('href') ?? '';
  const images = link.find('img').toArray();
  const text = textOf(link) || collapse(link.find('img').attr('alt') ?? '');
  const target = articleLink(written, site, base);
  if (images.some(isAdvert)) return { link: written, title: text, why: 'advert' };
  if ('why' in target) return { link: written, title: text, why: target.why };

  const block = links.block === null ? link : link.closest(links.block);
  const within = (selector: string | undefined) => (selector === undefined ? link.slice(0, 0) : block.find(selector));
  return {
    ...target,
    title: textOf(within(links.title).first()) || text,
    time: timeIn(textsOf(within(links.time))),
    summary: textOf(within(links.summary).first()) || null,
    picture: pictureOf(within(links.picture), base),
    headline: links.headline ?? false,
  };
}

/** Marks of an advertisement's picture (site.md, 3.2). */
function isAdvert(image: Element): boolean {
  return /\badvertise\b/.test(image.attribs.class ?? '') || isAdvertAddress(addressOf(image) ?? '');
}

/** Without the `[全文]` that ends a summary. */
function textOf(element: Cheerio<Element>): string {
  return collapse(element.text().replaceAll('[全文]', ''));
}

function textsOf(elements: Cheerio<Element>): string[] {
  return elements.toArray().map((_, index) => textOf(elements.eq(index)));
}

function pictureOf(images: Cheerio<Element>, base: string): ListPicture | null {
  const image = images.toArray().find((candidate) => !isAdvert(candidate));
  const src = image === undefined ? null : URL.parse(addressOf(image) ?? '', base);
  if (image === undefined || src === null || !/^https?:$/.test(src.protocol)) return null;
  return { src: src.href, width: image.attribs.width ?? null, height: image.attribs.height ?? null };
}

/** Pictures are loaded late: `src` is then missing or a placeholder (site.md, 5). */
function addressOf({ attribs }: Element): string | undefined {
  return attribs['data-original'] ?? attribs.original ?? attribs.src;
}
