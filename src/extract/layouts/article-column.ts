/** What the layouts of www.guancha.cn share: the column `li.left-main`, unchanged since 2017 (site.md, 2.2 and 2.3). */
import { SHARED_NOISE } from '../noise.ts';
import type { FieldSelectors, Layout } from './layout.ts';

const FIELDS: FieldSelectors = {
  title: '> h3',
  times: '> div.time > span',
  columnists: { each: '> ul.author .author-intro p', name: 'a', title: 'span' },
  staff: { each: '> ul.editor .editor-intro p', name: 'a', title: 'span' },
  notes: '> ul.article-other > li',
  keywords: '> div.key-word a',
  // The second `.img-special` lists recent articles and has no `.right_title`.
  topic: '> div.img-special .right_title h4 a',
};

/** All of a layout but its name and what tells its pages from the others'. */
export const ARTICLE_COLUMN: Omit<Layout, 'name' | 'when' | 'unless'> = {
  column: 'li.left-main',
  body: '> .all-txt',
  end: '> #comments-container',
  fields: FIELDS,
  noise: SHARED_NOISE,
};
