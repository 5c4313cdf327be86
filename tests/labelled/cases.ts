/** The labelled set: for every layout and kind of page a saved page of our own, and what must be read from it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '../../src/page/extract.ts';
import { type ParsedPage, parsePage } from '../../src/page/page.ts';
import { judge } from '../../src/page/judge.ts';
import type { Article, Verdict } from '../../src/model.ts';
import { parseArticleUrl } from '../../src/site/address.ts';
import type { Site } from '../../src/site/address.ts';
import { fetchedPage } from '../support/fetched-page.ts';

export const ROWS = ['classic', '2026', 'fengwen', 'mobile', 'stub', 'none'] as const;
export const KINDS = [
  'news',
  'column',
  'translated',
  'interview',
  'several-pages',
  'pictures',
  'video',
  'table-and-quote',
  'fengwen',
  'stub',
  'gone',
  'challenge',
] as const;

export type Row = (typeof ROWS)[number];
export type Kind = (typeof KINDS)[number];

const SIGNED_BY_USERS = 'a community post is signed by its user alone';
const UNKNOWN_ON_MOBILE = 'no source says how the mobile page writes it';

/** Why there can be no such page; null where there must be a case. */
export function reasonAgainst(row: Row, kind: Kind): string | null {
  if (kind === 'stub') return row === 'stub' ? null : 'a stub has a frame of its own';
  if (kind === 'gone' || kind === 'challenge') return row === 'none' ? null : 'it stands in the place of any layout';
  if (row === 'stub' || row === 'none') return 'there is no article';
  if (kind === 'fengwen') return row === 'fengwen' ? null : 'community posts have a layout of their own';
  if (row === 'fengwen' && ['news', 'column', 'translated', 'interview'].includes(kind)) return SIGNED_BY_USERS;
  if (row === 'mobile' && ['column', 'several-pages'].includes(kind)) return UNKNOWN_ON_MOBILE;
  return null;
}

/** What must be read from a page: its label, a JSON file beside it. */
export interface Label {
  readonly url: string;
  readonly fetchedAt: string;
  readonly verdict: Verdict['kind'];
  /** Where the verdict is `moved` or `link-out`. */
  readonly to: string | null;
  readonly article: Article | null;
}

export const SITE: Site = {
  www: 'https://www.guancha.cn',
  community: 'https://user.guancha.cn',
  images: ['https://i.guancha.cn'],
};

const HERE = import.meta.dirname;

/** The label of a case, `classic/news`. */
export function labelOf(name: string): Label {
  return JSON.parse(readFileSync(join(HERE, `${name}.json`), 'utf8')) as Label;
}

/** All cases there are, `classic/news`; those still under review are not among them. */
export function caseNames(): readonly string[] {
  return ROWS.flatMap((row) =>
    existsSync(join(HERE, row))
      ? readdirSync(join(HERE, row))
          .filter((file) => file.endsWith('.json'))
          .map((file) => `${row}/${file.replace('.json', '')}`)
      : [],
  );
}

/** The pages of a case: `classic/news.html`, and further parts as `classic/news.2.html`. */
export function bytesOf(name: string): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let part = 1; ; part++) {
    const file = join(HERE, `${name}${part === 1 ? '' : `.${part}`}.html`);
    if (!existsSync(file)) return parts;
    parts.push(readFileSync(file));
  }
}

/** Reads pages as a crawl would. */
export function readPages(bodies: readonly Uint8Array[], { url, fetchedAt }: Pick<Label, 'url' | 'fetchedAt'>): Label {
  return labelPages(
    bodies.map((body) => pageOf(body, url, fetchedAt)),
    url,
    fetchedAt,
  );
}

/** What the program reads from pages now, in the form of a label. */
export function labelPages(parts: readonly ParsedPage[], url: string, fetchedAt: string, site = SITE): Label {
  const address = parseArticleUrl(url, site);
  const [first] = parts;
  if (address === null || first === undefined) throw new Error(`no page of an article: ${url}`);
  const verdict = judge(first, site);
  const article = verdict.kind === 'article' ? explain(parts, address, site).article : null;
  return { url: address.url, fetchedAt, verdict: verdict.kind, to: destination(verdict), article };
}

function destination(verdict: Verdict): string | null {
  if (verdict.kind === 'moved') return verdict.to.url;
  return verdict.kind === 'link-out' ? verdict.to : null;
}

function pageOf(body: Uint8Array, url: string, fetchedAt: string): ParsedPage {
  return parsePage(fetchedPage({
    url,
    body,
    fetchedAt,
  }));
}
