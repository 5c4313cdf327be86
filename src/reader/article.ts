/** What the page of an article needs, read from the archive: the record, one of its documents, and where its links lead. */
import type { Archive, StoredArticle } from '../archive/archive.ts';
import { readDocument } from '../archive/document.ts';
import { type Absence, type ArchiveRecord, articleOf, isGone, type Version } from '../archive/record.ts';
import type { ArticleId, Asset, StoredAsset } from '../model.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';
import { pictureHref } from './pictures.ts';
import { linksOf, type ShownLink, type ShownPicture } from './typeset.ts';

/** Where articles are found. */
export interface Shelf {
  /** The article of an id, wherever it lies; null where the archive has none. @param date the day in its address, where known */
  find(id: ArticleId, date: string | null): Promise<StoredArticle | null>;
  /** Of some ids those that the archive has. */
  have(ids: readonly { readonly id: ArticleId; readonly date: string | null }[]): Promise<ReadonlySet<ArticleId>>;
  readonly readVersion: Archive['readVersion'];
  /** The seal that a version's document lies under; null where it is not sealed as it is, or nothing was. */
  sealed(key: string, version: Version): Promise<SealOfVersion | null>;
  readonly site: Site;
}

export type SealOfVersion =
  | {
      /** When the last seal was made, ISO 8601 in UTC; null where it cannot be read. */
      readonly at: string | null;
      /** Of the log, in entries. */
      readonly size: number;
      /** True where `prove` gives it: it is the newest version, and its record is sealed as well. */
      readonly isProvable: boolean;
    }
  | { readonly fault: string };

export interface ShownArticle {
  readonly record: ArchiveRecord;
  /** Of this version, counted from 1. */
  readonly number: number;
  readonly version: Version;
  /** Of this version. */
  readonly title: string;
  /** As it lies in the document. */
  readonly body: string;
  readonly pictures: ReadonlyMap<string, ShownPicture>;
  readonly captions: ReadonlyMap<string, readonly (string | null)[]>;
  readonly links: ReadonlyMap<string, ShownLink>;
  readonly absence: Absence | null;
  readonly seal: SealOfVersion | null;
}

/** More links than this are shown as they are, whether or not the archive has what they lead to. */
const MOST_LINKS = 500;

/**
 * @param number of a version, counted from 1; the newest where null
 * @returns null where the archive has no such article or version
 * @throws ARCHIVE_DAMAGED
 */
export async function readArticle(id: ArticleId, number: number | null, shelf: Shelf): Promise<ShownArticle | null> {
  const stored = await shelf.find(id, null);
  if (stored === null) return null;
  const record = { ...stored.record, article: articleOf(stored.record) };
  const shown = number ?? record.versions.length;
  const version = record.versions[shown - 1];
  if (version === undefined) return null;
  const { title, body } = readDocument(await shelf.readVersion(version));
  const goal = record.movedTo === undefined ? [] : [record.movedTo.url];
  return {
    record,
    number: shown,
    version,
    title: shown === record.versions.length ? record.article.title : title,
    body,
    pictures: new Map(record.assets.map((asset) => [asset.src, shownPicture(asset)])),
    captions: captionsOf(record),
    links: await shownLinks([...goal, ...linksOf(body, record.url)], shelf),
    absence: isGone(record),
    seal: await shelf.sealed(stored.key, version),
  };
}

/** The address of an article's page. */
export function articleHref(id: string): string {
  return `/articles/${id.replace(':', '/')}`;
}

export function shownPicture(asset: Asset): ShownPicture {
  if ('missing' in asset) return { missing: asset.missing };
  const { sha256, type, width, height } = asset;
  return { href: pictureHref(sha256, type), width, height, isFlawed: isFlawed(asset) };
}

/** False too for what has more bytes behind its end: nothing lacks in the picture. */
export function isFlawed({ flaw }: StoredAsset): boolean {
  return flaw !== undefined && flaw.kind !== 'trailing';
}

function captionsOf({ article }: ArchiveRecord): Map<string, (string | null)[]> {
  const captions = new Map<string, (string | null)[]>();
  for (const { src, caption } of article.images) captions.set(src, [...(captions.get(src) ?? []), caption]);
  return captions;
}

async function shownLinks(hrefs: readonly string[], shelf: Shelf): Promise<ReadonlyMap<string, ShownLink>> {
  const addresses = hrefs.map((href) => ({ href, address: parseArticleUrl(href, shelf.site) }));
  const asked = addresses.flatMap(({ address }) => address ?? []).slice(0, MOST_LINKS);
  const there = await shelf.have(asked);
  return new Map(
    addresses.map(({ href, address }) => {
      const isArchived = address !== null && there.has(address.id);
      return [href, { href: isArchived ? articleHref(address.id) : href, isArchived }];
    }),
  );
}
