/** An EPUB of the articles of some days, by day and column, with their pictures. It is written while the archive is read. */
import { Readable } from 'node:stream';
import { assetKey, stemOf } from '../archive/keys.ts';
import { sha256 } from '../archive/record.ts';
import { ArchiveError } from '../errors.ts';
import type { Site } from '../site/address.ts';
import { articleAt, type SelectedArticle, type Sources, selectedRecords } from './articles.ts';
import {
  type Chapter,
  CONTAINER,
  chapterPage,
  contentsPage,
  isForeign,
  NO_PICTURE,
  PACKAGE,
  type PictureFile,
  packageDocument,
  STYLE,
} from './epub-files.ts';
import type { Exported, ExportOptions } from './exported.ts';
import { pictureBytes } from './picture-records.ts';
import { mediaTypeOf, openReadable, storedPictures } from './readable.ts';
import { cleanLine } from './row.ts';
import { dayOf, type Selection } from './selection.ts';
import { stageFile } from './staged.ts';
import { requireFile, type Target } from './target.ts';
import { type ZipEntry, zipOf } from './zip.ts';

interface Given {
  readonly sources: Sources;
  readonly options: ExportOptions;
  /** Says which links lead to articles. */
  readonly site: Site;
}

/** A chapter, and where it is read from. */
interface Planned extends Chapter {
  /** Of the article, in the archive. */
  readonly key: string;
  readonly fingerprint: string;
  readonly capturedAt: string;
}

/**
 * @throws USAGE for a selection without an end, which no reading system could open; NOT_ARCHIVED where it has no article;
 *   INTERRUPTED
 */
export async function exportEpub(target: Target, selection: Selection, given: Given): Promise<Exported> {
  const file = requireFile(target);
  if (selection.since === null && selection.until === null && selection.keys === null)
    throw new ArchiveError('USAGE', 'epub: name the days with --day, --week, --since or --until, or some articles');
  const chapters = await plan(selection, given);
  if (chapters.length === 0)
    throw new ArchiveError('NOT_ARCHIVED', `${given.sources.storage.name}: no article is selected`);
  await using staged = await stageFile(target.folder, file, zipOf(entries(chapters, given)));
  const { bytes, sha256: digest } = staged;
  await staged.keep(file);
  given.options.onFile({ path: file, bytes, sha256: digest, wrote: true });
  return { articles: chapters.length, files: 1, bytes, others: [] };
}

/** Everything but the texts: these are read when their turn comes. */
async function plan(selection: Selection, { sources, options }: Given): Promise<readonly Planned[]> {
  const chapters: Planned[] = [];
  for await (const stored of selectedRecords(sources, selection, { ...options, onProgress: () => {} })) {
    const { key, record, fingerprint } = stored;
    chapters.push({
      id: record.id,
      page: `${stemOf(key)}.xhtml`,
      title: cleanLine(record.article.title) || record.id,
      day: dayOf(stored),
      column: cleanLine(record.source ?? '') || '其他',
      publishedAt: record.article.publishedAt,
      key,
      fingerprint,
      capturedAt: record.versions.at(-1)?.capturedAt ?? '',
    });
  }
  const columns = new Map([...new Set(chapters.map(({ column }) => column))].map((column, i) => [column, i]));
  const order = (a: Planned, b: Planned) =>
    compare(a.day, b.day) ||
    (columns.get(a.column) ?? 0) - (columns.get(b.column) ?? 0) ||
    compare(a.publishedAt, b.publishedAt) ||
    compare(a.page, b.page);
  return chapters.sort(order);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

async function* entries(chapters: readonly Planned[], { sources, options, site }: Given): AsyncGenerator<ZipEntry> {
  yield { path: 'mimetype', content: 'application/epub+zip', isStored: true };
  yield { path: 'META-INF/container.xml', content: CONTAINER };
  yield { path: 'EPUB/style.css', content: STYLE };
  const makeReadable = await openReadable(site);
  const pages = new Map(chapters.map(({ id, page }) => [id, page]));
  const pictures = new Map<string, PictureFile | null>();
  for (const [i, chapter] of chapters.entries()) {
    if (options.signal.aborted) throw new ArchiveError('INTERRUPTED', chapter.id);
    const article = await articleAt(chapter.key, sources, options);
    if (article !== null) yield* picturesOf(article);
    yield { path: `EPUB/text/${chapter.page}`, content: pageOf(chapter, article) };
    options.onProgress(i + 1, chapters.length);
  }
  const [first, last] = [chapters[0]?.day ?? '', chapters.at(-1)?.day ?? ''];
  const title = `观察者网 ${first === last ? first : `${first} – ${last}`}`;
  yield { path: 'EPUB/nav.xhtml', content: contentsPage(title, chapters) };
  const files = [...pictures.values()].filter((picture) => picture !== null);
  if (files.some(isForeign)) yield { path: 'EPUB/no-picture.svg', content: NO_PICTURE };
  const content = packageDocument({
    title,
    identifier: `urn:sha256:${sha256(chapters.map(({ fingerprint }) => fingerprint).join('\n'))}`,
    modified: chapters.map(({ capturedAt }) => capturedAt).reduce((a, b) => (a > b ? a : b)),
    software: options.software,
    chapters,
    pictures: files,
  });
  yield { path: PACKAGE, content };

  /** Those that the book does not have yet. */
  async function* picturesOf(article: SelectedArticle): AsyncGenerator<ZipEntry> {
    for (const asset of storedPictures(article)) {
      if (pictures.has(asset.sha256)) continue;
      const mediaType = mediaTypeOf(asset.type);
      const bytes = mediaType === null ? null : await pictureBytes(sources.storage, asset);
      const path = `pictures/${asset.sha256}.${asset.type}`;
      pictures.set(asset.sha256, bytes === null || mediaType === null ? null : { path, mediaType });
      if (bytes !== null) yield { path: `EPUB/${path}`, bytes: bytes.length, chunks: () => Readable.from([bytes]) };
      else if (mediaType !== null)
        options.onLeftOut({
          kind: 'picture-damaged',
          key: article.key,
          url: article.record.url,
          detail: `${assetKey(asset.sha256, asset.type)}: its bytes are not in the archive`,
        });
    }
  }

  function pageOf(chapter: Planned, article: SelectedArticle | null): string {
    if (article === null) return chapterPage(chapter, { body: '<p>此篇存档有损，未能收入。</p>', about: [], url: '' });
    const { body, authors } = makeReadable(article, {
      pictureHref: (asset) => {
        const picture = pictures.get(asset.sha256) ?? null;
        return picture === null ? null : `../${picture.path}`;
      },
      articleHref: (id) => pages.get(id) ?? null,
    });
    const { source } = article.record.article;
    return chapterPage(chapter, { body, about: [...(source ? [source] : []), ...authors], url: article.record.url });
  }
}
