/** A page that was saved to a file, as if it had just been fetched. */
import { readFileSync, statSync } from 'node:fs';
import { ArchiveError } from '../errors.ts';
import { ownAddress } from '../extract/own-address.ts';
import { type ParsedPage, parsePage } from '../html/parsed-page.ts';
import type { ArticleAddress, Page } from '../model.ts';
import { parseArticleUrl } from '../url/article-url.ts';
import type { Site } from '../url/scope.ts';

export interface SavedPage {
  readonly page: ParsedPage;
  readonly address: ArticleAddress;
}

/**
 * Reads a saved page. Its address is the one given, else the one that the page itself names (`link[rel=alternate]`,
 * `meta[name=mobile-agent]`, `@id` of the JSON-LD; site.md, 1.1). Relative times count from the file's last change.
 * @throws URL_INVALID where the given address is none of the site's, USAGE where the page names none
 */
export function readSavedPage(file: string, url: string | null, site: Site): SavedPage {
  const body = readFileSync(file);
  const fetchedAt = statSync(file).mtime.toISOString();
  const address = url === null ? addressIn(pageOf('', body, fetchedAt), site) : parseArticleUrl(url, site);
  if (address !== null) return { page: pageOf(url ?? address.url, body, fetchedAt), address };
  if (url !== null) throw new ArchiveError('URL_INVALID', url);
  throw new ArchiveError('USAGE', `${file} does not name its own address; say it with --url URL`);
}

function addressIn(page: ParsedPage, site: Site): ArticleAddress | null {
  const own = ownAddress(page);
  return own === null ? null : parseArticleUrl(own, site);
}

/** A saved list, under the address that it is said to be of. */
export function readSavedList(file: string, url: string): Page {
  return answerOf(url, readFileSync(file), statSync(file).mtime.toISOString());
}

function pageOf(url: string, body: Uint8Array, fetchedAt: string): ParsedPage {
  return parsePage(answerOf(url, body, fetchedAt));
}

function answerOf(url: string, body: Uint8Array, fetchedAt: string): Page {
  return {
    url,
    finalUrl: url,
    redirects: [],
    status: 200,
    headers: {},
    body,
    cut: null,
    fetchedAt,
    fetchedBy: 'browser',
  };
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
