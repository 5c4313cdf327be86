/** A reader over an archive in memory: what a test puts there, and what its pages answer. */
import { join } from 'node:path';
import { openArchive } from '../../src/archive/archive.ts';
import { makeDocument, writeDocument } from '../../src/archive/document.ts';
import { articleKey, assetKey } from '../../src/archive/keys.ts';
import { openMemory } from '../../src/archive/memory.ts';
import { type RecordDraft, sha256 } from '../../src/archive/record.ts';
import type { Storage } from '../../src/archive/storage.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { systemClock } from '../../src/clock.ts';
import { type Config, defaultConfig } from '../../src/config.ts';
import type { LogEvent } from '../../src/log.ts';
import type { Article, ArticleId, Asset } from '../../src/model.ts';
import { openLibrary } from '../../src/reader/library.ts';
import { createReader, type ReaderOptions } from '../../src/reader/reader.ts';
import type { Reader } from '../../src/reader/visit.ts';
import type { Site } from '../../src/site/address.ts';
import { SITE } from './article-page.ts';
import { captured } from './drafts.ts';

export interface Put {
  readonly id?: ArticleId;
  readonly title?: string;
  /** As it is to lie in the document: nothing is cleaned. */
  readonly body?: string;
  readonly publishedAt?: string;
  readonly article?: Partial<Article>;
  readonly assets?: readonly Asset[];
  readonly draft?: Partial<RecordDraft>;
  readonly capturedAt?: string;
}

export interface ReadingRoom {
  readonly reader: Reader;
  readonly storage: Storage;
  readonly archive: ReturnType<typeof openArchive>;
  readonly faults: readonly LogEvent[];
  /** Ends what the reader keeps open: of a cluster alone. */
  end(): void;
  /** Archives an article, or its next version. */
  put(what: Put): Promise<void>;
  /** Keeps a picture's bytes. */
  picture(bytes: string | Buffer, type: string, src: string): Promise<Asset>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  text(path: string, headers?: Readonly<Record<string, string>>): Promise<string>;
}

/** @param options `folder` is where queue and journal lie, nowhere by default; `cluster` where those of a cluster do */
export async function openReadingRoom({
  folder = join(import.meta.dirname, 'nowhere'),
  site = SITE,
  cluster = {},
  ...options
}: Partial<ReaderOptions> & {
  readonly folder?: string;
  readonly site?: Site;
  readonly cluster?: Partial<Config['cluster']>;
} = {}): Promise<ReadingRoom> {
  const storage = openMemory();
  const archive = openArchive(storage, { minFreeBytes: 0 });
  const faults: LogEvent[] = [];
  const log = (event: LogEvent) => void faults.push(event);
  const catalog = await openCatalog(storage, { path: null, log });
  const ended = new AbortController();
  const { signal } = ended;
  const config = defaultConfig();
  const library = openLibrary(
    { archive, catalog, storage, folder, config: { ...config, site, cluster: { ...config.cluster, ...cluster } } },
    { clock: systemClock, log, signal },
  );
  const reader = createReader(library, { names: [], gate: null, log, ...options });
  const get: ReadingRoom['get'] = async (path, headers = {}) =>
    reader.request(`http://localhost${path}`, { headers: { host: 'localhost', ...headers } });
  return {
    reader,
    storage,
    archive,
    faults,
    end: () => ended.abort(),
    get,
    text: async (path, headers) => (await get(path, headers)).text(),
    picture: async (bytes, type, src) => {
      const digest = sha256(Buffer.from(bytes));
      await storage.write(assetKey(digest, type), bytes);
      return { src, url: src, sha256: digest, bytes: Buffer.byteLength(bytes), type, width: 640, height: 360 };
    },
    put: async ({
      id = 'guancha:903180',
      title = '茶山的雨',
      body = '<p>山中的图书馆</p>',
      publishedAt = '2026-10-04T16:19:35+08:00',
      article = {},
      assets = [],
      draft = {},
      capturedAt = '2026-10-04T09:00:00.000Z',
    }) => {
      const day = publishedAt.slice(0, 10);
      const number = id.split(':')[1] ?? '';
      const document = writeDocument(
        makeDocument({
          title,
          categories: ['新媒体', '观察者网', '头条'],
          author: '观察者网',
          publishedAt,
          convention: 'site-clock',
          body,
        }),
      );
      await archive.update(articleKey(id, day), () => ({
        document,
        draft: {
          id,
          url: id.startsWith('fengwen:')
            ? `https://user.guancha.cn/main/content?id=${number}`
            : `https://www.guancha.cn/a/${day.replaceAll('-', '_')}_${number}.shtml`,
          aliases: [],
          source: '头条',
          via: null,
          leadPicture: null,
          article: { ...ARTICLE, title, publishedAt, ...article },
          flags: [],
          contentHash: sha256(`${title}${body}`),
          assets,
          verdict: { kind: 'article', evidence: ['a title and a body'] },
          capture: captured(capturedAt),
          ...draft,
        },
      }));
      await catalog.refresh();
    },
  };
}

const ARTICLE: Omit<Article, 'id' | 'url' | 'body' | 'flags' | 'title' | 'publishedAt'> = {
  originalTitle: null,
  clock: { published: null, updated: null },
  precision: 'second',
  updatedAt: null,
  source: '观察者网',
  columnists: [],
  staff: [],
  byline: null,
  editors: [],
  keywords: [],
  summary: null,
  topic: null,
  sharePicture: null,
  images: [],
  media: [],
  layout: '2026',
  pages: 1,
};
