/** 要闻, `/mainnews-yw/list_N.shtml`: newest news with a small picture (site.md, 3.1). */
import type { HtmlKind } from '../list-kind.ts';

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
