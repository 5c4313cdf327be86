/** What the catalog keeps of an article, made of its record and its document alone. Pure. */
import { type ArticleChange, changesOf } from '../archive/changes.ts';
import { readDocument } from '../archive/document.ts';
import { assetKey, isPost } from '../archive/keys.ts';
import { type ArchiveRecord, articleOf, isGone } from '../archive/record.ts';
import { ArchiveError } from '../errors.ts';
import type { Person, TimePrecision } from '../model.ts';
import { textOfBody } from './document-text.ts';

/** An article as lists and pages show it; nothing of it has to be read from the article's files. */
export interface CatalogArticle {
  /** Where it lies: `2022/01/2022_01_28_623950`. */
  readonly key: string;
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly originalTitle: string | null;
  /** ISO 8601 with the site's offset. */
  readonly publishedAt: string;
  readonly precision: TimePrecision;
  readonly updatedAt: string | null;
  /** 来源, as printed. */
  readonly source: string | null;
  /** The configured source that named it. */
  readonly list: string | null;
  readonly columnists: readonly Person[];
  /** Staff writers, as printed. */
  readonly staff: readonly string[];
  /** The byline as printed. */
  readonly byline: string | null;
  readonly editors: readonly string[];
  readonly keywords: readonly string[];
  readonly topic: { readonly name: string; readonly url: string } | null;
  readonly summary: string | null;
  /** Codes of `flags.ts`. */
  readonly flags: readonly string[];
  readonly versions: number;
  /** When a visit found it gone, ISO 8601 in UTC; null while the site has it. */
  readonly withdrawnSince: string | null;
  /** What it became. */
  readonly movedTo: string | null;
  /** Pictures that the body shows. */
  readonly pictures: number;
  /** The first picture that was stored. */
  readonly lead: LeadPicture | null;
  /** Of the document. */
  readonly bytes: number;
  /** Of the text, white space left out. */
  readonly characters: number;
  /** ISO 8601 in UTC. */
  readonly firstCapturedAt: string;
  /** When the newest version was captured, or it was last found gone, back or moved; ISO 8601 in UTC. */
  readonly changedAt: string;
}

export interface LeadPicture {
  /** Its file in the archive. */
  readonly key: string;
  /** In pixels; 0 where a drawing does not say it. */
  readonly width: number;
  readonly height: number;
}

/** What articles have in common with others, and are found by. */
export type LabelKind = 'source' | 'list' | 'author' | 'editor' | 'keyword' | 'topic' | 'flag' | 'state';

export interface Label {
  readonly kind: LabelKind;
  readonly name: string;
  /** The page of a columnist or a topic; null where none is known. */
  readonly url: string | null;
}

/** Of kind `state`. */
const STATES = ['any', 'withdrawn', 'edited', 'flagged', 'moved', 'post', 'picture', 'video'] as const;
export type State = (typeof STATES)[number];

export interface CatalogEntry {
  readonly article: CatalogArticle;
  /** In seconds since 1970. */
  readonly published: number;
  /** `2022-01-28`, in Beijing. */
  readonly day: string;
  readonly labels: readonly Label[];
  readonly changes: readonly ArticleChange[];
  /** What is searched, as it is printed. */
  readonly searched: { readonly title: string; readonly names: string; readonly body: string };
  /** The files of all pictures that its versions show, each once. */
  readonly stored: readonly StoredPicture[];
  /** True where the document could not be read: only what the record says is found. */
  readonly lacksText: boolean;
}

