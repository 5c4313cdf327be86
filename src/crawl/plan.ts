/** What should be written of an article, decided from what was read and nothing else: no disk, no network, no clock. */
import type { StoredArticle } from '../archive/archive.ts';
import type { Basis, CapturedPages, DocumentParts } from '../archive/basis.ts';
import { type DateConvention, makeDocument, writeDocument } from '../archive/document.ts';
import { cleanBody } from '../archive/document-body.ts';
import { picturesOf } from '../archive/document-pictures.ts';
import { articleKey } from '../archive/keys.ts';
import { type Implausible, implausibleBeside } from '../archive/plausible.ts';
import { type ArchiveRecord, type CaptureRequest, contentHash, type RecordDraft } from '../archive/record.ts';
import { ArchiveError } from '../errors.ts';
import { flag } from '../flags.ts';
import type { Article, ArticleAddress, Asset, Target } from '../model.ts';
import { sameAddress } from '../page/picture-address.ts';
import { isPicture } from '../page/pictures.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';
import { RULES } from './rules.ts';

/** How documents are written; from the configuration. */
export interface DocumentOptions {
  /** The first two categories. */
  readonly categories: readonly [string, string];
  /** The third category of an article that no list named. */
  readonly onDemand: string;
  readonly author: string;
  readonly date: DateConvention;
}

/** An article as one visit read it. */
export interface ReadArticle {
  readonly article: Article;
  /** As it is archived: the canonical URL, or the one under which the archive has it. */
  readonly address: ArticleAddress;
  /** Every other address that led here, repeats allowed. */
  readonly aliases: readonly string[];
  /** Why the page was judged an article. */
  readonly evidence: readonly string[];
  /** How its pages were fetched, in the order of its parts. */
  readonly requests: readonly CaptureRequest[];
  /** Where its pages are kept; null where they are not. */
  readonly captured: CapturedPages | null;
}

export interface Plan {
  /** Where the article lies in the archive. */
  readonly key: string;
  /** The whole text of the document. */
  readonly document: string;
  /** Of what the article says. */
  readonly contentHash: string;
  /** Why it cannot be what became of the archived article; null where it may be. */
  readonly implausible: Implausible | null;
  /** Absolute addresses of the pictures that the document shows, in order, each once. */
  readonly pictures: readonly string[];
  /** The record, once it is known what became of the pictures. */
  readonly record: (assets: readonly Asset[], by: Pick<ArchiveRecord['capture'], 'tool' | 'userAgent'>) => RecordDraft;
}

/**
 * Plans a new version of an article under the rule that nothing gets worse.
 * @param present what the archive has of it; null for nothing
 * @param options `archived` is the text of the present document; null where it cannot be read
 * @throws PAGE_DAMAGED where the text came damaged and what is archived is whole; EXTRACTION where the document would show
 * nothing; DOCUMENT_REFUSED
 */
export function planVersion(
  read: ReadArticle,
  present: StoredArticle | null,
  {
    target,
    site,
    document: options,
    archived,
  }: {
    readonly target: Target;
    readonly site: Site;
    readonly document: DocumentOptions;
    readonly archived: string | null;
  },
): Plan {
  const { address, aliases, evidence, requests, captured } = read;
  const old = present?.record ?? null;
  requireUndamaged(read.article, old);

  const lead = target.leadPicture ?? old?.leadPicture ?? null;
  const source = target.source ?? old?.source ?? null;
  const parts: DocumentParts = {
    url: address.url,
    categories: [...options.categories, categoryOf(read.article, source, options.onDemand)],
    author: options.author,
    date: options.date,
    leadPicture: lead,
    known: knownTime(read.article, old),
  };
  const { article, document, body, leftOut } = composeDocument(read.article, parts);
  const basis: Basis | undefined =
    captured === null ? undefined : { rules: RULES, ...captured, ...parts, listed: target.listed };
  const hash = contentHash(article);
  const leads = lead === null ? [] : [lead.src];
  const { id, url: _url, body: _body, flags, ...fields } = article;
  return {
    key: present?.key ?? articleKey(id, address.date ?? article.publishedAt.slice(0, 10)),
    document,
    contentHash: hash,
    implausible:
      old === null || old.contentHash === hash || (isSuspect(old) && !isSuspect(article))
        ? null
        : implausibleBeside(
            { article: old.article, document: archived, bytes: old.document.bytes },
            { article, document },
          ),
    pictures: picturesToKeep(body, {
      base: address.url,
      site,
      named: [...leads, ...article.images.map(({ src }) => src)],
    }),
    record: (assets, { tool, userAgent }) => ({
      id,
      url: address.url,
      aliases,
      source,
      via: old?.via ?? target.via,
      leadPicture: lead,
      article: fields,
      flags: [...flags, ...leftOut.map((what) => flag('left-out', what))],
      contentHash: hash,
      assets,
      verdict: { kind: 'article', evidence },
      movedFrom: movedFrom(target, site),
      capture: { tool, userAgent, requests },
      ...(basis && { basis }),
    }),
  };
}

