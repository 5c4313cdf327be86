/** What is true about the newspaper's articles: what an archiver that reads it must come out with. */
import type { ErrorCode } from '../../src/errors.ts';
import type { ArticleId, Byline, ListPicture, Outcome, Person } from '../../src/model.ts';

/** The three templates that the site's pages come in (site.md, 2.1 and 2.8). */
export type Era = 'classic' | 'cms-2026' | 'fengwen';

/** A picture of the body, in order of appearance. */
export interface NewspaperImage {
  /** Absolute address as in the page: may be a processed variant or carry a query. */
  readonly src: string;
  readonly caption: string | null;
  /** True for an emoji that stands in a line of text. */
  readonly icon: boolean;
  /** The best bytes to be had: the original's, or the variant's where the original is missing; null where neither answers. */
  readonly asset: NewspaperAsset | null;
}

export interface NewspaperAsset {
  /** The address that gives these bytes. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  /** By content, whatever the name and the Content-Type say. */
  readonly type: 'jpg' | 'png' | 'webp' | 'gif';
  readonly width: number;
  readonly height: number;
}

/** A thing that an article's body was given to try an archiver with. */
export type Feature =
  | 'list'
  | 'quote'
  | 'table'
  | 'video'
  | 'links'
  | 'lazy-picture'
  | 'variant-only'
  | 'missing-picture'
  | 'processed-picture'
  | 'lying-type'
  | 'braces'
  | 'entities'
  | 'wide-spaces'
  | 'empty-paragraphs'
  | 'icon'
  | 'introduction'
  | 'styled'
  | 'picture-credit'
  | 'plain-caption'
  | 'speakers';

export interface NewspaperArticle {
  readonly id: ArticleId;
  /** Canonical and absolute. */
  readonly url: string;
  readonly era: Era;
  /** The page's h3 (h1 of a community post): for a columnist's piece with `作者：` in front. */
  readonly title: string;
  /** The title as lists print it, without the columnist. */
  readonly listTitle: string;
  readonly originalTitle: string | null;
  /** As printed, Beijing wall clock. */
  readonly clock: { readonly published: string | null; readonly updated: string | null };
  readonly source: string | null;
  /** Of a community post: its author. */
  readonly columnists: readonly Person[];
  readonly staff: readonly Person[];
  readonly byline: Byline | null;
  readonly editors: readonly string[];
  readonly keywords: readonly string[];
  readonly summary: string | null;
  readonly topic: { readonly name: string; readonly url: string } | null;
  /** The picture of the page's share settings; null for community posts. */
  readonly sharePicture: string | null;
  /**
   * The text of every paragraph, list item and table cell of the body in order, byline, subheads, captions and closing
   * notice included; empty ones left out, white space (of every kind) collapsed to single spaces and trimmed.
   */
  readonly paragraphs: readonly string[];
  readonly images: readonly NewspaperImage[];
  /** The picture of the headline list, if the article is on it. */
  readonly leadPicture: ListPicture | null;
  /** The original of `leadPicture`; null where that is null. */
  readonly leadAsset: NewspaperAsset | null;
  /** How many parts the article comes in. */
  readonly parts: number;
  /** False where the whole-article form (`_s`, `page=0`) redirects to the origin's home page, so that parts must be joined. */
  readonly wholeForm: boolean;
  readonly features: readonly Feature[];
  /** Which special page this is; null for an ordinary article. */
  readonly special: SpecialName | null;
  /** What a visit must end with (first visit, scripts allowed where the page needs them). */
  readonly outcome: Outcome['kind'];
  /** The error code that goes with `blocked` and `failed`. */
  readonly code: ErrorCode | null;
  /** Where `moved` and `link-out` lead. */
  readonly leadsTo: string | null;
  /** Names of the sources of `config()` that list it, each of their pages counted. */
  readonly lists: readonly string[];
}

/** Pages that misbehave, each with an address of its own. */
export type SpecialName =
  | 'unknown-id'
  | 'wrong-date'
  | 'not-found'
  | 'withdrawn'
  | 'moved'
  | 'link-out'
  | 'challenge'
  | 'captcha'
  | 'forbidden'
  | 'slow'
  | 'cut-short'
  | 'broken-off'
  | 'app-shell'
  | 'plain-page';
