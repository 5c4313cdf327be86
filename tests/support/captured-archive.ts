/** An archive with captures, made in memory without a crawl: articles whose pages and pictures the test gives. */
import { openArchive } from '../../src/archive/archive.ts';
import { articleKey, assetKey, segmentKey } from '../../src/archive/keys.ts';
import { sha256 } from '../../src/archive/record.ts';
import type { Storage } from '../../src/archive/storage.ts';
import { type PicturePayload, pictureRecord, recordsOf, warcinfoRecord } from '../../src/capture/records.ts';
import { digestOf, fieldOf, writeMember } from '../../src/capture/warc.ts';
import type { ArticleId, Asset, CapturePlace, Exchange } from '../../src/model.ts';
import { captured, documentOf, draft } from './drafts.ts';

export interface GivenArticle {
  readonly id: ArticleId;
  readonly url: string;
  /** Day of Beijing. */
  readonly date: string;
  readonly title: string;
  readonly source?: string;
  /** What was answered, redirects first; none for an article without captures. */
  readonly exchanges: readonly Exchange[];
  /** `url` is the address that gave the bytes. */
  readonly pictures?: readonly {
    readonly src: string;
    readonly url: string;
    readonly bytes: Uint8Array;
    /** What HTTP said with them; null where that is not kept. */
    readonly exchange?: Exchange | null;
  }[];
}

/** Writes the articles in order, all exchanges into one file of captures, named by its begin; the same payload once only. */
export async function archiveCaptured(
  storage: Storage,
  articles: readonly GivenArticle[],
  { begun = '2022-02-01T00:00:00Z' }: { readonly begun?: string } = {},
): Promise<void> {
  const archive = openArchive(storage, { minFreeBytes: 0 });
  const { write, writePicture, end } = segment(new Date(begun));
  for (const { id, url, date, title, source = '要闻', exchanges, pictures = [] } of articles) {
    const places = exchanges.map(write);
    const last = exchanges.at(-1);
    const fetchedAt = last?.startedAt ?? `${date}T04:00:00.000Z`;
    const assets: Asset[] = [];
    for (const { src, url: from, bytes, exchange = null } of pictures) {
      const hash = sha256(bytes);
      await storage.write(assetKey(hash, 'png'), bytes);
      if (exchange !== null)
        writePicture(exchange, { sha256: hash, bytes: bytes.length, asset: assetKey(hash, 'png') });
      assets.push({ src, url: from, sha256: hash, bytes: bytes.length, type: 'png', width: 1, height: 1 });
    }
    const { requests, ...by } = captured(fetchedAt);
    const capture = { ...by, requests: requests.map((each) => ({ ...each, url, finalUrl: last?.url ?? url })) };
    const basis = {
      rules: 1,
      pages: [places],
      single: null,
      url,
      categories: ['新媒体', '观察者网', source],
      author: '观察者网',
      date: 'site-clock',
      leadPicture: null,
      known: null,
      listed: null,
    } as const;
    const base = draft();
    await archive.update(articleKey(id, date), () => ({
      draft: {
        ...base,
        id,
        url,
        source,
        article: { ...base.article, title, publishedAt: `${date}T10:30:00+08:00` },
        contentHash: sha256(title),
        assets,
        capture,
        ...(places.length > 0 && { basis }),
      },
      document: documentOf(`<p>${title}的正文。</p>`, title),
    }));
  }
  await end(storage);
}

function segment(begun: Date) {
  const file = segmentKey(begun);
  const info = warcinfoRecord({ software: 'test' }, { name: 'test.warc.gz', at: begun.toISOString() });
  const warcinfo = fieldOf(info, 'WARC-Record-ID') ?? '';
  const members = [writeMember(info)];
  let offset = members[0]?.length ?? 0;
  const known = new Map<
    string,
    { readonly place: CapturePlace; readonly record: string; readonly url: string; readonly date: string }
  >();
  return {
    write: (exchange: Exchange): CapturePlace => {
      const { url, startedAt, response } = exchange;
      const payload = digestOf(response.body);
      const earlier = response.body.length > 0 ? (known.get(payload) ?? null) : null;
      const records = recordsOf(exchange, { kind: 'page', warcinfo, earlier });
      const bytes = Buffer.concat(records.map(writeMember));
      members.push(bytes);
      const place: CapturePlace = { file, offset, length: bytes.length, ...(earlier && { body: earlier.place }) };
      if (earlier === null)
        known.set(payload, { place, record: fieldOf(records[0], 'WARC-Record-ID') ?? '', url, date: startedAt });
      offset += bytes.length;
      return place;
    },
    writePicture: (exchange: Exchange, payload: PicturePayload): void => {
      const bytes = writeMember(pictureRecord(exchange, payload, { warcinfo }));
      members.push(bytes);
      offset += bytes.length;
    },
    end: async (storage: Storage): Promise<void> => void (await storage.write(file, Buffer.concat(members))),
  };
}
