/** Which pictures a stored body names, as the extraction counts them: no emoji, no badges, addresses absolute. */
import { isDrawn, pictureAddress } from '../../extract/images.ts';
import type { AuditedDocument } from './check.ts';

/** Addresses in order. An address that is none is left out: the extraction has flagged it. */
export function picturesOf({ scan }: AuditedDocument, base: string): string[] {
  return scan.images.flatMap((attribs) => {
    const src = pictureAddress({ attribs: attribs as Record<string, string> }, base);
    return src === null || isDrawn(src) ? [] : [src];
  });
}

/** An address in the one spelling that documents have: an apostrophe would end the front matter's quotes. */
export function sameAddress(src: string): string {
  return src.replaceAll("'", '%27');
}
