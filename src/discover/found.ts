/** What a list was found to hold: articles, further lists, and what is neither. */
import type { ListEntry } from '../model.ts';

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
  /** As written; null where there is none. */
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
