/** The addresses under which a picture may be had, best first: the original before any processed form (site.md, 5). */

/**
 * @param src the picture's absolute URL as in the page
 * @param allows whether an address belongs to the site: one that does so only as https is asked for as https
 * @returns one or two URLs: without processing query and style tail such as `!m.jpg`, then as in the page
 */
export function pictureUrls(src: string, allows: (url: string) => boolean): string[] {
  const printed = new URL(src);
  printed.hash = '';
  const secure = printed.href.replace(/^http:/, 'https:');
  const asPrinted = !allows(printed.href) && allows(secure) ? secure : printed.href;
  const original = new URL(asPrinted);
  original.search = '';
  original.pathname = original.pathname.replace(/!\w+(\.\w+)?$/, '');
  return [...new Set([original.href, asPrinted])];
}
