/** `news-api/fengwen-index-list.json` of the community: a plain list of posts (site.md, 3.4). */
import type { JsonKind } from '../list-kind.ts';

export const postIndex: JsonKind = {
  name: 'post-index',
  form: 'json',
  evidence: 'reported',
  paged: true,
  rows: [
    {
      at: [],
      has: ['id', 'title', 'post_url'],
      about: 'article',
      address: ['post_url'],
      post: 'id',
      title: 'title',
      summary: 'summary',
    },
  ],
};
