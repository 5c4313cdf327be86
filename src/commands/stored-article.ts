/** The article that somebody names on the command line by its id or any spelling of its address. */
import type { Config } from '../config.ts';
import { ArchiveError } from '../errors.ts';
import type { ArticleId } from '../model.ts';
import type { ArchiveRecord } from '../store/record.ts';
import { openStore, type Store } from '../store/store.ts';
import { parseArticleUrl } from '../url/article-url.ts';
import { withPast } from './frontier-past.ts';

/**
 * Looks an article up, or the post that it became, without holding the archive; it may be read beside a crawl.
 * @param text `guancha:904308`, `fengwen:399176`, or an address
 * @throws URL_INVALID, NOT_ARCHIVED
 */
export async function storedArticle(
  text: string,
  config: Config,
): Promise<{ readonly store: Store; readonly record: ArchiveRecord }> {
  const isId = /^(?:guancha|fengwen):\d+$/.test(text);
  const address = isId ? { id: text as ArticleId, date: null } : parseArticleUrl(text, config.site);
  if (address === null) throw new ArchiveError('URL_INVALID', text);
  const store = openStore(config.archive, config.limits);
  const found = await store.find(address.id, address.date);
  if (found !== null) return { store, record: found.record };
  const to = withPast(config.archive, ({ destination }) => destination(address.id));
  const post = to === null ? null : parseArticleUrl(to, config.site);
  const moved = post === null ? null : await store.find(post.id, post.date);
  if (moved !== null) return { store, record: moved.record };
  throw new ArchiveError(
    'NOT_ARCHIVED',
    `${text}: not in ${config.archive}${to === null ? '' : `; it moved to ${to}`}`,
  );
}
