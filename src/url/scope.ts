/** The origins that belong to the site: nothing else is ever asked for. */
import { ArchiveError } from '../errors.ts';

/** Origins such as `https://www.guancha.cn`, without a path. */
export interface Site {
  readonly www: string;
  readonly community: string;
  readonly images: readonly string[];
}

/** All origins of the site, each once. */
export function originsOf(site: Site): string[] {
  return [...new Set([site.www, site.community, ...site.images])];
}

/** True where the URL's origin is one of the site's, and the URL is asked of it: a `blob:` URL has an origin as well. */
export function inScope(url: string, site: Site): boolean {
  const { protocol, origin } = URL.parse(url) ?? { protocol: '', origin: '' };
  return /^https?:$/.test(protocol) && originsOf(site).includes(origin);
}

/** Throws OUT_OF_SCOPE for a URL of any other origin. */
export function requireScope(url: string, site: Site): void {
  if (!inScope(url, site)) throw new ArchiveError('OUT_OF_SCOPE', url);
}
