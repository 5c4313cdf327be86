/** What a package holds of each article: the exchanges that its versions were made of, its pictures, and its page in the list. */
import type { StoredArticle } from '../archive/archive.ts';
import { readDocument } from '../archive/document.ts';
import type { CaptureReader } from '../capture/read-captures.ts';
import { ArchiveError, renderError } from '../errors.ts';
import type { StoredAsset } from '../model.ts';
import { parseFragment } from '../page/html.ts';
import { linesOf } from '../page/lines.ts';
import type { Sources } from './articles.ts';
import { type Batch, readArticle } from './batches.ts';
import { exchangePieces, nameOf, type Piece, placesOf } from './exchange-records.ts';
import type { LeftOut } from './exported.ts';
import type { PackageIndex } from './package-index.ts';
import { findPictures, pictureBytes, picturePieces, standInPieces } from './picture-records.ts';

/** The archive, opened to be read. */
export interface CaptureSources extends Sources {
  readonly captures: CaptureReader;
}

export interface CollectOptions {
  readonly index: PackageIndex;
  readonly onLeftOut: (left: LeftOut) => void;
  /** Is called behind each article. */
  readonly onArticle: () => void;
  readonly signal: AbortSignal;
}

/** @throws INTERRUPTED */
export async function* collectPieces(
  { keys, segments }: Pick<Batch, 'keys' | 'segments'>,
  sources: CaptureSources,
  options: CollectOptions,
): AsyncGenerator<Piece> {
  await findPictures(sources.captures, { ...options, segments });
  for (const key of keys) {
    if (options.signal.aborted) throw new ArchiveError('INTERRUPTED', key);
    const found = await readArticle(sources.storage, key).catch(unlessDamaged);
    if (found instanceof ArchiveError)
      options.onLeftOut({ kind: 'article-damaged', key, url: null, detail: renderError(found) });
    else if (found !== null) yield* articlePieces(found.article, sources, options);
    options.onArticle();
  }
}

async function* articlePieces(
  article: StoredArticle,
  sources: CaptureSources,
  { index, onLeftOut }: CollectOptions,
): AsyncGenerator<Piece> {
  const { key, record } = article;
  const { url } = record;
  const dates = new Map<string, string>(); // addresses of answers that show something → when they were given last
  for (const place of placesOf(record)) {
    // A record without a payload of its own goes with the one that has it, so that the package stands for itself.
    const group = place.body === undefined ? [place] : [place.body, place];
    const packed = await Promise.all(
      group.map(async (each) => ({ each, pieces: await exchangePieces(sources.captures, each) })),
    ).catch(unlessDamaged);
    if (packed instanceof ArchiveError) {
      onLeftOut({ kind: 'capture-damaged', key, url, detail: renderError(packed) });
      continue;
    }
    for (const { each, pieces } of packed) {
      for (const { entry } of pieces) if (entry?.status === 200 && each === place) dates.set(entry.url, entry.date);
      if (index.note(`exchange ${nameOf(each)}`) === null) yield* pieces;
    }
  }
  const shown = shownPage(article, dates);
  if (shown === null) return;
  for (const asset of record.assets)
    if ('sha256' in asset && !asset.src.startsWith('data:'))
      yield* piecesOfPicture({ ...asset, src: uriOf(asset.src), url: uriOf(asset.url) }, shown.date);
  index.addPage(await pageLine(article, shown, sources));

  async function* piecesOfPicture(asset: StoredAsset, date: string): AsyncGenerator<Piece> {
    const name = (address: string) => `picture ${asset.sha256} ${address}`;
    let from = index.noted(name(asset.url));
    if (from === null) {
      const bytes = await pictureBytes(sources.storage, asset);
      if (bytes === null)
        return onLeftOut({
          kind: 'picture-damaged',
          key,
          url,
          detail: `${asset.src}: its bytes are not in the archive`,
        });
      const made = await picturePieces(asset, { bytes, date, index, captures: sources.captures });
      index.note(name(asset.url), made.name);
      from = made.name;
      yield* made.pieces;
    }
    if (asset.src !== asset.url && index.note(name(asset.src), from) === null)
      yield* standInPieces(asset, { date, of: from });
  }
}

/** An address as it is asked for: in ASCII, without a fragment. */
function uriOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  parsed.hash = '';
  return parsed.href;
}

interface ShownPage {
  readonly url: string;
  /** WARC-Date of its record. */
  readonly date: string;
}

/** The answer that shows the article, at the address where redirects ended; null where none was packed. */
function shownPage({ record }: StoredArticle, dates: ReadonlyMap<string, string>): ShownPage | null {
  for (const { finalUrl } of record.capture.requests) {
    const date = dates.get(finalUrl);
    if (date !== undefined) return { url: finalUrl, date };
  }
  const [first] = dates;
  return first === undefined ? null : { url: first[0], date: first[1] };
}

/** A line of `pages.jsonl` (WACZ 1.1.1, 5.2.2), with the article's text for a search through it. */
async function pageLine(
  { record }: StoredArticle,
  { url, date }: ShownPage,
  { archive }: CaptureSources,
): Promise<string> {
  const newest = record.versions.at(-1);
  const document = newest === undefined ? null : await archive.readVersion(newest).catch(unlessDamaged);
  const text =
    typeof document === 'string'
      ? linesOf(parseFragment(readDocument(document).body).root().contents()).join('\n')
      : undefined;
  return JSON.stringify({ id: record.id, url, ts: date, title: record.article.title, text });
}

const DAMAGES: readonly string[] = ['ARCHIVE_DAMAGED', 'CAPTURE_DAMAGED', 'CAPTURE_MISSING'];

function unlessDamaged(error: unknown): ArchiveError {
  if (error instanceof ArchiveError && DAMAGES.includes(error.code)) return error;
  throw error;
}
