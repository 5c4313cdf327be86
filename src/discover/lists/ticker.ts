/** `/api/redian.htm` and `/api/gundong.htm`: titles with addresses from the root of www (site.md, 3.3). */
import type { JsonKind } from '../list-kind.ts';

export const ticker: JsonKind = {
  name: 'ticker',
  form: 'json',
  evidence: 'reported',
  paged: false,
  rows: [{ at: ['items'], has: ['TITLE', 'HTTP_URL'], about: 'article', address: ['HTTP_URL'], title: 'TITLE' }],
};
