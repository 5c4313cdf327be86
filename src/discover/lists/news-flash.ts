/** `/api/new_gundong.htm` of 2019 and 2020: news, the hottest posts, and what is for members (site.md, 3.3). */
import type { JsonKind } from '../list-kind.ts';

export const newsFlash: JsonKind = {
  name: 'news-flash',
  form: 'json',
  evidence: 'reported',
  paged: false,
  rows: [
    { at: ['kuaixun'], has: ['TITLE', 'HTTP_URL'], about: 'article', address: ['HTTP_URL'], title: 'TITLE' },
    { at: ['fenghot'], has: ['id', 'title'], about: 'article', post: 'id', title: 'title' },
    { at: ['member'], has: ['id', 'title'], about: 'members', title: 'title' },
  ],
};
