/** Which pictures a stored body names, as the extraction counts them: no emoji, no badges, addresses absolute. */
import { isDrawn, pictureAddress } from '../../extract/images.ts';
import type { AuditedDocument } from './check.ts';

/**
 * Addresses in order that are not among the known ones; an address that is none is left out: the extraction has flagged it.
 * @param base the article's own address, for relative ones
 */
export function picturesBeside(
  { scan }: AuditedDocument,
  { known, base }: { readonly known: ReadonlySet<string>; readonly base: string },
): string[] {
  return scan.images.flatMap((attribs) => {
    if (attribs.src !== undefined && known.has(sameAddress(attribs.src))) return []; // most need no parser
    const src = pictureAddress({ attribs: attribs as Record<string, string> }, base);
    return src === null || known.has(sameAddress(src)) || isDrawn(src) ? [] : [src];
  });
}

/** An address in the one spelling that documents have: an apostrophe would end the front matter's quotes. */
export function sameAddress(src: string): string {
  return src.includes("'") ? src.replaceAll("'", '%27') : src;
}
