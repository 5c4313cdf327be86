/** Is every picture that a body names in the record, stored or missing? */
import type { PairCheck } from '../check.ts';
import { picturesOf, sameAddress } from '../pictures-of.ts';

export const pictureUnrecorded: PairCheck = (document, { record: { url, assets } }) => {
  const known = new Set(assets.map(({ src }) => sameAddress(src)));
  const unknown = picturesOf(document, url).filter((src) => !known.has(sameAddress(src)));
  return unknown.length === 0 ? null : unknown.join(', ');
};
