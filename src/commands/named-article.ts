/** The article that somebody names on the command line: every command reads a name by this file, and by no other rule. */
import { relative, resolve } from 'node:path';
import { type Archive, openArchive, type StoredArticle } from '../archive/archive.ts';
import { idOf, parseKey } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import type { Config } from '../config.ts';
import { ArchiveError } from '../errors.ts';
import { destinationOf } from '../frontier/frontier.ts';
import { openOperations } from '../frontier/operations.ts';
import type { ArticleAddress, ArticleId } from '../model.ts';
import { parseArticleUrl } from '../site/address.ts';

/** What a name can mean, before anybody looks whether it is archived. */
export interface NamedArticle {
  /** One, or for a number alone two: an article of www goes before a post. */
  readonly ids: readonly [ArticleId, ...ArticleId[]];
  /** Null where the name does not say it. */
  readonly address: ArticleAddress | null;
}

/**
 * Reads a name without looking into the archive.
 * @param text `guancha:904308`, `fengwen:399176`, `904308` for either of them, any spelling of an address, or the path of a
 *   document, a record or a superseded document: in the archive, or from the working folder
 * @param place `archive` is the absolute path of its folder
 * @returns null for what names no article of the site
 */
export function articleNamed(text: string, { archive, site }: Pick<Config, 'archive' | 'site'>): NamedArticle | null {
  const name = text.trim();
  const [, space, number] = /^(?:(guancha|fengwen):)?0*([1-9]\d{0,14})$/.exec(name) ?? [];
  if (number !== undefined) {
    const [article, post] = [`guancha:${Number(number)}`, `fengwen:${Number(number)}`] as const;
    const ids = { guancha: [article], fengwen: [post], either: [article, post] } as const;
    return { ids: ids[(space as 'guancha' | 'fengwen' | undefined) ?? 'either'], address: null };
  }
  for (const key of [name, relative(archive, resolve(name))]) {
    const parsed = parseKey(key.replace(/^\.\//, ''));
    if (parsed !== null && 'article' in parsed) return { ids: [idOf(parsed.article)], address: null };
  }
  const address = parseArticleUrl(name, site);
  return address && { ids: [address.id], address };
}

/**
 * Looks a named article up, or the post that it became, without holding the archive; it may be read beside a crawl.
 * @throws URL_INVALID for what names no article, NOT_ARCHIVED
 */
export async function storedArticle(
  text: string,
  config: Config,
): Promise<StoredArticle & { readonly archive: Archive }> {
  const named = requireNamed(text, config);
  using operations = openOperations(config, { readOnly: true });
  const { frontier, journal } = operations;
  const places = { get: journal.places.get, set: () => {} }; // nothing is written by who only reads
  const archive = openArchive(await openStorage(config), { ...config.limits, places });
  for (const id of named.ids) {
    const date = named.address?.date ?? null;
    const found = (await archive.find(id, date)) ?? (date === null ? null : await archive.find(id, null));
    if (found !== null) return { archive, ...found };
  }
  const to = named.ids.map((id) => destinationOf(frontier.find(id))).find((each) => each !== null) ?? null;
  const post = to === null ? null : parseArticleUrl(to, config.site);
  const moved = post === null ? null : await archive.find(post.id, post.date);
  if (moved !== null) return { archive, ...moved };
  throw notArchived(text, config, to === null ? '' : `; it moved to ${to}`);
}

/**
 * The address of a named article, which the queue or the archive may know where the name does not say it.
 * @throws URL_INVALID, and NOT_ARCHIVED where the address is known to nobody
 */
export async function addressOfNamed(text: string, config: Config): Promise<ArticleAddress> {
  const { ids, address } = requireNamed(text, config);
  if (address !== null) return address;
  const known = queuedUrl(ids, config) ?? (await recordedUrl(ids, config));
  const found = known === null ? null : parseArticleUrl(known, config.site);
  if (found !== null && ids.includes(found.id)) return found;
  throw notArchived(text, config, ', and no list named its address: give the address');
}

function queuedUrl(ids: readonly ArticleId[], config: Config): string | null {
  using operations = openOperations(config, { readOnly: true });
  return ids.flatMap((id) => operations.frontier.find(id)?.target.url ?? [])[0] ?? null;
}

async function recordedUrl(ids: readonly ArticleId[], config: Config): Promise<string | null> {
  const archive = openArchive(await openStorage(config), config.limits);
  const found = await Promise.all(ids.map((id) => archive.find(id, null)));
  return found.flatMap((each) => each?.record.url ?? [])[0] ?? null;
}

/** @throws URL_INVALID */
export function requireNamed(text: string, config: Pick<Config, 'archive' | 'site'>): NamedArticle {
  const named = articleNamed(text, config);
  if (named === null) throw new ArchiveError('URL_INVALID', text.trim() === '' ? 'no article is named' : text);
  return named;
}

export function notArchived(text: string, { archive }: Pick<Config, 'archive'>, why = ''): ArchiveError {
  return new ArchiveError('NOT_ARCHIVED', `${text}: not in ${archive}${why}`);
}
