/** The app's `user/get-published-list`: the posts of one writer, 20 a page (site.md, 3.4). */
import type { JsonKind } from '../list-kind.ts';

export const postProfile: JsonKind = {
  name: 'post-profile',
  form: 'json',
  evidence: 'reported',
  paged: true,
  rows: [
    {
      at: ['data', 'items'],
      has: ['id', 'title', 'post_url'],
      about: 'article',
      address: ['post_url'],
      post: 'id',
      title: 'title',
      time: ['pass_at', 'created_at'],
      summary: 'summary',
    },
  ],
};
