/**
 * An archive of any size that lies nowhere: each file is made when it is read, from its number alone. Articles of about
 * 1,200 characters, 100 a day, whose words are as frequent as those of a language (Zipf), with signs between them.
 */

import { makeDocument, writeDocument } from '../../src/archive/document.ts';
import { documentKey, parseKey, recordKey } from '../../src/archive/keys.ts';
import { type ArchiveRecord, sha256, writeRecord } from '../../src/archive/record.ts';
import type { Storage } from '../../src/archive/storage.ts';

const FIRST = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const A_DAY = 100;
const WORDS = 40_000;
const CHARACTERS = 2500;
const FIRST_NUMBER = 500_000;

/** As many as are wanted, the same each time for one seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const { words, sums } = makeWords();

function makeWords(): { readonly words: readonly string[]; readonly sums: Float64Array } {
  const next = random(7);
  // Characters of a language are of unequal frequency as well.
  const character = () => String.fromCharCode(0x4e00 + Math.floor(next() ** 2 * CHARACTERS) * 7);
  const length = () => (next() < 0.15 ? 1 : next() < 0.75 ? 2 : next() < 0.6 ? 3 : 4);
  const made = Array.from({ length: WORDS }, () => Array.from({ length: length() }, character).join(''));
  const weights = new Float64Array(WORDS);
  let sum = 0;
  for (let i = 0; i < WORDS; i++) {
    sum += 1 / (i + 5);
    weights[i] = sum;
  }
  return { words: made, sums: weights };
}

export function wordBy(next: () => number): string {
  const wanted = next() * (sums.at(-1) ?? 1);
  let [low, high] = [0, WORDS - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return words[low] ?? '';
}

function text(next: () => number, characters: number): string {
  let made = '';
  for (let clause = 0; made.length < characters; ) {
    const word = next() < 0.02 ? String(Math.floor(next() * 3000)) : wordBy(next);
    made += word;
    clause += word.length;
    if (clause < 6 + next() * 12) continue;
    made += next() < 0.65 ? '，' : next() < 0.85 ? '。' : '。”';
    clause = 0;
  }
  return made;
}

export interface GeneratedArticle {
  readonly key: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly publishedAt: string;
}

let last: { readonly index: number; readonly article: GeneratedArticle } | null = null;

/** The one before is remembered: its record and its document are asked for one after the other. */
export function articleOf(index: number): GeneratedArticle {
  if (last?.index !== index) last = { index, article: makeArticle(index) };
  return last.article;
}

function makeArticle(index: number): GeneratedArticle {
  const next = random(index + 1000);
  const time = FIRST + Math.floor(index / A_DAY) * DAY_MS + (index % A_DAY) * 600_000;
  const clock = new Date(time).toISOString();
  const day = clock.slice(0, 10);
  return {
    key: `${day.slice(0, 7).replace('-', '/')}/${day.replaceAll('-', '_')}_${FIRST_NUMBER + index}`,
    title: text(next, 18).slice(0, 24),
    paragraphs: Array.from({ length: 10 }, () => text(next, 115)),
    publishedAt: `${clock.slice(0, 19)}+08:00`,
  };
}

function documentOf({ title, paragraphs, publishedAt }: GeneratedArticle): string {
  const body = paragraphs.map((paragraph) => `<p>\n${paragraph}\n</p>\n`).join('');
  return writeDocument(
    makeDocument({
      title,
      categories: ['新媒体', '观察者网', '头条'],
      author: '观察者网',
      publishedAt,
      convention: 'site-clock',
      body,
    }),
  );
}

