/**
 * What others kept of the site, into the archive: first every file is read and its pages of the site are put aside, then
 * each article goes down the line, older captures first. A second import of the same changes nothing.
 */

import { type Provenance, type ProvenanceKind, sha256 } from '../archive/record.ts';
import { ArchiveError, nextAfter } from '../errors.ts';
import type { Exchange } from '../model.ts';
import { inScope, type Site } from '../site/address.ts';
import { type ImportedArticle, type ImportServices, importArticles } from './articles.ts';
import { readDigest } from './digest.ts';
import { type DocumentServices, importDocument } from './document.ts';
import { beginOf, besideOf, chunksOf, filesAt, type NamedFile, wholeOf } from './files.ts';
import { decodeBody, type HttpMessage, parseMessage } from './http-message.ts';
import { exchangeOfSaved, readSavedPage } from './saved-page.ts';
import { formOf, openShelf, type Shelf } from './shelf.ts';
import { readWacz } from './wacz.ts';
import { readWarc, requireDigest, type WantedBytes, type WarcRecord } from './warc-file.ts';

/** What a file was taken for. */
export type FileKind = 'warc' | 'wacz' | 'document' | 'saved page' | 'other';

/** How a file was read. */
export interface FileReport {
  readonly file: string;
  readonly kind: FileKind;
  /** Of WARC files. */
  readonly records: number;
  /** Answers with pages of articles. */
  readonly pages: number;
  readonly pictures: number;
  /** Answers of the site that are neither. */
  readonly otherPages: number;
  /** Answers of other sites. */
  readonly otherSites: number;
}

/** What of a file could not be used: a record, a page, or the rest of it from there on. */
export interface Refusal {
  readonly file: string;
  /** Null for the file itself. */
  readonly url: string | null;
  readonly code: string;
  readonly detail: string;
}

export type ImportEvent =
  | ({ readonly what: 'file' } & FileReport)
  | ({ readonly what: 'refusal' } & Refusal)
  | ({ readonly what: 'article' } & ImportedArticle);

export interface ImportOptions {
  /** The address of the one saved page that is given, where it names none. */
  readonly url: string | null;
  readonly limits: { readonly pageBytes: number; readonly imageBytes: number };
  /** Ms since 1970: nothing was captured after it. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Aborts where the import is to end after what is in hand. */
  readonly stopSignal: AbortSignal;
}

/**
 * @param paths files, and folders whose files are all looked at
 * @returns what became of every file, in the order of their reading, then of every article
 * @throws FILE_REFUSED, and what else stops a run; what is wrong with a file is a refusal, and the others are read
 */
export async function* importFiles(
  paths: readonly string[],
  services: ImportServices & { readonly documents: DocumentServices },
  options: ImportOptions,
): AsyncGenerator<ImportEvent> {
  using shelf = openShelf();
  for (const path of paths)
    for (const file of filesAt(path)) {
      if (options.stopSignal.aborted) return;
      yield* readFile(file, path, shelf, services, options);
    }
  for (const { url, from, date } of shelf.resolve())
    yield {
      what: 'refusal',
      file: from,
      url,
      code: 'NOT_IMPORTED',
      detail: `captured ${date}; the same as an earlier answer, which is in none of the files`,
    };
  for await (const article of importArticles(shelf, services, options)) yield { what: 'article', ...article };
}

async function* readFile(
  file: NamedFile,
  path: string,
  shelf: Shelf,
  services: ImportServices & { readonly documents: DocumentServices },
  options: ImportOptions,
): AsyncGenerator<ImportEvent> {
  const { site } = services;
  const kind = kindOf(file);
  const counts = { records: 0, pages: 0, pictures: 0, otherPages: 0, otherSites: 0 };
  const found: ImportEvent[] = [];
  const refuse = (url: string | null, error: unknown) => {
    if (!(error instanceof ArchiveError) || nextAfter(error) === 'stop') throw error;
    found.push({ what: 'refusal', file: file.name, url, code: error.code, detail: error.detail });
  };
  const collect = { shelf, site, limits: options.limits, now: new Date(options.now()).toISOString(), counts, refuse };
  try {
    switch (kind) {
      case 'warc':
        await collectWarc(chunksOf(file), { kind, from: file.name }, collect);
        break;
      case 'wacz':
        await readWacz(file, async (warcs) => {
          for (const { name, open, requireHash } of warcs) {
            const from = `${file.name}!${name}`;
            const read = async () => {
              await requireHash();
              await collectWarc(open(), { kind, from }, collect);
            };
            await read().catch((error: unknown) => refuse(null, inFile(name, error)));
          }
        });
        break;
      case 'document': {
        const { bytes } = wholeOf(file, options.limits.pageBytes);
        const taken = await importDocument({ name: file.name, bytes, url: options.url }, services.documents);
        found.push({ what: 'article', ...taken });
        break;
      }
      case 'saved page':
        collectSaved(file, options, collect);
        break;
      case 'other':
        if (file.path === path) throw new ArchiveError('IMPORT_UNKNOWN', 'neither WARC, WACZ, document nor page');
        break;
      default:
        kind satisfies never;
    }
  } catch (error) {
    refuse(null, error);
  }
  yield { what: 'file', file: file.name, kind, ...counts };
  yield* found;
}

