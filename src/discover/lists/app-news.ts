/**
 * The app's `news/yaowen-new.json` and `news/common-list.json` (site.md, 3.4). `news_type` 1 is an article, whose `id` is not
 * the number of its URL; 2 is a post, whose `id` is; 5 is a topic.
 */
import type { JsonKind, JsonRows } from '../list-kind.ts';

const ROW: Omit<JsonRows, 'at'> = {
  has: ['id', 'title', 'news_type', 'news_time'],
  about: 'article',
  address: ['url'],
  post: 'id',
  postWhere: { field: 'news_type', is: 2 },
  title: 'title',
  time: ['news_time'],
  summary: 'summary',
  picture: 'pic',
};

export const appNews: JsonKind = {
  name: 'app-news',
  form: 'json',
  evidence: 'seen',
  paged: true,
  rows: [
    { at: ['data', 'toutiao'], ...ROW },
    { at: ['data', 'items'], ...ROW },
    { at: ['data', 'fengwen_hot'], ...ROW },
  ],
};
