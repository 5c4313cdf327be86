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

/** Those, and then their forms with and without `/origin/`, under which pictures of articles lie since 2019 (site.md, 5). */
export function everyPictureUrl(src: string, allows: (url: string) => boolean): string[] {
  const urls = pictureUrls(src, allows);
  const other = (url: string) =>
    url.includes('/news/origin/')
      ? url.replace('/news/origin/', '/news/')
      : url.replace(/\/news\/(?=\d{4}\/)/, '/news/origin/');
  return [...new Set([...urls, ...urls.map(other)])];
}
