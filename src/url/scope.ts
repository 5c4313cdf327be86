/** The origins that belong to the site: nothing else is ever asked for. */
import { ArchiveError } from '../errors.ts';

/** Origins such as `https://www.guancha.cn`, without a path. */
export interface Site {
  readonly www: string;
  readonly community: string;
  readonly images: readonly string[];
}

/** True where the URL's origin is one of the site's. */
export function inScope(url: string, site: Site): boolean {
  const origin = URL.canParse(url) ? new URL(url).origin : null;
  return origin !== null && [site.www, site.community, ...site.images].includes(origin);
}

/** Throws OUT_OF_SCOPE for a URL of any other origin. */
export function requireScope(url: string, site: Site): void {
  if (!inScope(url, site)) throw new ArchiveError('OUT_OF_SCOPE', url);
}
