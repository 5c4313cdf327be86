/** A list of posts as HTML within JSON, should `/main/index-list.json` be what its name says (site.md, 1.3). */
import type { JsonKind } from '../list-kind.ts';

export const postHtml: JsonKind = {
  name: 'post-html',
  form: 'json',
  evidence: 'inferred',
  paged: true,
  rows: [
    { at: ['.'], has: ['html'], about: 'html' },
    { at: ['.'], has: ['data'], about: 'html' },
    { at: ['data', '.'], has: ['html'], about: 'html' },
  ],
};
