/** Serves community posts (风闻) of user.guancha.cn; known from other programs, no page was saved (site.md, 2.8). */
import { SHARED_NOISE } from '../noise.ts';
import type { Layout } from './layout.ts';

export const FENGWEN: Layout = {
  name: 'fengwen',
  column: '.article-content',
  when: '.article-txt-content',
  unless: null,
  body: '.article-txt-content',
  end: null,
  always: [],
  fields: {
    title: 'h1',
    times: '.user-main p span.time1',
    // Only the first: boxes below the post show the author again, and others.
    columnists: { each: '.user-main:first', name: 'h4 a', title: null },
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
};
