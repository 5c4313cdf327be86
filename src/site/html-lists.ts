/** The kinds of lists that are HTML pages, one constant each. */
import type { HtmlKind } from './list-kind.ts';

// The home page, and section fronts in three columns: `ul.three-coloum` of 评论, 要闻 and 风闻 under a headline, in 2026
// with a carousel above; at its foot the index of authors (site.md, 3.2).

export const home: HtmlKind = {
  name: 'home',
  form: 'html',
  evidence: 'seen',
  when: 'ul.img-List, .content-topnews-box-neo-box',
  paged: false,
  links: [
    // Every link of the page in its order, related articles and footer too; the counts below an article are links as well.
    { link: 'a[href]:not(.module-interact a)', block: null },
    { link: '.content-headline h3 a', block: '.content-headline', picture: 'img' },
    {
      link: 'ul.Review-item h4 a',
      block: 'li',
      summary: 'p.module-artile',
      picture: '.module-img img, .fastRead-img img',
      part: 'review',
    },
    {
      link: 'ul.img-List h4 a',
      block: 'li',
      summary: 'p.module-artile',
      picture: '.module-img img, .fastRead-img img',
      part: 'news',
    },
    { link: 'ul.fengwen-list h4 a', block: 'li', picture: '.fengwen-list-img img', part: 'posts' },
  ],
  index: 'ul.writer-list a[href]',
};

// 要闻, `/mainnews-yw/list_N.shtml`: newest news with a small picture (site.md, 3.1).

export const latest: HtmlKind = {
  name: 'latest',
  form: 'html',
  evidence: 'seen',
  when: 'ul.new-left-list',
  paged: true,
  links: [
    {
      link: 'ul.new-left-list > li h4 a',
      block: 'li',
      time: '.module-interact > span',
      summary: 'p',
      picture: 'a.fl img',
    },
  ],
};

// A section's front in two columns, `/internation`: a slide show, the newest, and a short list of titles (site.md, 3.1).

export const front: HtmlKind = {
  name: 'front',
  form: 'html',
  evidence: 'reported',
  when: '.two-coloum .main_image',
  paged: false,
  links: [
    { link: '.main_image li a', block: 'li', title: 'span', picture: 'img' },
    ...latest.links,
    { link: '.column-right-title li a', block: null },
  ],
};

// 头条, `/GuanChaZheTouTiao/list_N.shtml`: the only list whose pictures head the articles (site.md, 3.1).

export const headline: HtmlKind = {
  name: 'headline',
  form: 'html',
  evidence: 'reported',
  when: 'ul.headline-list',
  paged: true,
  links: [
    {
      link: 'ul.headline-list > li h3 a',
      block: 'ul.headline-list > li',
      time: '.module-interact span',
      summary: 'p',
      picture: 'img',
      headline: true,
    },
  ],
};

// 时评, `/mainnews-sp/`: `ul.review-list` until 2018 or later, `tsp-list1` (picked) and `tsp-list2` (all) in 2026 (site.md, 3.1).

export const review: HtmlKind = {
  name: 'review',
  form: 'html',
  evidence: 'reported',
  when: 'ul.review-list, .tsp-list1, ul.tsp-list2-list',
  paged: true,
  links: [
    {
      link: 'ul.review-list > li h4 a',
      block: 'li',
      time: '.module-interact span',
      summary: 'p.module-artile',
      picture: 'img:not(.author-intro img)',
    },
    { link: 'a.tsp-list1-title', block: '[class*="tsp-list1-box"], .tsp-list1', picture: 'img.tsp-list1-pic' },
    {
      link: 'a.tsp-list2-title',
      block: '.tsp-list2-box, li',
      time: '.tsp-list2-review span',
      summary: '.tsp-list2-content',
      picture: 'img.tsp-list2-pic',
    },
  ],
};

// Columns, topics and authors: `/SLUG/list_N.shtml` of the old CMS, `/column/SLUG/N` of the new (site.md, 1.2 and 3.1).

export const column: HtmlKind = {
  name: 'column',
  form: 'html',
  evidence: 'reported',
  when: 'ul.column-list',
  paged: true,
  links: [
    {
      link: 'ul.column-list > li h4 a',
      block: 'li',
      time: '.module-interact span',
      summary: 'p.module-artile',
      picture: 'img:not(.author-intro img)',
    },
  ],
};

// 风闻: `/main/index`, `/topic/post-list`, a writer's homepage, and `/main/index-list.json`, which is HTML in spite of its
// name (site.md, 1.3). The writer stands above a post, the
// time beside the writer; `ul.home` holds the posts of a topic, and none past its last page.

export const posts: HtmlKind = {
  name: 'posts',
  form: 'html',
  evidence: 'reported',
  when: '.list-item h4 a, ul.home',
  paged: true,
  links: [
    {
      link: '.list-item h4 a',
      block: 'li',
      time: '.time, .time1',
      summary: '.item-content',
      picture: '.list-item img',
    },
  ],
};

// The index of authors: cards of `/authorcolumn`, a picture of the head and a link to the column each, or the index at the
// foot of the home page alone (site.md, 1.2 and 3.2). No saved page of cards is known: their links are recognised by the heads.

export const authors: HtmlKind = {
  name: 'authors',
  form: 'html',
  evidence: 'inferred',
  when: 'ul.writer-list, a > img[src*="/authors/"], a > img[src*="/ColumnPic/"]',
  paged: false,
  links: [],
  index: 'ul.writer-list a[href], a[href]:has(> img[src*="/authors/"], > img[src*="/ColumnPic/"])',
};
