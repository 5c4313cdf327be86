/** An article as people read it elsewhere: sanitised, with the pictures that go along, and links to other articles that do. */
import { picturesOf } from '../archive/document-pictures.ts';
import { MEDIA_TYPES } from '../archive/media-types.ts';
import type { Asset, StoredAsset } from '../model.ts';
import { isFlawed } from '../reader/article.ts';
import { openSanitiser } from '../reader/sanitise.ts';
import { linksOf, type ShownLink, type ShownPicture, typeset } from '../reader/typeset.ts';
import { wordsIn } from '../reader/words.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';
import type { SelectedArticle } from './articles.ts';
import { plainMarkup } from './plain-markup.ts';
import { authorsOf, cleanLine, factsOf } from './row.ts';

/** Where the export has what an article names. */
interface Places {
  /** Address of a picture; null where it is not in the export. */
  readonly pictureHref: (asset: StoredAsset) => string | null;
  /** Address of an article by its id; null where it is not in the export. */
  readonly articleHref: (id: string) => string | null;
}

export interface Readable {
  readonly title: string;
  /** XHTML that is HTML as well: `plain-markup.ts`. */
  readonly body: string;
  readonly authors: readonly string[];
  /** Ids of the articles that it links, whether the export has them or not. */
  readonly links: readonly string[];
}

type MakeReadable = (article: SelectedArticle, places: Places) => Readable;

/** @param site says which links lead to articles */
export async function openReadable(site: Site): Promise<MakeReadable> {
  const sanitise = await openSanitiser();
  const words = wordsIn('zh');
  return (article, { pictureHref, articleHref }) => {
    const { record, document } = article;
    const given = new Set<string>();
    const note = (href: string | null) => {
      if (href !== null) given.add(href);
      return href;
    };
    const pictures = new Map(
      record.assets.map((asset) => [asset.src, shownPicture(asset, (each) => note(pictureHref(each)))]),
    );
    const ids = new Set<string>();
    const links = new Map<string, ShownLink>();
    for (const href of linksOf(document.body, record.url)) {
      const id = parseArticleUrl(href, site)?.id ?? null;
      if (id !== null) ids.add(id);
      const inside = id === null ? null : note(articleHref(id));
      links.set(href, { href: inside ?? href, isArchived: inside !== null });
    }
    const captions = new Map<string, (string | null)[]>();
    for (const { src, caption } of record.article.images)
      captions.set(src, [...(captions.get(src) ?? []), caption ?? null]);
    const { body } = typeset(document.body, { base: record.url, pictures, captions, links, words });
    const isGiven = (href: string) => given.has(href);
    return {
      title: cleanLine(record.article.title) || record.id,
      body: plainMarkup(sanitise(body, { isPicture: isGiven, isInside: isGiven })),
      authors: authorsOf(factsOf(article)),
      links: [...ids],
    };
  };
}

function shownPicture(asset: Asset, hrefOf: (asset: StoredAsset) => string | null): ShownPicture {
  if ('missing' in asset) return { missing: asset.missing };
  const href = hrefOf(asset);
  if (href === null) return { missing: 'not exported' };
  return { href, width: asset.width, height: asset.height, isFlawed: isFlawed(asset) };
}

// Pictures that go along.

/** Null for bytes of no known kind, and for a drawing, which may hold scripts: it goes along only where none can run. */
export function mediaTypeOf(type: string): string | null {
  return type !== 'svg' && Object.hasOwn(MEDIA_TYPES, type) ? (MEDIA_TYPES[type] ?? null) : null;
}

/** Stored pictures that the document shows, each once: a record has those of superseded documents as well. */
export function storedPictures({ record, document }: SelectedArticle): readonly StoredAsset[] {
  const stored = record.assets.filter((asset) => 'sha256' in asset);
  const shown = record.versions.length === 1 ? null : new Set(picturesOf(document.body, record.url));
  const those = stored.filter(({ src }) => shown === null || shown.has(src));
  return [...new Map(those.map((asset) => [asset.sha256, asset])).values()];
}
