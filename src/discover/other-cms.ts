/** A column's address in the site's other CMS, of the same slug: the old one holds what the new one cut off (site.md, 1.2). */

/** The first page there: `/SLUG/list_1.shtml` for `/column/SLUG/1`, and the reverse; null for an address of neither form. */
export function otherCmsUrl(url: string): string | null {
  const { origin, pathname } = new URL(url);
  const modern = /^\/column\/([^/]+)(?:\/\d+)?\/?$/i.exec(pathname)?.[1];
  if (modern !== undefined) return `${origin}/${modern}/list_1.shtml`;
  const old = /^\/([^/]+)\/list_\d+\.shtml$/i.exec(pathname)?.[1];
  return old === undefined ? null : `${origin}/column/${old}/1`;
}
