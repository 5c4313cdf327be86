/** An archive on the disk that a test fills as it likes, and the command that exports it. */
import { join } from 'node:path';
import { type Archive, openArchive } from '../../src/archive/archive.ts';
import { openDisk } from '../../src/archive/disk.ts';
import { makeDocument, writeDocument } from '../../src/archive/document.ts';
import { articleKey, assetKey, recordKey } from '../../src/archive/keys.ts';
import { type RecordDraft, sha256 } from '../../src/archive/record.ts';
import type { Storage } from '../../src/archive/storage.ts';
import { main } from '../../src/cli.ts';
import type { Article, ArticleId, Asset } from '../../src/model.ts';
import { temporaryFolder } from './command.ts';
import { captured, draft } from './drafts.ts';
import { readJson } from './json-lines.ts';

export interface Put {
  readonly id?: ArticleId;
  readonly title?: string;
  /** As it is to lie in the document: nothing is cleaned. */
  readonly body?: string;
  readonly publishedAt?: string;
  /** What the record says of the article beside its title and time. */
  readonly article?: Partial<Article>;
  readonly assets?: readonly Asset[];
  readonly draft?: Partial<RecordDraft>;
  /** The record's title, where it is to be another than the document's. */
  readonly recordTitle?: string;
}

export interface ExportRoom extends AsyncDisposable {
  readonly folder: string;
  readonly root: string;
  readonly storage: Storage;
  readonly archive: Archive;
  /** Archives an article, or its next version; returns its key. */
  put(what: Put): Promise<string>;
  /** Keeps a picture's bytes. */
  picture(bytes: Buffer, type: string, src: string): Promise<Asset>;
  /** Runs `export FORMAT`, into the folder beside the archive. */
  exported(format: string, target: string, ...args: readonly string[]): Promise<ExportEnd>;
}

export interface ExportEnd {
  readonly code: number;
  readonly stderr: string;
  /** stdout as JSON lines. */
  lines(): readonly Record<string, unknown>[];
  /** The last of them. */
  last(): Record<string, unknown>;
}

const MARK = '本文';

export async function openExportRoom(): Promise<ExportRoom> {
  const temporary = await temporaryFolder();
  const root = join(temporary.path, 'archive');
  const storage = openDisk(root);
  const archive = openArchive(storage, { minFreeBytes: 0 });
  return {
    folder: temporary.path,
    root,
    storage,
    archive,
    put: async ({
      id = 'guancha:904308',
      title = '茶山的雨',
      body = `<p>${MARK}</p>`,
      publishedAt = '2026-10-14T21:22:57+08:00',
      article = {},
      assets = [],
      draft: changes = {},
      recordTitle = title,
    }) => {
      const day = publishedAt.slice(0, 10);
      const key = articleKey(id, day);
      const url = id.startsWith('fengwen:')
        ? `https://user.guancha.cn/main/content?id=${id.slice(8)}`
        : `https://www.guancha.cn/politics/${day.replaceAll('-', '_')}_${id.slice(8)}.shtml`;
      const fields = { title, publishedAt, convention: 'site-clock', body } as const;
      const document = writeDocument(
        makeDocument({ ...fields, categories: ['新媒体', '观察者网', '头条'], author: '观察者网' }),
      );
      const whole = {
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
        images: assets.map(({ src }) => ({ src, caption: null })),
        media: [],
        layout: '2026',
        pages: 1,
        ...article,
        title: recordTitle,
        publishedAt,
      } as unknown as RecordDraft['article'];
      const capture = captured(new Date(Date.parse(publishedAt) + 3_600_000).toISOString());
      await archive.update(key, () => ({
        document,
        draft: draft({
          id,
          url,
          source: '头条',
          article: whole,
          contentHash: sha256(`${title} ${body}`),
          assets,
          capture,
          ...changes,
        }),
      }));
      return key;
    },
    picture: async (bytes, type, src) => {
      const digest = sha256(bytes);
      await storage.write(assetKey(digest, type), bytes);
      return { src, url: src, sha256: digest, bytes: bytes.length, type, width: 640, height: 360 };
    },
    exported: (format, target, ...args) =>
      inProcess(['export', format, join(temporary.path, target), ...args, '--archive', root, '--json']),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

/** The command as `cli.ts` runs it, within this process. @param stopSignal what Ctrl-C says */
async function inProcess(argv: readonly string[], stopSignal = new AbortController().signal): Promise<ExportEnd> {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await main(
    argv,
    { stdout: output('stdout'), stderr: output('stderr'), stdin: (async function* () {})() },
    { stopSignal, abortSignal: stopSignal, onHangup: () => () => {} },
  );
  const { stdout, stderr } = written;
  return { code, stderr, lines: () => readJson(stdout).lines, last: () => readJson(stdout).last ?? {} };
}

/** Damages a record as a disk would. */
export async function damageRecord({ storage }: ExportRoom, key: string): Promise<void> {
  await storage.write(recordKey(key), '{');
}