function inFile(name: string, error: unknown): unknown {
  if (!(error instanceof ArchiveError)) return error;
  return new ArchiveError(error.code, `${name}: ${error.detail}`, { cause: error });
}

/** By its first bytes, whatever its name says. */
function kindOf(file: NamedFile): FileKind {
  const begin = beginOf(file, 2000);
  const text = begin.toString('latin1');
  if (text.startsWith('WARC/') || text.startsWith('\x1f\x8b') || text.startsWith('\x28\xb5\x2f\xfd')) return 'warc';
  if (text.startsWith('PK\x03\x04')) return 'wacz';
  if (/^\n?---\r?\ntitle:/.test(text)) return 'document';
  const isMarkup =
    /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|!--|head|meta|body)\b/i.test(text) || /<html\b/i.test(text);
  return isMarkup ? 'saved page' : 'other';
}

interface Collecting {
  readonly shelf: Shelf;
  readonly site: Site;
  readonly limits: ImportOptions['limits'];
  readonly now: string;
  readonly counts: { records: number; pages: number; pictures: number; otherPages: number; otherSites: number };
  readonly refuse: (url: string | null, error: unknown) => void;
}

/** Puts aside what a WARC file holds of the site. Throws IMPORT_DAMAGED, IMPORT_UNKNOWN where the file ends too soon. */
async function collectWarc(
  chunks: AsyncIterable<Uint8Array>,
  source: { readonly kind: ProvenanceKind; readonly from: string },
  collecting: Collecting,
): Promise<void> {
  const { shelf, site, limits, counts, refuse } = collecting;
  const maxBytes = (url: string) =>
    formOf(url, site) !== null ? limits.pageBytes : inEitherScheme(url, site) ? limits.imageBytes : 0;
  const wanted: WantedBytes = ({ type, url }) =>
    ANSWERS.includes(type) && maxBytes(url) > 0 ? maxBytes(url) + LONGEST_HEADERS : 0;
  await shelf.transaction(async () => {
    try {
      for await (const record of readWarc(chunks, wanted)) {
        counts.records += 1;
        if (ANSWERS.includes(record.type)) collectAnswer(record, source, maxBytes(record.url), collecting);
      }
    } catch (error) {
      refuse(null, error); // what came before is good
    }
  });
}

function collectAnswer(
  record: WarcRecord,
  source: { readonly kind: ProvenanceKind; readonly from: string },
  maxBytes: number,
  { shelf, site, now, counts, refuse }: Collecting,
): void {
  const { url } = record;
  if (maxBytes === 0) {
    counts.otherSites += 1;
    return;
  }
  try {
    const answer = answerOf(record, maxBytes);
    requirePast(answer.exchange.startedAt, now);
    const page = formOf(url, site);
    if (page !== null) {
      const provenance = { ...source, capturedAt: record.date, digest: `sha256:${sha256(answer.payload)}` };
      shelf.page({ ...page, exchange: answer.exchange, provenance }, answer);
      counts.pages += 1;
    } else if (isPictureAnswer(answer.exchange)) {
      shelf.picture(answer.exchange, answer);
      counts.pictures += 1;
    } else counts.otherPages += 1;
  } catch (error) {
    refuse(url, error);
  }
}

/** Of an HTTP answer, in front of its body. */
const LONGEST_HEADERS = 1_000_000;

/** Records that hold what a site answered. */
const ANSWERS: readonly string[] = ['response', 'resource', 'revisit'];

function inEitherScheme(url: string, site: Site): boolean {
  return inScope(url, site) || inScope(url.replace(/^http:/i, 'https:'), site);
}

