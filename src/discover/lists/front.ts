/** A section's front in two columns, `/internation`: a slide show, the newest, and a short list of titles (site.md, 3.1). */
import type { HtmlKind } from '../list-kind.ts';
import { latest } from './latest.ts';

export const front: HtmlKind = {
  name: 'front',
  form: 'html',
  evidence: 'reported',
  when: '.two-coloum .main_image',
  paged: false,
  links: [
    { link: '.main_image li a', block: 'li', title: 'span', picture: 'img' },
    ...latest.links,
    { link: '.column-right-title li a', block: null },
  ],
};
