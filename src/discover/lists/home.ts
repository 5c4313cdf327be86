/**
 * The home page, and section fronts in three columns: `ul.three-coloum` of 评论, 要闻 and 风闻 under a headline, in 2026
 * with a carousel above; at its foot the index of authors (site.md, 3.2).
 */
import type { HtmlKind } from '../list-kind.ts';

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
