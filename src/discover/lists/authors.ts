/**
 * The index of authors: cards of `/authorcolumn`, a picture of the head and a link to the column each, or the index at the
 * foot of the home page alone (site.md, 1.2 and 3.2). No saved page of cards is known: their links are told by the heads.
 */
import type { HtmlKind } from '../list-kind.ts';

export const authors: HtmlKind = {
  name: 'authors',
  form: 'html',
  evidence: 'inferred',
  when: 'ul.writer-list, a > img[src*="/authors/"], a > img[src*="/ColumnPic/"]',
  paged: false,
  links: [],
  index: 'ul.writer-list a[href], a[href]:has(> img[src*="/authors/"], > img[src*="/ColumnPic/"])',
};