function recordOf(index: number): string {
  const article = articleOf(index);
  const { key, title, publishedAt } = article;
  const document = documentOf(article);
  const next = random(index + 5_000_000);
  const hash = sha256(document);
  const path = documentKey(key);
  const url = `https://www.guancha.cn/bench/${key.slice(8)}.shtml`;
  const capturedAt = new Date(Date.parse(publishedAt) + 3_600_000).toISOString();
  const writer = `作者${Math.floor(next() ** 2 * 2000)}`;
  const record: ArchiveRecord = {
    format: 1,
    id: `guancha:${FIRST_NUMBER + index}`,
    url,
    aliases: [],
    source: ['头条', '要闻', '时评', '风闻'][index % 4] ?? null,
    via: null,
    leadPicture: null,
    article: {
      title,
      originalTitle: null,
      clock: { published: publishedAt.slice(0, 19).replace('T', ' '), updated: null },
      publishedAt,
      precision: 'second',
      updatedAt: null,
      source: `来源${Math.floor(next() ** 3 * 300)}`,
      columnists: [],
      staff: [],
      byline: { text: `【文/${writer}】`, credits: [{ role: '文', names: [writer], affiliation: null }] },
      editors: [`编辑${Math.floor(next() * 40)}`],
      keywords: Array.from({ length: 4 }, () => wordBy(next)),
      summary: null,
      topic: null,
      sharePicture: null,
      images: [],
      media: [],
      layout: 'classic',
      pages: 1,
    },
    flags: [],
    contentHash: hash,
    document: { path, bytes: Buffer.byteLength(document), sha256: hash },
    assets: [],
    verdict: { kind: 'article', evidence: ['generated'] },
    capture: {
      tool: 'generator',
      userAgent: 'generator',
      requests: [
        {
          url,
          finalUrl: url,
          status: 200,
          headers: {},
          fetchedAt: capturedAt,
          fetchedBy: 'browser',
          sha256: hash,
          bytes: 1,
        },
      ],
    },
    versions: [{ document: path, sha256: hash, contentHash: hash, capturedAt, changes: null }],
    absences: [],
  };
  return writeRecord(record);
}

/** The storage of so many articles; only what reads records and documents works. */
export function openGenerated(articles: number): Storage {
  const months = Map.groupBy(
    Array.from({ length: articles }, (_, i) => i),
    (i) => monthOf(i),
  );
  const years = new Set([...months.keys()].map((month) => month.slice(0, 4)));
  const refuse = () => {
    throw new TypeError('a generated archive cannot do this');
  };
  const indexOf = (key: string) => Number(/(\d+)\.(?:html|json)$/.exec(key)?.[1]) - FIRST_NUMBER;
  return {
    name: 'generated',
    read: async (key) => {
      const kind = parseKey(key)?.kind;
      if (kind === 'record') return Buffer.from(recordOf(indexOf(key)));
      return kind === 'document' ? Buffer.from(documentOf(articleOf(indexOf(key)))) : null;
    },
    stat: async (key) => ({ kind: /\.\w+$/.test(key) ? 'a file' : 'a folder', bytes: 1, writtenAt: 1, target: null }),
    list: async function* (prefix) {
      const month = prefix.split('/').slice(-2).join('/');
      for (const i of months.get(month) ?? [])
        yield { key: recordKey(articleOf(i).key), bytes: 1, writtenAt: 1, changedAt: 1, revision: '1' };
    },
    names: async (prefix) => {
      const [, year, ...more] = prefix.split('/');
      if (year === undefined) return { files: [], folders: [...years] };
      const ofYear = [...months.keys()].filter((month) => month.startsWith(`${year}/`));
      return { files: [], folders: more.length > 0 || year.length !== 4 ? [] : ofYear.map((month) => month.slice(5)) };
    },
    chunks: refuse,
    readRevised: refuse,
    writeRevised: refuse,
    write: refuse,
    append: refuse,
    copy: refuse,
    move: refuse,
    remove: refuse,
    temporary: refuse,
    sweep: refuse,
    freeBytes: refuse,
    digest: refuse,
  };
}

function monthOf(index: number): string {
  return new Date(FIRST + Math.floor(index / A_DAY) * DAY_MS).toISOString().slice(0, 7).replace('-', '/');
}
