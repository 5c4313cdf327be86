/** Are the fields of the front matter of the right form, and do they agree with each other and with the body? */
import { restoreBraces } from '../../../document/frame.ts';
import type { DocumentCheck } from '../check.ts';

export const dateForm: DocumentCheck = ({ front: { date }, at }) => (at === null ? date : null);

/** What `Date.prototype.toUTCString` writes, and a day that the calendar has (document-format.md, 7), in ms since 1970. */
export function readDate(date: string): number | null {
  const at = Date.parse(date);
  return !Number.isNaN(at) && new Date(at).toUTCString() === date ? at : null;
}

export const thumbnailDiffers: DocumentCheck = ({ front: { headimg, thumbnail } }) =>
  headimg === thumbnail ? null : `headimg ${headimg}, thumbnail ${thumbnail}`;

/** What the format's first program wrote where there was no picture (document-format.md, 3). */
const PLACEHOLDER = /^https:\/\/picsum\.photos\//;

export const headPicture: DocumentCheck = ({ front: { headimg }, scan: { images } }) => {
  const first = images[0]?.src ?? '';
  const head = restoreBraces(headimg);
  if (head === first || (first === '' && PLACEHOLDER.test(head))) return null;
  return `head picture ${head || 'none'}, first picture ${first || 'none'}`;
};

export const placeholderPicture: DocumentCheck = ({ front: { headimg } }) =>
  PLACEHOLDER.test(headimg) ? headimg : null;

export const authorDiffers: DocumentCheck = ({ front: { author, categories } }) =>
  author === categories[1] ? null : `author ${author}, second category ${categories[1]}`;
