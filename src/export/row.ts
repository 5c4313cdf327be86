/** An article as a row of values: what JSON Lines, CSV, Parquet, SQLite and lists of references are made of. */
import type { StoredArticle } from '../archive/archive.ts';
import { readBody } from '../archive/diff.ts';
import { assetKey } from '../archive/keys.ts';
import { articleOf, isGone } from '../archive/record.ts';
import type { Article, Asset } from '../model.ts';
import { isOfWriting } from '../site/people.ts';
import type { SelectedArticle } from './articles.ts';
import { dayOf } from './selection.ts';

/** What the record says. */
export interface Facts {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly originalTitle: string | null;
  /** ISO 8601 with the site's offset: `2022-01-28T10:30:43+08:00`. */
  readonly publishedAt: string;
  readonly precision: string;
  readonly updatedAt: string | null;
  /** Of Beijing, `2022-01-28`. */
  readonly day: string;
  /** The list that named it. */
  readonly source: string | null;
  /** 来源: where the site has it from. */
  readonly origin: string | null;
  readonly people: readonly PersonRow[];
  readonly byline: string | null;
  readonly keywords: readonly string[];
  readonly topic: string | null;
  readonly summary: string | null;
  readonly versions: readonly { readonly capturedAt: string; readonly sha256: string; readonly document: string }[];
  /** When it was archived first, and last as it stands; ISO 8601 in UTC. */
  readonly firstCapturedAt: string;
  readonly capturedAt: string;
  /** Since when the site has it no more; null while it has. */
  readonly withdrawnSince: string | null;
  readonly movedTo: string | null;
  /** Codes of what a person should look at. */
  readonly flags: readonly string[];
  /** In the archive. */
  readonly document: string;
  readonly sha256: string;
}

/** With what stands in the document. */
export interface Row extends Facts {
  /** A line for each paragraph. */
  readonly text: string;
  /** Of the text, white space apart. */
  readonly characters: number;
  readonly pictures: readonly PictureRow[];
}

interface PersonRow {
  readonly name: string;
  /** `columnist`, `staff`, `editor`, or the role that the byline prints, such as 文 or 译. */
  readonly role: string;
  /** True for who wrote it. */
  readonly isAuthor: boolean;
}

interface PictureRow {
  readonly src: string;
  readonly caption: string | null;
  /** In the archive; null where the site did not give it. */
  readonly file: string | null;
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly width: number | null;
  readonly height: number | null;
}

/** An article as a row, or what one is made of. */
export type Tabular = SelectedArticle | { readonly key: string; readonly row: Row };

export function rowOf(selected: Tabular): Row {
  if ('row' in selected) return selected.row;
  const { record, document } = selected;
  const { blocks, images } = readBody(document.body);
  const text = cleanText(blocks.join('\n'));
  return {
    ...factsOf(selected),
    text,
    characters: [...text.replace(/\s+/g, '')].length,
    pictures: picturesOf(images, record.assets, record.article),
  };
}

export function factsOf(stored: StoredArticle | Tabular): Facts {
  if ('row' in stored) return stored.row;
  const { record } = stored;
  const article = articleOf(record);
  return {
    id: record.id,
    url: record.url,
    title: cleanLine(article.title),
    originalTitle: orNull(article.originalTitle),
    publishedAt: article.publishedAt,
    precision: article.precision,
    updatedAt: article.updatedAt,
    day: dayOf(stored),
    source: orNull(record.source),
    origin: orNull(article.source),
    people: peopleOf(article),
    byline: orNull(article.byline?.text),
    keywords: article.keywords.map(cleanLine),
    topic: orNull(article.topic?.name),
    summary: orNull(article.summary),
    versions: record.versions.map(({ capturedAt, sha256, document: path }) => ({ capturedAt, sha256, document: path })),
    firstCapturedAt: record.versions[0]?.capturedAt ?? '',
    capturedAt: record.versions.at(-1)?.capturedAt ?? '',
    withdrawnSince: isGone(record)?.since ?? null,
    movedTo: record.movedTo?.url ?? null,
    flags: record.flags.map(({ code }) => code),
    document: record.document.path,
    sha256: record.document.sha256,
  };
}

type RecordedArticle = StoredArticle['record']['article'];

/** Each name once with each role. Records of earlier versions of the program may lack a list. */
function peopleOf({ columnists, staff, editors, byline }: RecordedArticle): readonly PersonRow[] {
  const credits = (byline?.credits ?? []) as NonNullable<Article['byline']>['credits'];
  const people = [
    ...(columnists ?? []).map(({ name }) => ({ name, role: 'columnist', isAuthor: true })),
    ...(staff ?? []).map(({ name }) => ({ name, role: 'staff', isAuthor: true })),
    ...credits.flatMap(({ role, names }) => names.map((name) => ({ name, role, isAuthor: isAuthorRole(role) }))),
    ...(editors ?? []).map((name) => ({ name, role: 'editor', isAuthor: false })),
  ].map((each) => ({ ...each, name: cleanLine(each.name), role: cleanLine(each.role) }));
  return [...new Map(people.map((each) => [`${each.role}\n${each.name}`, each])).values()].filter(
    ({ name }) => name !== '',
  );
}

function isAuthorRole(role: string): boolean {
  return isOfWriting(role) && !isTranslation(role);
}

export function isTranslation(role: string): boolean {
  return /译/.test(role) && !/编译/.test(role);
}

/** Who wrote it, each once. */
export function authorsOf({ people }: Pick<Facts, 'people'>): readonly string[] {
  return [...new Set(people.filter(({ isAuthor }) => isAuthor).map(({ name }) => name))];
}

function picturesOf(
  shown: readonly string[],
  assets: readonly Asset[],
  { images }: RecordedArticle,
): readonly PictureRow[] {
  const stored = new Map(assets.map((asset) => [asset.src, asset]));
  const captions = new Map(images.map(({ src, caption }) => [src, caption ?? null]));
  return shown.map((src) => {
    const asset = stored.get(src);
    const about = { src: shortAddress(cleanLine(src)), caption: orNull(captions.get(src)) };
    if (asset === undefined || !('sha256' in asset))
      return { ...about, file: null, sha256: null, bytes: null, width: null, height: null };
    const { sha256, type, bytes, width, height } = asset;
    return { ...about, file: assetKey(sha256, type), sha256, bytes, width, height };
  });
}

/** A `data:` address holds all of the picture: its type is enough. */
function shortAddress(src: string): string {
  return src.startsWith('data:') ? src.slice(0, src.indexOf(',') + 1 || 64) : src;
}

function orNull(text: string | null | undefined): string | null {
  const clean = cleanLine(text ?? '');
  return clean === '' ? null : clean;
}

// Texts as other programs can hold them: well-formed Unicode without control characters, which no XML and few databases take.

/** Line feeds stay. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(CONTROLS, '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are left out
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufdd0-\ufdef\ufeff\ufffe\uffff]/g;

/** On one line. */
export function cleanLine(text: string): string {
  return cleanText(text.replaceAll('\t', ' ')).replace(/\s+/g, ' ').trim();
}
