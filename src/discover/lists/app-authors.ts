/** `Appdata/AuthorList`: the authors by their letters; an `id` is the slug of the column (site.md, 3.4). */
import type { JsonKind } from '../list-kind.ts';

export const appAuthors: JsonKind = {
  name: 'app-authors',
  form: 'json',
  evidence: 'seen',
  paged: false,
  rows: [{ at: ['datas', '*'], has: ['id', 'name', 'article_count'], about: 'lists', title: 'name' }],
};
