/** Two archives of the same site, made at different times by different machines: what of them must be the same. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDisk } from '../../src/archive/disk.ts';
import type { ArchiveRecord } from '../../src/archive/record.ts';
import { openCaptureReader } from '../../src/capture/read-captures.ts';
import { files } from './tree.ts';

/**
 * Fields of a record that differ between two captures of one page: when it was captured and shown, the header `date` that the
 * server sent, and the places in files of captures, of which each run has its own.
 */
const OF_THE_CAPTURE: readonly RegExp[] = [
  /^versions\.\d+\.capturedAt$/,
  /^render\.at$/,
  /^capture\.requests\.\d+\.(?:fetchedAt|headers\.date)$/,
  /^(?:capture\.requests\.\d+\.exchanges|versions\.\d+\.basis)\..+\.(?:file|offset|length|sha256)$/,
  /^(?:capture\.requests\.\d+\.exchanges|versions\.\d+\.basis)\..+\.body$/,
];

/** Besides, of a post that says no more than `2小时前`: its time is that of the visit, and stands in the document. */
const OF_AN_APPROXIMATE_TIME: readonly RegExp[] = [
  /^article\.publishedAt$/,
  /^document\.sha256$/,
  /^versions\.\d+\.(?:sha256|contentHash)$/,
  /^contentHash$/,
];

/**
 * Compares documents, pictures, versions and quarantine by their bytes, and records field by field, but for what is named above.
 * Captures are read apart (`readAllExchanges`); queue, locks, trash and spool are no part of what is compared.
 * @returns how many files both have, and what differs: `path: field: one | other`
 */
export async function compareArchives(
  one: string,
  other: string,
): Promise<{ readonly files: number; readonly differences: readonly string[] }> {
  const ofArchive = (path: string) => /^(?:articles|assets|records|versions|quarantine)\//.test(path);
  const [left, right] = [(await files(one)).filter(ofArchive), (await files(other)).filter(ofArchive)];
  const [inLeft, inRight] = [new Set(left), new Set(right)];
  const differences = [
    ...left.filter((path) => !inRight.has(path)).map((path) => `${path}: in the first alone`),
    ...right.filter((path) => !inLeft.has(path)).map((path) => `${path}: in the second alone`),
  ];
  const both = left.filter((path) => inRight.has(path));
  const approximate = new Set<string>(); // documents
  // Records first: they say how exact the time in a document is.
  for (const path of both.toSorted((x, y) => Number(y.startsWith('records/')) - Number(x.startsWith('records/')))) {
    const [a, b] = [await readFile(join(one, path)), await readFile(join(other, path))];
    if (a.equals(b)) continue;
    if (path.startsWith('records/')) {
      const record = JSON.parse(a.toString()) as ArchiveRecord;
      const isApproximate = record.article.precision === 'approximate';
      if (isApproximate) approximate.add(record.document.path);
      const allowed = [...OF_THE_CAPTURE, ...(isApproximate ? OF_AN_APPROXIMATE_TIME : [])];
      const fields = differingFields(record, JSON.parse(b.toString()));
      differences.push(...fields.filter(({ name }) => !allowed.some((each) => each.test(name))).map(inWords(path)));
    } else {
      const [linesA, linesB] = [a.toString().split('\n'), b.toString().split('\n')];
      const mayDiffer = (line: string) => approximate.has(path) && line.startsWith('date: ');
      const at = linesA.findIndex((line, i) => line !== linesB[i] && !mayDiffer(line));
      if (at < 0 && linesA.length === linesB.length) continue;
      differences.push(inWords(path)({ name: `line ${at + 1}`, one: linesA[at], other: linesB[at] }));
    }
  }
  return { files: both.length, differences };
}

interface Differing {
  readonly name: string;
  readonly one: unknown;
  readonly other: unknown;
}

const inWords =
  (path: string) =>
  ({ name, one, other }: Differing): string =>
    `${path}: ${name}: ${JSON.stringify(one)?.slice(0, 200)} | ${JSON.stringify(other)?.slice(0, 200)}`;

/** Names such as `capture.requests.0.fetchedAt`. */
function differingFields(one: unknown, other: unknown, name = ''): Differing[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other ? [] : [{ name, one, other }];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) =>
    differingFields(
      (one as Record<string, unknown>)[key],
      (other as Record<string, unknown>)[key],
      name === '' ? key : `${name}.${key}`,
    ),
  );
}

/**
 * Reads every exchange that a record names, by its place and its SHA-256, and compares its body with the record's digest.
 * @returns how many there were
 * @throws what the reader throws; Error where a body is another
 */
export async function readAllExchanges(root: string): Promise<number> {
  const reader = openCaptureReader(openDisk(root));
  let count = 0;
  for (const path of (await files(root)).filter((each) => each.startsWith('records/'))) {
    const record = JSON.parse(await readFile(join(root, path), 'utf8')) as ArchiveRecord;
    for (const { exchanges = [], sha256 } of record.capture.requests) {
      if (exchanges.length === 0) throw new Error(`${path}: names no exchange`);
      count += exchanges.length;
      let body: Uint8Array = new Uint8Array();
      for (const place of exchanges) body = (await reader.exchange(place)).response.body;
      const digest = createHash('sha256').update(body).digest('hex');
      if (digest !== sha256) throw new Error(`${path}: its exchange holds ${digest}, the record says ${sha256}`);
    }
  }
  return count;
}
