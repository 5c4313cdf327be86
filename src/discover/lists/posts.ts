/**
 * 风闻: `/main/index`, `/topic/post-list`, a writer's homepage, and `/main/index-list.json`, which is HTML in spite of its
 * name (site.md, 1.3). The writer stands above a post, the
 * time beside the writer; `ul.home` holds the posts of a topic, and none past its last page.
 */
import type { HtmlKind } from '../list-kind.ts';

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
