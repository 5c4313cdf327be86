/** Asks the reader for pages, in each language, and gives them the links of a site. */
import type { ArchiveRecord } from '../archive/record.ts';
import type { ArticleId } from '../model.ts';
import type { Shelf } from '../reader/article.ts';
import { LANGUAGES } from '../reader/preferences.ts';
import { createFilesReader } from '../reader/reader.ts';
import type { Site } from '../site/address.ts';
import type { Sources } from './articles.ts';
import type { SiteGroup } from './site-files.ts';
import type { SiteLinks } from './site-links.ts';

export interface MadePages {
  /** One in each language. */
  readonly files: SiteGroup['files'];
  /** True where they say that a document is damaged. */
  readonly isDamaged: boolean;
  /** Addresses with which the list goes on, in any direction. */
  readonly goesOn: readonly string[];
}

/** @param address path and query in the reader */
export type MakePages = (address: string) => Promise<MadePages>;

export function openPageMaker(library: Parameters<typeof createFilesReader>[0], links: SiteLinks): MakePages {
  const faults: string[] = [];
  const reader = createFilesReader(library, { log: ({ message }) => void faults.push(message) });
  return async (address) => {
    const files: { readonly path: string; readonly text: string }[] = [];
    const goesOn = new Set<string>();
    let isDamaged = false;
    for (const language of LANGUAGES) {
      const answer = await reader.request(address, { headers: { 'accept-language': language } });
      const markup = await answer.text();
      if (faults.length > 0 || (answer.status !== 200 && answer.status !== 500))
        throw new TypeError(`${address}: ${answer.status} ${faults.join('; ')}`);
      isDamaged ||= answer.status !== 200;
      const path = links.pathOf(address, language);
      if (path === null) throw new TypeError(`${address}: has no file`);
      for (const next of links.goesOnIn(markup)) {
        links.goesOn(address, next);
        goesOn.add(next);
      }
      files.push({ path, text: links.relinked(markup, { path, language }) });
    }
    return { files, isDamaged, goesOn: [...goesOn] };
  };
}

/** Holds one article at a time, the one whose pages are asked for, and notes which others they look for. */
export interface SiteShelf extends Shelf {
  hold(article: { readonly key: string; readonly record: ArchiveRecord }): void;
  /** Ids that were looked for since, and whether the site has them. */
  looked(): Readonly<Record<string, boolean>>;
  has(id: string): boolean;
}

/** @param ids of all articles of the site */
export function openSiteShelf(
  { archive }: Pick<Sources, 'archive'>,
  { site, ids }: { readonly site: Site; readonly ids: ReadonlySet<string> },
): SiteShelf {
  let held: { readonly key: string; readonly record: ArchiveRecord } | null = null;
  let looked = new Set<ArticleId>();
  return {
    site,
    has: (id) => ids.has(id),
    hold: (article) => {
      held = article;
      looked = new Set();
    },
    looked: () => Object.fromEntries([...looked].map((id) => [id, ids.has(id)])),
    find: async (id) => (held?.record.id === id ? held : null),
    readVersion: archive.readVersion,
    sealed: async () => null, // the next seal would change every page
    have: async (addresses) => {
      for (const { id } of addresses) looked.add(id);
      return new Set(addresses.map(({ id }) => id).filter((id) => ids.has(id)));
    },
  };
}
