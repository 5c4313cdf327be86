/** An article as the pipeline hands it to the store, in small. */
import { type Archive, openArchive } from '../../src/archive/archive.ts';
import { makeDocument, writeDocument } from '../../src/archive/document.ts';
import { renderBody } from '../../src/archive/document-body.ts';
import type { RecordDraft } from '../../src/archive/record.ts';
import type { Storage } from '../../src/archive/storage.ts';
import { openTrash } from '../../src/archive/trash.ts';
import type { Article } from '../../src/model.ts';

export const KEY = '2026/10/2026_10_04_903180';
export const article = { title: '茶山的雨', publishedAt: '2026-10-04T16:19:35+08:00' } as Article;

export function draft(changes: Partial<RecordDraft> = {}): RecordDraft {
  return {
    id: 'guancha:903180',
    url: 'https://www.guancha.cn/a/2026_10_04_903180.shtml',
    aliases: [],
    source: null,
    via: null,
    leadPicture: null,
    article,
    flags: [],
    contentHash: 'a',
    assets: [],
    verdict: { kind: 'article', evidence: [] },
    capture: { tool: 'test', userAgent: 'test', requests: [] },
    ...changes,
  };
}

/** Archives a capture; true where anything was written. */
export async function save(archive: Archive, key: string, document: string, captured: RecordDraft): Promise<boolean> {
  return (await archive.update(key, () => ({ draft: captured, document }))).wrote;
}

/** What a run does at its start after one that began at `since` and died. */
export function sweepAfter(storage: Storage, since: number): Promise<number> {
  const trash = openTrash(storage, { now: new Date() });
  return openArchive(storage, { minFreeBytes: 0 }).sweep({ since, trash });
}

/** The `capture` of a visit at this time. */
export function captured(fetchedAt: string): RecordDraft['capture'] {
  const request = {
    url: 'u',
    finalUrl: 'u',
    status: 200,
    headers: {},
    fetchedAt,
    fetchedBy: 'browser',
    sha256: 's',
    bytes: 1,
  };
  return { tool: 'test', userAgent: 'test', requests: [request] };
}

/** A whole document with this text. */
export function documentOf(html: string, title = article.title): string {
  return writeDocument(
    makeDocument({
      title,
      categories: ['新媒体', '观察者网', '头条'],
      author: '观察者网',
      publishedAt: article.publishedAt,
      convention: 'site-clock',
      body: renderBody(html, { base: 'https://www.guancha.cn/', lead: null }),
    }),
  );
}
