/** What the checks are given: an article as it was read, with all that it was read from. */

import { type Flag, flag } from '../flags.ts';
import type { Article, ArticleAddress, Listed } from '../model.ts';
import type { Site } from '../site/address.ts';
import type { Body, TextAccount } from './body.ts';
import type { FoundArticle } from './find-article.ts';
import type { ParsedPage } from './page.ts';

export interface CheckInput {
  readonly first: ParsedPage;
  readonly parts: readonly ParsedPage[];
  /** Of the first part. */
  readonly found: FoundArticle;
  readonly address: ArticleAddress;
  readonly site: Site;
  readonly article: Omit<Article, 'flags'>;
  /** One a part, in order. */
  readonly bodies: readonly Body[];
  readonly account: TextAccount;
  readonly others: OtherSources;
}

/** What else is known of the article without another request: it must agree with the pages. */
export interface OtherSources {
  /** What a list prints; null if no list led here. */
  readonly listed: Listed | null;
  /** The single-page form, where the parts were read instead. */
  readonly single: ParsedPage | null;
  /** Forms of markup outside of the vocabulary that this archive takes for known ones; absent for none. */
  readonly accepted?: ReadonlySet<string>;
}

/** The same doubt a thousand times over says no more than a few times. */
export const MOST_OF_A_KIND = 5;

// Characters that nobody types.

/** Replacement characters, and the words that they become when they are read once more in the wrong encoding. */
export const DAMAGED = /\ufffd|锟斤拷|烫烫烫|[ÃÂ][\u0080-\u00bf]|[\u0080-\u009f]/;
/** Shown by nothing, or by a font of the author's own. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are looked for
  /[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb\ufffe\uffff\ue000-\uf8ff]/g;

/** They stay where they are: the body is kept as published. `comparableText` leaves out those that show nothing. */
export function checkCharacters({ article, bodies }: CheckInput): readonly Flag[] {
  const { title, originalTitle, summary, source, keywords, editors } = article;
  const people = [...article.columnists, ...article.staff].map(({ name }) => name);
  const fields = [title, originalTitle, summary, source, ...people, ...keywords, ...editors];
  const text = [...fields, ...bodies.flatMap(({ lines }) => lines)].join('\n');
  const damaged = DAMAGED.exec(text);
  const invisible = text.match(INVISIBLE) ?? [];
  const kinds = [...new Set(invisible)].map(codePoint).sort();
  return [
    ...(damaged === null
      ? []
      : [flag('damaged-text', text.slice(Math.max(0, damaged.index - 10), damaged.index + 10))]),
    ...(invisible.length === 0 ? [] : [flag('suspicious-characters', `${invisible.length}: ${kinds.join(' ')}`)]),
  ];
}

/** A text for comparing it with another: without white space, and without characters that show nothing. */
export function comparableText(text: string): string {
  return text.replace(INVISIBLE, '').replace(/\s+/g, '');
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** What stands before the dots that say that a text was cut short (`…`, `...`); null where there are none. */
export function beforeDots(text: string): string | null {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '…' || text[end - 1] === '.')) end -= 1;
  const dots = text.slice(end);
  return dots.includes('…') || dots.length >= 3 ? text.slice(0, end) : null;
}
