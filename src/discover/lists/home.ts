/**
 * The home page, and section fronts in three columns: `ul.three-coloum` of 评论, 要闻 and 风闻 under a headline, in 2026
 * with a carousel above (site.md, 3.2).
 */
import type { ListKind } from '../list-kind.ts';

export const home: ListKind = {
  name: 'home',
  when: 'ul.img-List, .content-topnews-box-neo-box',
  paged: false,
  links: [
    // Every link of the page in its order, related articles and footer too; the counts below an article are links as well.
    { link: 'a[href]:not(.module-interact a)', block: null },
    { link: '.content-headline h3 a', block: '.content-headline', picture: 'img' },
    {
      link: 'ul.Review-item h4 a, ul.img-List h4 a, ul.fengwen-list h4 a',
      block: 'li',
      summary: 'p.module-artile',
      picture: '.module-img img, .fastRead-img img, .fengwen-list-img img',
    },
  ],
};
