/** The form of a kind of list: selectors or field names as data (`html-lists.ts`, `json-lists.ts`), chosen by what the answer holds. */
import type { ListEntry } from '../model.ts';

export type ListKind = HtmlKind | JsonKind;

interface AnyKind {
  readonly name: ListName;
  /** How sure it is that lists of this kind look so: in saved answers of the site, by what others rely on, or by likeness alone. */
  readonly evidence: 'seen' | 'reported' | 'inferred';
  /** True if pages follow each other by a number in the URL (site.md, 1.2). */
  readonly paged: boolean;
}

/** A page of HTML. */
export interface HtmlKind extends AnyKind {
  readonly form: 'html';
  /** Present in every answer of this kind, and in none of the kinds that come after it in the table. */
  readonly when: string;
  /** Where the articles are; later rows fill what earlier ones left open. */
  readonly links: readonly ListLinks[];
  /** Links to further lists; absent where it is no index. */
  readonly index?: string;
}

/** An answer of JSON: the kind's rows are there, and what they hold is what its rows hold. */
export interface JsonKind extends AnyKind {
  readonly form: 'json';
  readonly rows: readonly JsonRows[];
}

export type ListName =
  | 'home'
  | 'front'
  | 'headline'
  | 'review'
  | 'column'
  | 'latest'
  | 'posts'
  | 'authors'
  | 'ticker'
  | 'news-flash'
  | 'app-news'
  | 'app-data'
  | 'app-authors'
  | 'post-index'
  | 'post-profile'
  | 'post-hot'
  | 'post-html'
  | 'members';

/** A part of the home page that a source may keep to: 评论, 要闻 and 风闻. */
export const LIST_PARTS = ['review', 'news', 'posts'] as const;
export type ListPart = (typeof LIST_PARTS)[number];

/** One way that a page shows articles: a link each, and the block round it that holds the rest. */
export interface ListLinks {
  /** The link that names the article. */
  readonly link: string;
  /** The nearest ancestor that belongs to this article alone; null if the link is all there is. */
  readonly block: string | null;
  /** Within the block; without these the entry has none. */
  readonly title?: string;
  readonly time?: string;
  readonly summary?: string;
  readonly picture?: string;
  /** The picture heads the article's body. */
  readonly headline?: true;
  readonly part?: ListPart;
}

/** One list of rows within an answer of JSON. All names are names of fields. */
export interface JsonRows {
  /** The way from the root to the rows; `*` is every value of an object. */
  readonly at: readonly string[];
  /** Fields that each row has. */
  readonly has: readonly string[];
  /** What the row is about; `members` is for members alone, `lists` names a further list by its slug. */
  readonly about: 'article' | 'members' | 'lists' | 'html';
  /** Fields that may hold the article's address, best first. */
  readonly address?: readonly string[];
  /** The number of a community post, for rows without an address. */
  readonly post?: string;
  /** The row is of a post only where this field has this value. */
  readonly postWhere?: { readonly field: string; readonly is: number };
  readonly title?: string;
  readonly time?: readonly string[];
  readonly summary?: string;
  readonly picture?: string;
}

// What a list was found to hold: articles, further lists, and what is neither.

export interface Found {
  readonly entries: readonly ListEntry[];
  /** Of an index: the lists that it names, each once, in its order. */
  readonly lists: readonly ListLink[];
  readonly dropped: readonly Dropped[];
}

/** Page 1 of a further list. */
export interface ListLink {
  readonly name: string;
  readonly url: string;
}

/** What stands where articles stand and is left out. */
export interface Dropped {
  /** As written; null if there is none. */
  readonly link: string | null;
  readonly title: string;
  readonly why: DropReason;
}

export const DROP_REASONS = {
  advert: 'an advertisement',
  'later-part': 'a later part of an article',
  'other-host': 'on a host that is not the site’s',
  'no-article': 'no address of an article',
  'no-address': 'a number of the app’s, and no address: it is not the number in the article’s URL',
  members: 'for members alone',
  'no-row': 'not of the form that rows of this list have',
} as const;

export type DropReason = keyof typeof DROP_REASONS;