function isPictureAnswer({ url, response }: Exchange): boolean {
  const type = response.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return /^image\//i.test(type) || (/\.(?:jpe?g|png|gif|webp|avif|bmp)(?:[!?]|$)/i.test(url) && !/^text\//i.test(type));
}

/** @throws IMPORT_DAMAGED, TOO_LARGE */
function answerOf(record: WarcRecord, maxBytes: number) {
  const { block, url, date } = record;
  if (block === null) throw new ArchiveError('TOO_LARGE', `${record.bytes} bytes`);
  if (date === null)
    throw new ArchiveError('IMPORT_DAMAGED', `record ${record.number} does not say when it was captured`);
  const isResource = record.type === 'resource';
  const message = isResource ? asMessage(record, block) : parseMessage(block);
  if (message === null && record.type !== 'revisit')
    throw new ArchiveError('IMPORT_DAMAGED', `record ${record.number} holds no HTTP answer`);
  const { headers, start, rest } = message ?? { headers: [], start: ['', '0', ''] as const, rest: Buffer.alloc(0) };
  const printed = record.header('warc-payload-digest');
  const digest = printed === null ? null : readDigest(printed);
  const decoded = message === null || record.type === 'revisit' ? null : decodeBody(message, { maxBytes });
  if (decoded !== null) requireDigest(record, block, isResource ? [block] : [...decoded.payloads, decoded.body]);
  const truncated = record.header('warc-truncated');
  const exchange: Exchange = {
    url,
    startedAt: date,
    address: null,
    protocol: /^HTTP\//.test(start[0]) ? start[0] : null,
    request: { method: 'GET', headers: [] },
    response: { status: Number(start[1]) || 0, statusText: start[2], headers, body: decoded?.body ?? Buffer.alloc(0) },
    cut:
      decoded?.cut ??
      (truncated === null || record.type === 'revisit' ? null : `cut by whoever captured it: ${truncated}`),
    road: 'replay',
  };
  if (record.type !== 'revisit')
    return { exchange, payload: decoded?.payloads.at(-1) ?? rest, digests: digest === null ? [] : [digest] };
  const isSame = /identical-payload-digest/.test(record.header('warc-profile') ?? '');
  const reference = {
    digest: isSame ? digest : null,
    url: record.header('warc-refers-to-target-uri'),
    date: instantOrNull(record.header('warc-refers-to-date')),
  };
  return { exchange, payload: Buffer.alloc(0), reference };
}

/** A version of the future would stand above every visit. Throws IMPORT_DAMAGED. */
function requirePast(at: string, now: string): void {
  if (at > now) throw new ArchiveError('IMPORT_DAMAGED', `captured ${at}, which is still to come`);
}

function instantOrNull(text: string | null): string | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** A resource record is the body alone. */
function asMessage(record: WarcRecord, block: Buffer): HttpMessage {
  const type = record.header('content-type');
  return { start: ['', '200', ''], headers: type === null ? [] : [['Content-Type', type]], rest: block };
}

function collectSaved(
  file: NamedFile,
  options: ImportOptions,
  { shelf, site, limits, now, counts, refuse }: Collecting,
): void {
  const { bytes, changedAt } = wholeOf(file, LONGEST_SAVED);
  const saved = readSavedPage(bytes, { changedAt, beside: (relative) => besideOf(file, relative, limits.imageBytes) });
  const url = options.url ?? saved.url;
  if (url === null) {
    refuse(null, new ArchiveError('IMPORT_UNKNOWN', 'the page does not say where it is from; give it with --url URL'));
    return;
  }
  const page = formOf(url, site);
  if (page === null) {
    if (inEitherScheme(url, site)) counts.otherPages += 1;
    else counts.otherSites += 1;
    return;
  }
  const { kind, capturedAt, pictures } = saved;
  requirePast(capturedAt, now);
  const provenance: Provenance = { kind, from: file.name, capturedAt, digest: `sha256:${sha256(bytes)}` };
  shelf.page({ ...page, exchange: exchangeOfSaved(url, saved), provenance });
  counts.pages += 1;
  for (const { url: address, bytes: body } of pictures) {
    shelf.picture(exchangeOfSaved(address, { capturedAt, body }));
    counts.pictures += 1;
  }
}

/** As `extract` takes: more than any parser is given, pictures in the markup included. */
const LONGEST_SAVED = 32_000_000;
