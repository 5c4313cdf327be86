/**
 * An archive of any size in which an audit finds nothing: made by the writers of document, record and frontier, without a
 * crawl and without waiting for the disk.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDocument, writeDocument } from '../../src/archive/document.ts';
import { articleKey, assetKey } from '../../src/archive/keys.ts';
import { type ArchiveRecord, sha256, writeRecord } from '../../src/archive/record.ts';
import { openOperations } from '../../src/frontier/operations.ts';
import type { Article, Asset, Target } from '../../src/model.ts';

const FIRST = Date.UTC(2015, 0, 1);
const DAY_MS = 86_400_000;
const WORDS = ['渡口', '茶山', '石桥', '木船', '晨雾', '集市', '灯塔', '稻田', '驿站', '河湾'];

/** Articles lie 30 a day from 2015 on, each with so many pictures of its own of 30 to 150 KB, or of the size that is given. */
export function makeArchive(
  root: string,
  options: { readonly articles: number; readonly pictures: number; readonly pictureBytes?: number },
): void {
  const makePicture = pictureMaker(options.pictureBytes);
  mkdirSync(root, { recursive: true });
  using operations = openOperations(root, { command: 'generator' });
  for (let index = 0; index < options.articles; index++) {
    const { target, key } = writeArticle(root, index, options.pictures, makePicture);
    operations.frontier.settle(target, { kind: 'archived', key });
  }
  operations.journal.runs.endRun();
}

function writeArticle(
  root: string,
  index: number,
  pictures: number,
  makePicture: (index: number) => Buffer,
): { readonly target: Target; readonly key: string } {
  const number = 100_000 + index;
  const clock = new Date(
    FIRST + Math.floor(index / 30) * DAY_MS + (8 * 3600 + (index % 30) * 1200) * 1000,
  ).toISOString();
  const [day, publishedAt] = [clock.slice(0, 10), `${clock.slice(0, 19)}+08:00`];
  const id = `guancha:${number}` as const;
  const key = articleKey(id, day);
  const url = `https://www.guancha.cn/bench/${day.replaceAll('-', '_')}_${number}.shtml`;
  const title = `${WORDS[index % 10]}与${WORDS[(index + 3) % 10]}的第${number}个早晨`;
  const assets = Array.from({ length: pictures }, (_, i) => {
    const bytes = makePicture(index * pictures + i);
    const digest = sha256(bytes);
    put(root, assetKey(digest, 'jpg'), bytes);
    const src = `https://i.guancha.cn/news/${day.replaceAll('-', '/')}/${day.replaceAll('-', '')}080${i % 10}${String(number).slice(-2)}${number}.jpg`;
    return { src, url: src, sha256: digest, bytes: bytes.length, type: 'jpg', width: 970, height: 374 } satisfies Asset;
  });
  const paragraph = (i: number) =>
    `<p>\n${WORDS.map((word, j) => `${word}边的人们说起第${number + i * j}天的事，`).join('')}说完就各自回家了。\n</p>\n`;
  const images = assets.map(
    ({ src }) => `<p><img src="${src}" width="970" height="374" referrerpolicy="no-referrer"></p>\n`,
  );
  const body = images.join('') + Array.from({ length: 12 }, (_, i) => paragraph(i)).join('');
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
  const path = `articles/${key}.html`;
  const fetchedAt = new Date(Date.parse(publishedAt) + DAY_MS).toISOString();
  const contentHash = sha256(`${number} ${body}`);
  const hash = sha256(document);
  const article = {
    title,
    originalTitle: null,
    clock: { published: clock.slice(0, 19).replace('T', ' '), updated: null },
    publishedAt,
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
    layout: 'classic',
    pages: 1,
  } satisfies Omit<Article, 'id' | 'url' | 'body' | 'flags'>;
  const record: ArchiveRecord = {
    format: 1,
    id,
    url,
    aliases: [url.replace('.shtml', '_s.shtml')],
    source: '头条',
    via: null,
    leadPicture: null,
    article,
    flags: [],
    contentHash,
    document: { path, bytes: Buffer.byteLength(document), sha256: hash },
    assets,
    verdict: { kind: 'article', evidence: ['generated'] },
    capture: {
      tool: 'generator',
      userAgent: 'generator',
      requests: [
        { url, finalUrl: url, status: 200, headers: {}, fetchedAt, fetchedBy: 'browser', sha256: hash, bytes: 1 },
      ],
    },
    versions: [{ document: path, sha256: hash, contentHash, capturedAt: fetchedAt, changes: null }],
    absences: [],
  };
  put(root, path, document);
  put(root, `records/${key}.json`, writeRecord(record));
  const target: Target = {
    id,
    url,
    source: '头条',
    via: null,
    leadPicture: null,
    listed: { title, time: null, summary: null, picture: null },
    priority: index,
  };
  return { target, key };
}

/** JPEGs whose coded data is noise: whole by their structure, and no two with the same bytes. */
function pictureMaker(size?: number): (index: number) => Buffer {
  const whole = readFileSync(join(import.meta.dirname, '../newspaper/pictures/tea-970x374.jpg'));
  const scan = whole.indexOf(Buffer.from([0xff, 0xda]));
  const from = scan + 2 + whole.readUInt16BE(scan + 2);
  const noise = randomFillSync(Buffer.alloc(1 << 20));
  for (let at = noise.indexOf(0xff); at >= 0; at = noise.indexOf(0xff, at + 1)) noise[at + 1] = 0; // no marker
  noise[noise.length - 1] = 0;
  return (index) => {
    const mark = Buffer.from(createHash('md5').update(String(index)).digest('hex'));
    const bytes = size ?? 30_000 + ((index * 7919) % 120_000);
    const start = ((index * 104_729) % (noise.length - bytes - 1)) + 1;
    const piece = noise.subarray(start, start + bytes);
    return Buffer.concat([whole.subarray(0, from), mark, piece, Buffer.from([0, 0xff, 0xd9])]);
  };
}

const made = new Set<string>();

function put(root: string, key: string, bytes: string | Buffer): void {
  const path = join(root, key);
  const folder = dirname(path);
  if (!made.has(folder)) {
    mkdirSync(folder, { recursive: true });
    made.add(folder);
  }
  writeFileSync(path, bytes);
}
