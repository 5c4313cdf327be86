/**
 * Serves the mobile pages of m.guancha.cn, 2018 and later (site.md, 2.7). They are known from other programs, no page was
 * saved: what their foot says (来源, 责任编辑, 专题) is not read, and therefore unaccounted for and flagged.
 */
import { SHARED_NOISE } from '../noise.ts';
import type { Layout } from './layout.ts';

export const MOBILE: Layout = {
  name: 'mobile',
  column: '.textPageCont, section:has(> .gc_content)',
  when: '.textPageContInner, .gc_content',
  unless: null,
  body: '.textPageContInner, .gc_content',
  end: null,
  always: [],
  fields: {
    title: 'h1',
    times: '.time',
    columnists: null,
    staff: null,
    notes: null,
    keywords: null,
    topic: null,
  },
  blocks: [
    { selector: 'h1', first: true, field: 'title' },
    { selector: '.time', first: true, field: 'published' },
    { selector: '.downloadBtn-box', drop: 'app box' },
    { selector: '#downloadBtn-position', drop: 'app box' },
  ],
  noise: [
    ...SHARED_NOISE,
    { name: 'title', selector: 'h1', field: 'title' },
    { name: 'time', selector: '.time', field: 'published' },
    { name: 'app box', selector: '.downloadBtn-box, #downloadBtn-position' },
  ],
};
