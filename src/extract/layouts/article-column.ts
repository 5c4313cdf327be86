/** What the layouts of www.guancha.cn share: the column `li.left-main`, unchanged since 2017 (site.md, 2.2 and 2.3). */
import { SHARED_NOISE } from '../noise.ts';
import type { BlockRule, FieldSelectors, Layout } from './layout.ts';

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

/** The skeleton (site.md, 2.2), and what other programs and saved pages show in it (site.md, 2.6). */
const BLOCKS: readonly BlockRule[] = [
  { selector: '> h3', first: true, field: 'title' },
  { selector: '> ul.author .author-intro p', field: 'columnists' },
  { selector: '> ul.author .author-intro', drop: 'head of the columnist' },
  { selector: '> ul.editor .editor-intro p', field: 'staff' },
  { selector: '> ul.editor .editor-intro', drop: 'head of the staff writer' },
  { selector: '> div.time > span', text: /^来源[:：]?$/, drop: 'label without a value' },
  { selector: '> div.time > span', text: /^来源/, field: 'source' },
  { selector: '> div.time > span', text: /^最后更新/, field: 'updated' },
  { selector: '> div.time > span', text: /^字号/, drop: 'font size' },
  { selector: '> div.time > .postpage-view', drop: 'counter of views' },
  { selector: '> div.time > span', text: /^[\d/: -]+$/, first: true, field: 'published' },
  { selector: '> ul.author, > ul.editor, > div.time, > div.key-word, > ul.article-other', holder: true },
  { selector: '> div.content-bottom-ad, > div.n_c_ecommerce-image', drop: 'advertisement' },
  { selector: '> div#select_page', drop: 'page numbers' },
  { selector: '> div.share', drop: 'share buttons' },
  { selector: '> div.accusation-down-list, > div.post_accusation', drop: 'report form' },
  { selector: '> div.key-word a', field: 'keywords' },
  { selector: '> div.key-word > span', text: /^标签/, drop: 'label of the keywords' },
  { selector: '> ul.article-other > li', text: /^(?:责任编辑|原标题)[:：]?$/, drop: 'label without a value' },
  { selector: '> ul.article-other > li', text: /^责任编辑/, field: 'editors' },
  { selector: '> ul.article-other > li', text: /^原标题/, field: 'originalTitle' },
  { selector: '> ul.article-other > li#context_endf', drop: 'request to link here' },
  { selector: '> ul.article-other > span.gray', text: /^本文仅代表作者个人观点/, drop: 'disclaimer of opinion' },
  { selector: '> div.img-special .right_title h4 a', first: true, field: 'topic' },
  { selector: '> div.img-special', drop: 'topic and recent articles' },
  { selector: '> div#post-member', drop: 'members area' },
  { selector: '> a#comment, > div#comments-container, > div.gc-comment', drop: 'comments' },
  { selector: '> ul.new-left-list, > div.kuaixun-new, > div.module-news-2', drop: 'related articles' },
];

/** All of a layout but its name and what tells its pages from the others'. */
export const ARTICLE_COLUMN: Omit<Layout, 'name' | 'when' | 'unless'> = {
  column: 'li.left-main',
  body: '> .all-txt',
  end: '> #comments-container',
  always: ['> div.key-word', '> ul.article-other'],
  fields: FIELDS,
  blocks: BLOCKS,
  noise: SHARED_NOISE,
};
