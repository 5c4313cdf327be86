/** What a document was made of, so that it can be made again: where its pages are kept, and all that is not in them. */
import { z } from 'zod';
import type { Article, CapturePlace, Listed, ListPicture } from '../model.ts';
import type { DateConvention } from './document.ts';

/** What makes a document of an extracted article: nothing else gets into its bytes. */
export interface DocumentParts {
  /** The article's address in the archive, which relative links are resolved against. */
  readonly url: string;
  /** Section, site name, source name. */
  readonly categories: readonly [string, string, string];
  readonly author: string;
  readonly date: DateConvention;
  /** Of a headline list: heads the body. */
  readonly leadPicture: ListPicture | null;
  /** The time of an earlier version, where the page says only how long ago it was; null where its own counts. */
  readonly known: Pick<Article, 'publishedAt' | 'precision' | 'clock'> | null;
}

/** Where the exchanges of an article's pages are kept, of each page the redirects first and the answer that holds last. */
export interface CapturedPages {
  /** In the order of the article's parts. */
  readonly pages: readonly (readonly CapturePlace[])[];
  /** Of the single-page form, where it was no more than a part; null elsewhere. */
  readonly single: readonly CapturePlace[] | null;
}

/**
 * All of it. What only flags depend on is here as well (`single`, `listed`), but for the forms of markup that the archive
 * accepts, which are the archive's own at any time; and the site's origins are the configuration's.
 */
export interface Basis extends CapturedPages, DocumentParts {
  /** The version of the rules that made it: `RULES` in crawl/rules.ts. */
  readonly rules: number;
  readonly listed: Listed | null;
}

const nullableText = z.string().nullable();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const range = {
  file: z.string().min(1),
  offset: z.int().min(0),
  length: z.int().min(1),
  sha256: sha256.optional(),
};
const places = z.array(z.looseObject({ ...range, body: z.looseObject(range).optional() })).min(1);

/** The form of a basis in a record. */
export const basisForm = z.looseObject({
  rules: z.int().min(1),
  pages: z.array(places).min(1),
  single: places.nullable(),
  url: z.url(),
  categories: z.tuple([z.string(), z.string(), z.string()]),
  author: z.string(),
  date: z.enum(['site-clock', 'utc']),
  leadPicture: z.looseObject({ src: z.string(), width: nullableText, height: nullableText }).nullable(),
  known: z
    .looseObject({
      publishedAt: z.iso.datetime({ offset: true }),
      precision: z.string(),
      clock: z.looseObject({ published: nullableText, updated: nullableText }),
    })
    .nullable(),
  listed: z
    .looseObject({ title: nullableText, time: nullableText, summary: nullableText, picture: nullableText })
    .nullable(),
});
