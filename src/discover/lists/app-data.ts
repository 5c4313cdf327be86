/** The older interface of the app, `Appdata/NewsList`: columns and authors, with the addresses of the mobile site (site.md, 3.4). */
import type { JsonKind } from '../list-kind.ts';

export const appData: JsonKind = {
  name: 'app-data',
  form: 'json',
  evidence: 'reported',
  paged: true,
  rows: [
    {
      at: ['datas'],
      has: ['title', 'mobile_url'],
      about: 'article',
      address: ['mobile_url'],
      title: 'title',
      time: ['news_time'],
      picture: 'pic',
    },
  ],
};
