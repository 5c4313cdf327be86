/** Serves www pages of the CMS in use since September 2026: the old frame with a counter of views (site.md, 2.3). */
import { ARTICLE_COLUMN } from './article-column.ts';
import type { Layout } from './layout.ts';

export const CMS_2026: Layout = {
  ...ARTICLE_COLUMN,
  name: '2026',
  when: '> div.time > .postpage-view',
  unless: null,
};
