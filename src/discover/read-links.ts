/** The articles that one part of a list links to, with what stands beside each link. */
import type { Cheerio, Element } from '../html/html.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import type { ListEntry, ListPicture } from '../model.ts';
import { absoluteUrl, parseArticleUrl } from '../url/article-url.ts';
import type { Site } from '../url/scope.ts';
import type { ListLinks } from './list-kind.ts';

/**
 * One entry per link to an article, in page order. Dropped are advertisements, links to anything else, and links to a
 * later part (`_3`) of an article, which turn its pages. What stands in an HTML comment, old links for the most part,
 * is no element and never seen (site.md, 3.2). A title is empty where a link shows neither text nor a named picture.
 */
export function readLinks(page: ParsedPage, site: Site, links: ListLinks): ListEntry[] {
  const { $ } = page;
  return $.root()
    .find(links.link)
    .toArray()
    .flatMap((link) => readLink($(link), links, site, page.page.finalUrl) ?? []);
}

function readLink(link: Cheerio<Element>, links: ListLinks, site: Site, base: string): ListEntry | null {
  const written = link.attr('href') ?? '';
  const address = parseArticleUrl(written, site, base);
  const href = absoluteUrl(written, site, base);
  if (address === null || href === null || isLaterPart(href) || link.find('img').toArray().some(isAdvert)) return null;

  const block = links.block === null ? link : link.closest(links.block);
  const within = (selector: string | undefined) => (selector === undefined ? link.slice(0, 0) : block.find(selector));
  return {
    address,
    href,
    title: textOf(within(links.title).first()) || textOf(link) || collapse(link.find('img').attr('alt') ?? ''),
    time: timeOf(within(links.time)),
    summary: textOf(within(links.summary).first()) || null,
    picture: pictureOf(within(links.picture), base),
    headline: links.headline ?? false,
  };
}

/** `…/2017_03_28_400912_3.shtml`; part 1 is the article itself (site.md, 1.1). */
function isLaterPart(href: string): boolean {
  const part = /\/\d{4}_\d{2}_\d{2}_\d+_(\d{1,3})(?:\.shtml)?$/i.exec(new URL(href).pathname)?.[1];
  return part !== undefined && Number(part) > 1;
}

/** Marks of an advertisement's picture (site.md, 3.2). */
function isAdvert(image: Element): boolean {
  return /\badvertise\b/.test(image.attribs.class ?? '') || (addressOf(image) ?? '').includes('/tg/');
}

/** Without the `[全文]` that ends a summary. */
function textOf(element: Cheerio<Element>): string {
  return collapse(element.text().replaceAll('[全文]', ''));
}

/** The first text that is a time: counts of readers and names of writers stand in spans of their own beside it. */
function timeOf(spans: Cheerio<Element>): string | null {
  const texts = spans.toArray().map((_, index) => textOf(spans.eq(index)));
  return texts.find((text) => TIME.test(text)) ?? null;
}

/** `2026-09-27 22:09`, with seconds or without a clock, `09-27 22:09`, `昨天 22:09`, `刚刚`, `2小时前` (site.md, 4). */
const TIME = /^(?:(?:\d{4}-)?\d{1,2}-\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2})?)?|昨天.*|刚刚|\d+\s*\S+前)$/;

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

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
