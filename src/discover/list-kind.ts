/** What a kind of list is: selectors as data, one file of `lists/` each, chosen by what the answer holds. */

export interface ListKind {
  readonly name: ListName;
  /** Present in every answer of this kind, and in none of the kinds that come after it in the table. */
  readonly when: string;
  /** True where pages follow each other by number in the URL (site.md, 1.2). */
  readonly paged: boolean;
  /** Where the articles are; later rows fill what earlier ones left open. */
  readonly links: readonly ListLinks[];
}

export type ListName = 'home' | 'front' | 'headline' | 'review' | 'column' | 'latest';

/** One way that a list shows articles: a link each, and the block round it that holds the rest. */
export interface ListLinks {
  /** The link that names the article. */
  readonly link: string;
  /** The nearest ancestor that belongs to this article alone; null where the link is all there is. */
  readonly block: string | null;
  /** Within the block; without these the entry has none. */
  readonly title?: string;
  readonly time?: string;
  readonly summary?: string;
  readonly picture?: string;
  /** The picture heads the article's body. */
  readonly headline?: true;
}
