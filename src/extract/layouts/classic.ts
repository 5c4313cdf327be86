/** Serves www pages from August 2017 to September 2026, and older articles, which the site puts into the same frame. */
import { ARTICLE_COLUMN } from './article-column.ts';
import type { Layout } from './layout.ts';

export const CLASSIC: Layout = {
  ...ARTICLE_COLUMN,
  name: 'classic',
  when: '> .all-txt',
  unless: '> div.time > .postpage-view',
};
