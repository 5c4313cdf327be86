/** `/api/member.htm`: what members alone may read (site.md, 1.4 and 3.3). Known, so that it is left out and not taken for a change. */
import type { JsonKind } from '../list-kind.ts';

export const members: JsonKind = {
  name: 'members',
  form: 'json',
  evidence: 'reported',
  paged: false,
  rows: [{ at: ['items'], has: ['id', 'title', 'show_type'], about: 'members', title: 'title' }],
};
