/** 头条, `/GuanChaZheTouTiao/list_N.shtml`: the only list whose pictures head the articles (site.md, 3.1). */
import type { HtmlKind } from '../list-kind.ts';

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
