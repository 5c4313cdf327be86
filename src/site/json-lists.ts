/** The kinds of lists that are JSON, one constant each. */
import type { JsonKind, JsonRows } from './list-kind.ts';

// `/api/redian.htm` and `/api/gundong.htm`: titles with addresses from the root of www (site.md, 3.3).

export const ticker: JsonKind = {
  name: 'ticker',
  form: 'json',
  evidence: 'reported',
  paged: false,
  rows: [{ at: ['items'], has: ['TITLE', 'HTTP_URL'], about: 'article', address: ['HTTP_URL'], title: 'TITLE' }],
};

// `/api/new_gundong.htm` of 2019 and 2020: news, the hottest posts, and what is for members (site.md, 3.3).

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

// The app's `news/yaowen-new.json` and `news/common-list.json` (site.md, 3.4). `news_type` 1 is an article, whose `id` is not
// the number of its URL; 2 is a post, whose `id` is; 5 is a topic.

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

// The older interface of the app, `Appdata/NewsList`: columns and authors, with the addresses of the mobile site (site.md, 3.4).

export const appData: JsonKind = {
  name: 'app-data',
  form: 'json',
  evidence: 'reported',
  paged: true,
  rows: [
    {
      at: ['datas'],
      has: ['title', 'mobile_url'],
      about: 'article',
      address: ['mobile_url'],
      title: 'title',
      time: ['news_time'],
      picture: 'pic',
    },
  ],
};

// `Appdata/AuthorList`: the authors by their letters; an `id` is the slug of the column (site.md, 3.4).

export const appAuthors: JsonKind = {
  name: 'app-authors',
  form: 'json',
  evidence: 'seen',
  paged: false,
  rows: [{ at: ['datas', '*'], has: ['id', 'name', 'article_count'], about: 'lists', title: 'name' }],
};

// `news-api/fengwen-index-list.json` of the community: a plain list of posts (site.md, 3.4).

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

// The app's `user/get-published-list`: the posts of one writer, 20 a page (site.md, 3.4).

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

// `/api/fengwen.htm` of www: posts of the day (site.md, 3.3).

export const postHot: JsonKind = {
  name: 'post-hot',
  form: 'json',
  evidence: 'reported',
  paged: false,
  rows: [
    { at: ['items'], has: ['post_id', 'title'], about: 'article', post: 'post_id', title: 'title', summary: 'desc' },
  ],
};

// A list of posts as HTML within JSON, should `/main/index-list.json` be what its name says (site.md, 1.3).

export const postHtml: JsonKind = {
  name: 'post-html',
  form: 'json',
  evidence: 'inferred',
  paged: true,
  rows: [
    { at: ['.'], has: ['html'], about: 'html' },
    { at: ['.'], has: ['data'], about: 'html' },
    { at: ['data', '.'], has: ['html'], about: 'html' },
  ],
};

// `/api/member.htm`: what members alone may read (site.md, 1.4 and 3.3). Known, so that it is left out and not taken for a change.

export const members: JsonKind = {
  name: 'members',
  form: 'json',
  evidence: 'reported',
  paged: false,
  rows: [{ at: ['items'], has: ['id', 'title', 'show_type'], about: 'members', title: 'title' }],
};
