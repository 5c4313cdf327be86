/** What a program left of a newspaper in its folder, beside what the newspaper had printed. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeHTML } from 'entities';
import { RECORDS } from '../../src/archive/keys.ts';
import type { ArchiveRecord } from '../../src/archive/record.ts';
import type { NewspaperArticle } from '../newspaper/newspaper.ts';

export interface Yield {
  readonly files: number;
  readonly bytes: number;
  /** Articles whose first long paragraph stands in an HTML file. */
  readonly begun: number;
  /** Articles every paragraph of which, of all their parts, stands in one HTML file. */
  readonly whole: number;
  /** Pictures in articles' bodies that lie there as a file with the bytes of the printed original. */
  readonly pictures: number;
  /** Articles whose title, time and text were read out as fields and are as printed; null where nothing reads them out. */
  readonly fields: number | null;
}

/** A paragraph of so many characters stands in one article alone. */
const LONG = 30;

/** @param archive where in the folder an archive of this program lies; null for what other programs leave */
export async function yieldOf(
  folder: string,
  truth: readonly NewspaperArticle[],
  archive: string | null = null,
): Promise<Yield> {
  const wanted = truth.map(({ title, paragraphs }) => ({
    sign: bare(paragraphs.find((each) => each.length >= LONG) ?? title),
    paragraphs: paragraphs.map(bare),
  }));
  const printed = hashesIn(truth);
  const [begun, whole, pictures] = [new Set<number>(), new Set<number>(), new Set<string>()];
  let [files, bytes] = [0, 0];
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const content = await readFile(join(file.parentPath, file.name));
    files += 1;
    bytes += content.length;
    const hash = createHash('sha256').update(content).digest('hex');
    if (printed.has(hash)) pictures.add(hash);
    if (!/\.s?html?$/.test(file.name)) continue;
    const text = bare(textOf(content.toString()));
    for (const [index, { sign, paragraphs }] of wanted.entries()) {
      if (!text.includes(sign)) continue;
      begun.add(index);
      if (paragraphs.every((each) => text.includes(each))) whole.add(index);
    }
  }
  const right = archive === null ? null : await rightFields(join(folder, archive), truth, (index) => whole.has(index));
  return { files, bytes, begun: begun.size, whole: whole.size, pictures: pictures.size, fields: right };
}

/** Of the pictures that are to be kept. */
export function hashesIn(truth: readonly NewspaperArticle[]): ReadonlySet<string> {
  return new Set(truth.flatMap(({ images }) => images.flatMap(({ asset }) => asset?.sha256 ?? [])));
}

async function rightFields(
  archive: string,
  truth: readonly NewspaperArticle[],
  isWhole: (index: number) => boolean,
): Promise<number> {
  const records = new Map<string, ArchiveRecord['article']>();
  const folder = join(archive, RECORDS);
  if (!existsSync(folder)) return 0; // the run ended before it had any
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.name.endsWith('.json')) continue;
    const record = JSON.parse(await readFile(join(file.parentPath, file.name), 'utf8')) as ArchiveRecord;
    records.set(record.id, record.article);
  }
  const isRight = ({ id, title, clock }: NewspaperArticle, index: number): boolean => {
    const read = records.get(id);
    return read?.title === title && read.clock.published === clock.published && isWhole(index);
  };
  return truth.filter(isRight).length;
}

function textOf(html: string): string {
  return decodeHTML(html.replace(/<(script|style)\b.*?<\/\1>/gs, '').replace(/<[a-z/!][^>]*>/gi, ''));
}

function bare(text: string): string {
  return text.replace(/\s+/g, '');
}
