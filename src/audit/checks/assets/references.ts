/** Is every picture that a body names in the record, stored or missing? */
import type { PairCheck } from '../check.ts';
import { picturesBeside, sameAddress } from '../pictures-of.ts';

export const pictureUnrecorded: PairCheck = (document, { record: { url, assets } }) => {
  const known = new Set(assets.map(({ src }) => sameAddress(src)));
  const unknown = picturesBeside(document, { known, base: url });
  return unknown.length === 0 ? null : unknown.join(', ');
};
