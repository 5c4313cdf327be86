/** 时评, `/mainnews-sp/`: `ul.review-list` until 2018 or later, `tsp-list1` (picked) and `tsp-list2` (all) in 2026 (site.md, 3.1). */
import type { HtmlKind } from '../list-kind.ts';

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
