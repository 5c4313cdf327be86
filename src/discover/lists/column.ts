/** Columns, topics and authors: `/SLUG/list_N.shtml` of the old CMS, `/column/SLUG/N` of the new (site.md, 1.2 and 3.1). */
import type { HtmlKind } from '../list-kind.ts';

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