export interface StoredPicture {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

const BEIJING_S = 8 * 3600;

/** @param document the text of the newest version's document; null where it cannot be read */
export function entryOf(key: string, record: ArchiveRecord, document: string | null): CatalogEntry {
  const { versions, flags, assets } = record;
  const article = articleOf(record);
  const text = document === null ? null : textOfDocument(document);
  const captions = article.images.flatMap(({ caption }) => caption ?? []);
  const missingCaptions = captions.filter((caption) => text?.includes(caption) !== true);
  const labels = labelsOf(key, record);
  const changes = changesOf(record);
  const lead = assets.find((asset) => 'sha256' in asset);
  const published = Math.floor(Date.parse(article.publishedAt) / 1000);
  const capturedAt = versions[0]?.capturedAt ?? '';
  return {
    article: {
      key,
      id: record.id,
      url: record.url,
      title: article.title,
      originalTitle: article.originalTitle,
      publishedAt: article.publishedAt,
      precision: article.precision,
      updatedAt: article.updatedAt,
      source: article.source,
      list: record.source,
      columnists: article.columnists,
      staff: article.staff.map(({ name }) => name),
      byline: article.byline?.text ?? null,
      editors: article.editors,
      keywords: article.keywords,
      topic: article.topic,
      summary: article.summary,
      flags: [...new Set(flags.map(({ code }) => code))],
      versions: versions.length,
      withdrawnSince: isGone(record)?.since ?? null,
      movedTo: record.movedTo?.url ?? null,
      pictures: article.images.length,
      lead:
        lead === undefined ? null : { key: assetKey(lead.sha256, lead.type), width: lead.width, height: lead.height },
      bytes: record.document.bytes,
      characters: (text ?? '').replace(/\s+/g, '').length,
      firstCapturedAt: capturedAt,
      changedAt: [capturedAt, record.movedTo?.since ?? '', ...changes.map(({ at }) => at)].reduce(latest),
    },
    published,
    day: new Date((published + BEIJING_S) * 1000).toISOString().slice(0, 10),
    labels,
    changes,
    searched: {
      title: [article.title, article.originalTitle ?? ''].join('\n'),
      names: namesOf(record).join('\n'),
      body: [article.summary ?? '', ...missingCaptions, text ?? ''].join('\n'),
    },
    stored: [...new Map(assets.flatMap((asset) => ('sha256' in asset ? [[asset.sha256, asset]] : []))).values()].map(
      ({ sha256, bytes }) => ({ sha256, bytes }),
    ),
    lacksText: text === null,
  };
}

/** The text of a document, block by block; null where it has not the frame of one. */
export function textOfDocument(document: string): string | null {
  try {
    return textOfBody(readDocument(document).body);
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}

function latest(a: string, b: string): string {
  return a < b ? b : a;
}

/** Everybody and everything that the article names outside of its text. */
function namesOf(record: ArchiveRecord): readonly string[] {
  const article = articleOf(record);
  const { byline, columnists, staff, editors, keywords, topic, source } = article;
  const people = [...columnists, ...staff].map(({ name, title }) => `${name} ${title ?? ''}`);
  return [byline?.text ?? '', ...people, ...editors, ...keywords, topic?.name ?? '', source ?? '', record.source ?? ''];
}

function labelsOf(key: string, record: ArchiveRecord): readonly Label[] {
  const { flags, assets, versions } = record;
  const article = articleOf(record);
  const { byline, columnists, staff, editors, keywords, topic, media } = article;
  const named = (kind: LabelKind, names: readonly (string | null)[], url: string | null = null): Label[] =>
    names.flatMap((name) =>
      name === null || name.trim() === '' ? [] : [{ kind, name: name.trim().toWellFormed(), url }],
    );
  const writers = byline?.credits.flatMap(({ names }) => names) ?? [];
  const states: Readonly<Record<State, boolean>> = {
    any: true,
    withdrawn: isGone(record) !== null,
    edited: versions.length > 1,
    flagged: flags.length > 0,
    moved: record.movedTo !== undefined,
    post: isPost(key),
    picture: assets.some((asset) => 'sha256' in asset),
    video: media.some(({ kind }) => kind !== 'audio'),
  };
  const labels = [
    ...named('source', [article.source]),
    ...named('list', [record.source]),
    ...[...columnists, ...staff].flatMap(({ name, url }) => named('author', [name], url)),
    ...named('author', writers),
    ...named('editor', editors),
    ...named('keyword', keywords),
    ...named('topic', [topic?.name ?? null], topic?.url ?? null),
    ...named(
      'flag',
      flags.map(({ code }) => code),
    ),
    ...named(
      'state',
      STATES.filter((state) => states[state]),
    ),
  ];
  const once = new Map<string, Label>();
  for (const label of labels) {
    const id = `${label.kind} ${label.name}`;
    if ((once.get(id)?.url ?? null) === null) once.set(id, label);
  }
  return [...once.values()];
}
