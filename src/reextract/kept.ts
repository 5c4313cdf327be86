/** What is made again reads from: records by their keys, and the pages of an article from its captures. */
import type { CapturedPages } from '../archive/basis.ts';
import { recordKey } from '../archive/keys.ts';
import { type ArchiveRecord, readRecord, sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import type { CaptureReader } from '../capture/read-captures.ts';
import { type PageTrial, pageFault } from '../crawl/page-trial.ts';
import type { DocumentOptions } from '../crawl/plan.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import { pageOf } from '../fetch/exchange.ts';
import type { ArticleAddress, CapturePlace } from '../model.ts';
import { type ParsedPage, parsePage } from '../page/page.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';

export interface Sources {
  readonly storage: Pick<Storage, 'read' | 'name'>;
  readonly reader: Pick<CaptureReader, 'exchange'>;
  readonly site: Site;
  readonly trial: PageTrial;
  readonly document: DocumentOptions;
  /** Forms of markup that the archive's owner takes for ordinary. */
  readonly accepted: () => Promise<ReadonlySet<string>>;
}

/** @throws ARCHIVE_DAMAGED where the record is not there, or is none */
export async function recordAt(key: string, { storage }: Pick<Sources, 'storage'>): Promise<ArchiveRecord> {
  const path = recordKey(key);
  const bytes = await storage.read(path);
  if (bytes === null) throw new ArchiveError('ARCHIVE_DAMAGED', `${storage.name}/${path}: not there`);
  return readRecord(bytes.toString(), `${storage.name}/${path}`);
}

/** The bytes that lie in a document's place as text, and again where they are those that its record describes; null for none. */
export async function documentOf(
  { document }: Pick<ArchiveRecord, 'document'>,
  { storage }: Pick<Sources, 'storage'>,
): Promise<{ readonly there: string | null; readonly archived: string | null }> {
  const there = (await storage.read(document.path))?.toString() ?? null;
  return { there, archived: there !== null && sha256(there) === document.sha256 ? there : null };
}

export interface KeptPages {
  readonly parts: readonly [ParsedPage, ...ParsedPage[]];
  readonly single: ParsedPage | null;
}

/** @throws CAPTURE_MISSING, CAPTURE_DAMAGED, PAGE_TOO_HEAVY, PAGE_FAULT */
export async function readKept(
  { pages, single }: CapturedPages,
  address: ArticleAddress,
  sources: Pick<Sources, 'reader' | 'trial'>,
): Promise<KeptPages> {
  const [first, ...others] = await Promise.all(pages.map((places) => readPage(places, address, sources)));
  if (first === undefined) throw new TypeError(`${address.url}: made of no page`); // a record has one
  return { parts: [first, ...others], single: single && (await readPage(single, address, sources)) };
}

async function readPage(
  places: readonly CapturePlace[],
  address: ArticleAddress,
  { reader, trial }: Pick<Sources, 'reader' | 'trial'>,
): Promise<ParsedPage> {
  const exchanges = await Promise.all(places.map((place) => reader.exchange(place)));
  const broken = exchanges.find(({ brokenOff }) => brokenOff !== undefined);
  if (broken !== undefined)
    throw new ArchiveError('CAPTURE_DAMAGED', `${broken.url}: no page, it broke off: ${broken.cut}`);
  const page = pageOf(exchanges[0]?.url ?? '', exchanges);
  await trial(page, address);
  return parsePage(page);
}

/** The article's address as its document was written under it. */
export function addressOf({ id, url }: Pick<ArchiveRecord, 'id' | 'url'>, site: Site): ArticleAddress {
  const address = parseArticleUrl(url, site);
  if (address === null || address.id !== id)
    throw new ArchiveError('URL_INVALID', `${url}: no address of ${id} on the configured site`);
  return { ...address, url };
}

/** True for what stands in the way of one article because its capture cannot be read. */
export function isOfCapture(code: ErrorCode): boolean {
  return code === 'CAPTURE_MISSING' || code === 'CAPTURE_DAMAGED';
}

/** What stands in the way of one article. Throws what stands in the way of all: a disk that cannot be read. */
export function faultOf(name: string, error: unknown): { readonly code: ErrorCode; readonly detail: string } {
  const { code, detail } = pageFault(name, error);
  if (ERRORS[code].next === 'stop') throw error;
  return { code, detail };
}
