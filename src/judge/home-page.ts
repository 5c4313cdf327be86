/** Is it the home page? The site shows it in place of whatever it does not have (site.md, 7.1). */
import type { ParsedPage } from '../html/parsed-page.ts';
import type { Site } from '../url/scope.ts';

/** True for the root of one of the site's origins. */
export function isHomeUrl(url: string, site: Site): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, pathname } = new URL(url);
  return pathname === '/' && [site.www, site.community].includes(origin);
}

/** Author index letters that no other page has so many of, and article links that no article has so many of. */
const LETTERS = 5;
const LINKS = 40;

/** What shows that a page without an article is the home page, by whatever URL it came; null if nothing does. */
export function homeMarks({ html, $ }: ParsedPage): string | null {
  return homeMarksIn(html, $('head title').text());
}

/** The same of any piece of HTML and the title that it came with. */
export function homeMarksIn(html: string, pageTitle: string): string | null {
  const letters = html.match(/<dt[^>]{0,200}>\s*[A-Z]\s*<\/dt>/g)?.length ?? 0;
  if (letters >= LETTERS) return `author index with ${letters} letters, as on the home page`;
  const title = pageTitle.trim();
  if (!title.startsWith('观察者网')) return null;
  const links = html.match(/\d{4}_\d{2}_\d{2}_\d+\.shtml/g)?.length ?? 0;
  return links >= LINKS ? `title ${title} and ${links} article links, as on the home page` : null;
}
