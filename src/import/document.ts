/** A document of the format, known by nothing but its file: what of a record can honestly be said of it. */
import { isUtf8 } from 'node:buffer';
import type { Archive } from '../archive/archive.ts';
import { type DateConvention, readDocument } from '../archive/document.ts';
import { picturesOf } from '../archive/document-pictures.ts';
import { articleKey } from '../archive/keys.ts';
import { contentHash, type Provenance, type RecordDraft, sha256 } from '../archive/record.ts';
import type { Taken } from '../crawl/foreign.ts';
import { ArchiveError } from '../errors.ts';
import type { Article, ArticleAddress } from '../model.ts';
import { isPicture } from '../page/pictures.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';

export interface DocumentServices {
  readonly archive: Pick<Archive, 'update'>;
  readonly site: Site;
  readonly document: { readonly date: DateConvention; readonly onDemand: string };
  readonly tool: string;
}

export interface GivenDocument {
  /** How reports call it; its end says which article it is. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Null where its name has to say it. */
  readonly url: string | null;
}

/**
 * Lays a document where the archive has nothing of its article. Its bytes are kept as they are.
 * @throws IMPORT_DAMAGED where it has not the form of a document; IMPORT_UNKNOWN where nothing says which article it is
 */
export async function importDocument(
  { name, bytes, url: given }: GivenDocument,
  services: DocumentServices,
): Promise<Taken & { readonly id: string; readonly provenance: Provenance }> {
  const { archive, site, tool } = services;
  const text = bytes.toString();
  if (!isUtf8(bytes)) throw new ArchiveError('IMPORT_DAMAGED', 'its bytes are no UTF-8');
  const read = readAsDamage(text);
  const address = given === null ? addressByName(name, site) : parseArticleUrl(given, site);
  if (address === null)
    throw new ArchiveError(
      'IMPORT_UNKNOWN',
      `the name ${name} says no article: it ends in YYYY_MM_DD_ID.html or fengwen/YYYY/MM/ID.html`,
    );
  const { id, url } = address;
  const times = timesOf(read.date, address, services.document.date);
  const images = [...new Set(picturesOf(read.body, url))].filter((src) => isPicture(src, site));
  const article: Article = {
    ...NOT_IN_A_DOCUMENT,
    ...times,
    id,
    url,
    title: read.title,
    body: read.body,
    images: images.map((src) => ({ src, caption: null })),
    media: [],
    flags: [],
  };
  const provenance = { kind: 'document', from: name, capturedAt: null, digest: `sha256:${sha256(bytes)}` } as const;
  const { id: _id, url: _url, body: _body, flags, ...fields } = article;
  const list = read.categories[2];
  const draft: RecordDraft = {
    id,
    url,
    aliases: [],
    source: list === services.document.onDemand || id.startsWith('fengwen:') ? null : list,
    via: null,
    leadPicture: null,
    article: fields,
    flags,
    contentHash: contentHash(article),
    assets: [...new Set(picturesOf(read.body, url))].map((src) => ({ src, missing: 'NOT_IMPORTED' })),
    verdict: { kind: 'article', evidence: [`${name} has the form of a document; its page was not seen`] },
    capture: { tool, userAgent: '', requests: [nothingAsked(bytes, url, times.publishedAt)] },
    provenance,
  };
  const key = articleKey(id, address.date ?? times.publishedAt.slice(0, 10));
  const { record, wrote } = await archive.update(key, (old) => (old === null ? { draft, document: text } : null));
  if (record === null) throw new TypeError(`${url}: nothing was written`);
  const kind = wrote
    ? 'imported'
    : record.provenance === undefined && record.document.sha256 !== sha256(bytes)
      ? 'kept'
      : 'present';
  return { id, provenance, url, kind, record };
}

/**
 * A record names how its pages were asked for. Here nothing was: no status, and as the time the one that the document prints,
 * before which it cannot have been made, so that any capture of a page is newer.
 */
function nothingAsked(bytes: Buffer, url: string, publishedAt: string) {
  const fetchedAt = new Date(publishedAt).toISOString();
  return {
    url,
    finalUrl: url,
    status: 0,
    headers: {},
    fetchedAt,
    fetchedBy: 'import: document',
    sha256: sha256(bytes),
    bytes: bytes.length,
  };
}

const NOT_IN_A_DOCUMENT = {
  originalTitle: null,
  updatedAt: null,
  source: null,
  columnists: [],
  staff: [],
  byline: null,
  editors: [],
  keywords: [],
  summary: null,
  topic: null,
  sharePicture: null,
  layout: 'document',
  pages: 1,
} as const;

function readAsDamage(text: string): ReturnType<typeof readDocument> {
  try {
    return readDocument(text);
  } catch (error) {
    if (error instanceof ArchiveError) throw new ArchiveError('IMPORT_DAMAGED', error.detail, { cause: error });
    throw error;
  }
}

/** The slug is decoration (site.md, 1.1). A number alone may be anything: of a post it counts in its folder only. */
function addressByName(name: string, site: Site): ArticleAddress | null {
  const stem = /(?:^|\/)(\d{4}_\d{2}_\d{2}_[1-9]\d{0,8})\.html$/.exec(name)?.[1];
  if (stem !== undefined) return parseArticleUrl(`${site.www}/a/${stem}.shtml`, site);
  const post = /(?:^|\/)fengwen\/\d{4}\/\d{2}\/([1-9]\d{0,8})\.html$/.exec(name)?.[1];
  return post === undefined ? null : parseArticleUrl(`${site.community}/main/content?id=${post}`, site);
}

const BEIJING_MS = 8 * 3_600_000;

/** Of a date that is none, the day in the address is left; a post without either cannot be placed. Throws IMPORT_DAMAGED. */
function timesOf(
  printed: string,
  { date }: ArticleAddress,
  convention: DateConvention,
): Pick<Article, 'clock' | 'publishedAt' | 'precision'> {
  const at = /GMT$/.test(printed) ? Date.parse(printed) : Number.NaN;
  if (Number.isNaN(at)) {
    if (date === null) throw new ArchiveError('IMPORT_DAMAGED', `its date is ${printed}`);
    return { clock: { published: null, updated: null }, publishedAt: `${date}T00:00:00+08:00`, precision: 'day' };
  }
  const clock = new Date(convention === 'utc' ? at + BEIJING_MS : at).toISOString().slice(0, 19);
  return {
    clock: { published: clock.replace('T', ' '), updated: null },
    publishedAt: `${clock}+08:00`,
    precision: 'second',
  };
}
