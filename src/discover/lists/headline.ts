/** 头条, `/GuanChaZheTouTiao/list_N.shtml`: the only list whose pictures head the articles (site.md, 3.1). */
import type { ListKind } from '../list-kind.ts';

export const headline: ListKind = {
  name: 'headline',
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
