/** The pages of an article in a site, with the pictures that they show and the text that the search looks into. */
import { type ArchiveRecord, sha256 } from '../archive/record.ts';
import { readEntry } from '../catalog/refresh.ts';
import type { Asset } from '../model.ts';
import { placeOf } from '../reader/files-index.ts';
import { shardScript } from '../reader/files-search-script.ts';
import { pictureHref } from '../reader/pictures.ts';
import { articleAt, recordAt, type Sources } from './articles.ts';
import type { ExportOptions } from './exported.ts';
import { pictureBytes } from './picture-records.ts';
import { mediaTypeOf } from './readable.ts';
import type { SiteFiles } from './site-files.ts';
import type { SiteLinks } from './site-links.ts';
import type { MakePages, SiteShelf } from './site-pages.ts';

interface Room {
  readonly files: SiteFiles;
  readonly links: SiteLinks;
  readonly shelf: SiteShelf;
  readonly make: MakePages;
  /** Is given the path of each picture that could not be copied. */
  readonly absent: Set<string>;
}

/** @returns writes the files of one article, by its place, unless they are right */
export function openSiteArticles(
  { files, links, shelf, make, absent }: Room,
  { sources, options, maker }: { readonly sources: Sources; readonly options: ExportOptions; readonly maker: string },
): (key: string) => Promise<void> {
  return async (key) => {
    const { storage } = sources;
    const stored = await recordAt(key, sources, { onLeftOut: () => {} }); // a damaged one was told of when it was selected
    if (stored === null || (await files.stays(key, fingerprintOf(stored.fingerprint), shelf.has))) return;
    // Waits for a document that is being written, and tells of one that is damaged: its page then says so.
    const article = await articleAt(key, sources, options);
    const { record, fingerprint } = article ?? stored;
    const { assets, shared, isWhole } = await pictures(key, record);
    shelf.hold({ key, record: { ...record, assets } });
    const pages: { readonly path: string; readonly text: string }[] = [];
    for (const address of addressesOf(record)) pages.push(...(await make(address)).files);
    const entry = await readEntry(key, storage);
    if (entry !== null && 'searched' in entry) {
      const { title, names, body } = entry.searched;
      const name = `text/${placeOf(record.id)}`;
      const text = shardScript(
        name,
        [title, names, body].map((each) => each.toWellFormed()),
      );
      pages.push({ path: `${name}.js`, text });
    }
    const isRight = article !== null && isWhole;
    const group = { group: key, fingerprint: isRight ? fingerprintOf(fingerprint) : '', links: shelf.looked() };
    await files.put({ ...group, files: pages, shared });
  };

  function fingerprintOf(fingerprint: string): string {
    return sha256(`${maker} ${fingerprint}`);
  }

  /** Copies what can be shown; what cannot is missing on the page. */
  async function pictures(
    key: string,
    { assets, url }: ArchiveRecord,
  ): Promise<{ readonly assets: readonly Asset[]; readonly shared: readonly string[]; readonly isWhole: boolean }> {
    const shown: Asset[] = [];
    const shared = new Set<string>();
    let isWhole = true;
    for (const asset of assets) {
      const { src } = asset;
      if ('missing' in asset) {
        shown.push(asset);
        continue;
      }
      const path = links.pathOf(pictureHref(asset.sha256, asset.type), 'zh');
      if (path === null || mediaTypeOf(asset.type) === null) {
        shown.push({ src, missing: 'not exported' });
        continue;
      }
      const bytes = (await files.has(path)) ? null : await pictureBytes(sources.storage, asset);
      if (bytes !== null) await files.write(path, bytes);
      if (await files.has(path)) {
        shared.add(path);
        shown.push(asset);
        continue;
      }
      const detail = `${src}: its bytes are not in the archive`;
      options.onLeftOut({ kind: 'picture-damaged', key, url, detail });
      absent.add(path);
      isWhole = false;
      shown.push({ src, missing: 'not exported' });
    }
    return { assets: shown, shared: [...shared], isWhole };
  }
}

/** Everything that is shown of an article: its page, and where more became of it, all its versions. */
function addressesOf({ id, versions, absences }: ArchiveRecord): readonly string[] {
  const page = `/articles/${id.replace(':', '/')}`;
  if (versions.length < 2 && absences.length === 0) return [page];
  const numbers = versions.map((_, i) => i + 1);
  const pairs = numbers.slice(1).map((to) => `${page}/diff?from=${to - 1}&to=${to}`);
  return [
    page,
    `${page}/history`,
    ...numbers.map((number) => `${page}/versions/${number}`),
    ...pairs.flatMap((diff) => [diff, `${diff}&view=side`]),
  ];
}
