/** `/api/fengwen.htm` of www: posts of the day (site.md, 3.3). */
import type { JsonKind } from '../list-kind.ts';

export const postHot: JsonKind = {
  name: 'post-hot',
  form: 'json',
  evidence: 'reported',
  paged: false,
  rows: [
    { at: ['items'], has: ['post_id', 'title'], about: 'article', post: 'post_id', title: 'title', summary: 'desc' },
  ],
};
