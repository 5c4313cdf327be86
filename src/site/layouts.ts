/**
 * The layouts of article pages: the selectors and noise rules of each, and what they share. All pages of www.guancha.cn
 * have the column `li.left-main`, unchanged since 2017 (site.md, 2.2 and 2.3).
 */
import type { BlockRule, FieldSelectors, Layout, NoiseRule } from './layout.ts';
import { ARTICLE_MARKUP, POST_MARKUP } from './vocabulary.ts';

/**
 * Rules for pages of every layout. The site's own blocks (site.md, 2.2 and 2.6) stand beside the body; they are inside
 * it only where scripts put them there or the body's end tag is missing.
 */
export const SHARED_NOISE: readonly NoiseRule[] = [
  { name: 'script', selector: 'script' },
  { name: 'style sheet', selector: 'style, link[rel="stylesheet"]' },
  // Word leaves `<!--[if gte mso 9]>…` behind; the site keeps old blocks commented out (site.md, 3.2).
  { name: 'comment in the source', nodes: 'comments' },
  // Where a `_s` page joins its parts (site.md, 2.4): empty marks that the page's script scrolls to.
  { name: 'page anchor', selector: ':is(a, div, p, span)[id^="page_"]:empty' },
  { name: 'page numbers', selector: '#select_page, div.module-page' },
  { name: 'share buttons', selector: 'div.share, div.share-box, .bdsharebuttonbox' },
  { name: 'report form', selector: '.post_accusation, .accusation-down-list' },
  { name: 'advertisement', selector: '.content-bottom-ad, .n_c_ecommerce-image, img.advertise' },
  { name: 'keywords', selector: 'div.key-word', frame: true },
  { name: 'editor and notes', selector: 'ul.article-other', frame: true },
  { name: 'topic and recent articles', selector: 'div.img-special', frame: true },
  { name: 'members area', selector: '#post-member, [class^="member-right-"]', frame: true },
  { name: 'comments', selector: 'a#comment, #comments-container, .gc-comment', frame: true },
  { name: 'related articles', selector: 'ul.new-left-list, .kuaixun-new, .module-news-2', frame: true },
];

const FIELDS: FieldSelectors = {
  title: '> h3',
  times: '> div.time > span',
  clock: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/,
  columnists: { box: '> ul.author', each: '> ul.author .author-intro p', name: 'a', title: 'span' },
  staff: { box: '> ul.editor', each: '> ul.editor .editor-intro p', name: 'a', title: 'span' },
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

/** All of a layout but its name and what distinguishes its pages from the others'. */
const ARTICLE_COLUMN: Omit<Layout, 'name' | 'when' | 'unless'> = {
  column: 'li.left-main',
  beside: 'li.right',
  body: '> .all-txt',
  end: '> #comments-container',
  always: ['> div.key-word', '> ul.article-other'],
  fields: FIELDS,
  blocks: BLOCKS,
  noise: SHARED_NOISE,
  vocabulary: ARTICLE_MARKUP,
};

// Serves www pages from August 2017 to September 2026, and older articles, which the site puts into the same frame.

export const CLASSIC: Layout = {
  ...ARTICLE_COLUMN,
  name: 'classic',
  when: '> .all-txt',
  unless: '> div.time > .postpage-view',
};

// Serves www pages of the CMS in use since September 2026: the old frame with a counter of views (site.md, 2.3).

export const CMS_2026: Layout = {
  ...ARTICLE_COLUMN,
  name: '2026',
  when: '> div.time > .postpage-view',
  unless: null,
};

// Serves community posts (风闻) of user.guancha.cn; known from other programs, no page was saved (site.md, 2.8).

export const FENGWEN: Layout = {
  name: 'fengwen',
  column: '.article-content',
  beside: null,
  when: '.article-txt-content',
  unless: null,
  body: '.article-txt-content',
  end: null,
  always: [],
  fields: {
    title: 'h1',
    times: '.user-main p span.time1',
    clock: /^(?:刚刚|\d{1,2}(?:分钟|小时)前|昨天 \d{2}:\d{2}|(?:\d{4}-)?\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})?)$/,
    // Only the first: boxes below the post show the author again, and others.
    columnists: { box: null, each: '.user-main', first: true, name: 'h4 a', title: null },
    staff: null,
    notes: null,
    keywords: 'div.key-word a',
    topic: null,
  },
  blocks: [
    { selector: 'h1', first: true, field: 'title' },
    { selector: '.user-main h4 a', first: true, field: 'columnists' },
    { selector: '.user-main p span.time1', first: true, field: 'published' },
    { selector: '.user-box', drop: 'box of the author' },
    { selector: 'div.key-word a', field: 'keywords' },
    { selector: 'div.key-word', drop: 'label of the keywords' },
    { selector: '.author-article', drop: 'about the author' },
    { selector: 'div.share-box', drop: 'share buttons' },
    { selector: '.article-expand-more, .expand-all, .open-app', drop: 'unfold and app boxes' },
    { selector: '.hot-topic-nav', drop: 'hot topics' },
    { selector: 'ul.pagination', drop: 'post pages' },
    { selector: '.g_swiper_container', drop: 'carousel' },
    { selector: '.post_accusation, .accusation-down-list', drop: 'report form' },
    { selector: 'a#comment, #comments-container, .gc-comment', drop: 'comments' },
  ],
  noise: [
    ...SHARED_NOISE,
    { name: 'about the author', selector: '.article-bottom-user, .author-article' },
    { name: 'unfold and app boxes', selector: '.article-expand-more, .expand-all, .open-app' },
    { name: 'hot topics', selector: '.bottom-hot-topic-nav' },
    { name: 'post pages', selector: 'ul.pagination' },
    { name: 'carousel', selector: '.g_swiper_container' },
  ],
  vocabulary: POST_MARKUP,
};

// Serves the mobile pages of m.guancha.cn, 2018 and later (site.md, 2.7). They are known from other programs, no page was
// saved: what their foot says (来源, 责任编辑, 专题) is not read, and therefore unaccounted for and flagged.

export const MOBILE: Layout = {
  name: 'mobile',
  column: '.textPageCont, section:has(> .gc_content)',
  beside: null,
  when: '.textPageContInner, .gc_content',
  unless: null,
  body: '.textPageContInner, .gc_content',
  end: null,
  always: [],
  fields: {
    title: 'h1',
    times: '.time',
    clock: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})?$/,
    columnists: null,
    staff: null,
    notes: null,
    keywords: null,
    topic: null,
  },
  blocks: [
    { selector: 'h1', first: true, field: 'title' },
    { selector: '.time', first: true, field: 'published' },
    { selector: '.downloadBtn-box', drop: 'app box' },
    { selector: '#downloadBtn-position', drop: 'app box' },
  ],
  noise: [
    ...SHARED_NOISE,
    { name: 'title', selector: 'h1', field: 'title' },
    { name: 'time', selector: '.time', field: 'published' },
    { name: 'app box', selector: '.downloadBtn-box, #downloadBtn-position' },
  ],
  vocabulary: ARTICLE_MARKUP,
};

/** Serves link-out stubs: the frame of an article with headline and time, but no body (site.md, 7.3). */
export const STUB = { column: 'li.left-main', title: '> h3', time: '> div.time > span' } as const;

/**
 * Pages from before August 2017 (site.md, 2.1): no page of that time is known, only names that the site's own script of
 * the time looked for. They identify such a page, but not where its body is; the site shows old articles in today's frame.
 */
export const MARKS_BEFORE_2017 = '#div_keywordNews, #vote_area .mood, #mood_content';
