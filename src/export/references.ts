/** Lists of references for Zotero and others: CSL-JSON (Citation Style Language 1.0.2) and RIS. */
import type { TableContent } from './file-export.ts';
import { authorsOf, type Facts, factsOf, isTranslation } from './row.ts';

const SITE = '观察者网';
const COMMUNITY = '观察者网风闻社区';

const isPost = ({ id }: Facts) => id.startsWith('fengwen:');
const translatorsOf = ({ people }: Facts) => people.filter(({ role }) => isTranslation(role)).map(({ name }) => name);

/** One JSON array. */
export const cslJson: TableContent = async function* (articles) {
  let between = '[\n';
  for await (const article of articles) {
    yield between + JSON.stringify(itemOf(factsOf(article)));
    between = ',\n';
  }
  yield between === ',\n' ? '\n]\n' : '[]\n';
};

/** Names are literal: which part of a Chinese name is the family's, no program can know for sure. */
function itemOf(row: Facts): object {
  const names = (people: readonly string[]) => people.map((literal) => ({ literal }));
  const translators = translatorsOf(row);
  const authors = authorsOf(row);
  return {
    id: row.id,
    type: isPost(row) ? 'post' : 'article-newspaper',
    title: row.title,
    'container-title': isPost(row) ? COMMUNITY : SITE,
    ...(authors.length > 0 ? { author: names(authors) } : {}),
    ...(translators.length > 0 ? { translator: names(translators) } : {}),
    issued: { 'date-parts': [datePartsOf(row.publishedAt)] },
    accessed: { 'date-parts': [datePartsOf(row.capturedAt)] },
    URL: row.url,
    language: 'zh-CN',
    ...(row.topic === null ? {} : { section: row.topic }),
    ...(row.summary === null ? {} : { abstract: row.summary }),
    ...(row.keywords.length > 0 ? { keyword: row.keywords.join(', ') } : {}),
    ...(row.originalTitle === null ? {} : { 'original-title': row.originalTitle }),
    archive: 'guancha-archive',
    archive_location: row.document,
  };
}

function datePartsOf(time: string): readonly number[] {
  return time.slice(0, 10).split('-').map(Number);
}

/** A tag, two spaces, a hyphen and a space begin each line; no value holds a line break. */
export const ris: TableContent = async function* (articles) {
  for await (const article of articles) {
    const row = factsOf(article);
    const lines: readonly (readonly [tag: string, value: string])[] = [
      ['TY', isPost(row) ? 'BLOG' : 'NEWS'],
      ['ID', row.id],
      ['TI', row.title],
      ...authorsOf(row).map((name) => ['AU', name] as const),
      ...translatorsOf(row).map((name) => ['A4', name] as const),
      ['T2', isPost(row) ? COMMUNITY : SITE],
      ['PY', row.publishedAt.slice(0, 4)],
      ['DA', row.publishedAt.slice(0, 10).replaceAll('-', '/')],
      ['Y2', row.capturedAt.slice(0, 10).replaceAll('-', '/')],
      ['LA', 'zh-CN'],
      ...(row.summary === null ? [] : [['AB', row.summary] as const]),
      ...row.keywords.map((word) => ['KW', word] as const),
      ['UR', row.url],
      ['AV', row.document],
    ];
    yield `${[...lines, ['ER', ''] as const].map(([tag, value]) => `${tag}  - ${value}\r\n`).join('')}\r\n`;
  }
};