export interface ComposedDocument {
  /** With the time that counts. */
  readonly article: Article;
  /** The whole text. */
  readonly document: string;
  readonly body: string;
  /** What of the article's body the document does not show. */
  readonly leftOut: readonly string[];
}

/**
 * Writes the document of an article. The same article and the same parts give the same bytes, at any time and anywhere.
 * @throws EXTRACTION where the document would show nothing; DOCUMENT_REFUSED
 */
export function composeDocument(extracted: Article, parts: DocumentParts): ComposedDocument {
  const article = { ...extracted, ...parts.known };
  const { body, leftOut, isEmpty } = cleanBody(article.body, { base: parts.url, lead: parts.leadPicture });
  if (isEmpty) throw new ArchiveError('EXTRACTION', `${article.url}: nothing of the body can be shown in a document`);
  const { title, publishedAt } = article;
  const { categories, author, date: convention } = parts;
  const document = writeDocument(makeDocument({ title, categories, author, publishedAt, convention, body }));
  return { article, document, body, leftOut };
}

/** True for a body that may be something else's: the article's own takes its place. */
function isSuspect({ flags }: Pick<ArchiveRecord, 'flags'>): boolean {
  return flags.some(({ code }) => code === 'body-suspect');
}

/** What the document shows, in order, and what the article names besides; each in the article's own spelling. */
function picturesToKeep(
  body: string,
  { base, site, named }: { readonly base: string; readonly site: Site; readonly named: readonly string[] },
): readonly string[] {
  const spelt = new Map(named.map((src) => [sameAddress(src), src]));
  const shown = picturesOf(body, base).filter((src) => spelt.has(sameAddress(src)) || isPicture(src, site));
  return [...new Set([...shown.map((src) => spelt.get(sameAddress(src)) ?? src), ...named])];
}

/** A time that was worked out from 2小时前 is not worked out again: the first visit was nearest to it. */
function knownTime(article: Article, old: ArchiveRecord | null): DocumentParts['known'] {
  if (article.precision !== 'approximate' || old === null) return null;
  const { publishedAt, precision, clock } = old.article;
  return { publishedAt, precision, clock };
}

/** Text that came damaged, even twice the same, never takes the place of text that is whole. */
function requireUndamaged({ flags, url }: Article, old: ArchiveRecord | null): void {
  const damage = flags.find(({ code }) => code === 'damaged-text');
  if (damage === undefined || old === null || old.flags.some(({ code }) => code === damage.code)) return;
  throw new ArchiveError('PAGE_DAMAGED', `${url}: ${damage.detail}; what is archived is undamaged`);
}

/** The third category: 风闻 for community posts, else the list that named the article. */
function categoryOf(article: Article, source: string | null, onDemand: string): string {
  return article.id.startsWith('fengwen:') ? '风闻' : (source ?? onDemand);
}

/** The article that moved and became this one, if one did. */
function movedFrom({ id, via }: Target, site: Site): readonly string[] {
  const from = via === null ? null : parseArticleUrl(via, site);
  return from === null || from.id === id ? [] : [from.url];
}
