/** What must hold of the captures of an archive at any moment: the files themselves, and what its records name in them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WARCParser } from 'warcio';
import { openDisk } from '../../src/archive/disk.ts';
import { type ArchiveRecord, sha256 } from '../../src/archive/record.ts';
import { openCaptureReader } from '../../src/capture/read-captures.ts';
import { files } from './tree.ts';
import { type ReadRecord, readWarcs } from './warc-reader.ts';

/** All files of captures, by the independent reader, which must find nothing wrong, and by another implementation. */
export async function readSegments(
  root: string,
): Promise<{ readonly segments: readonly string[]; readonly records: readonly ReadRecord[] }> {
  const segments = (await files(root)).filter((name) => name.startsWith('captures/'));
  const read = async (name: string) =>
    [name.slice(name.lastIndexOf('/') + 1), await readFile(join(root, name))] as const;
  const named = new Map(await Promise.all(segments.map(read)));
  const { records, complaints } = readWarcs(named);
  assert.deepEqual(complaints, []);
  for (const [file, bytes] of named)
    assert.equal(await countByWarcio(bytes), records.filter((record) => record.file === file).length, file);
  return { segments, records };
}

/** The records of a file as warcio reads them, which checks no digest by itself. */
async function countByWarcio(bytes: Buffer): Promise<number> {
  let count = 0;
  for await (const record of new WARCParser(new Blob([new Uint8Array(bytes)]).stream())) {
    const payload = await record.readFully(false);
    if (record.warcType === 'response')
      assert.equal(record.warcHeader('WARC-Payload-Digest'), `sha256:${sha256(payload)}`, record.warcTargetURI ?? '');
    count += 1;
  }
  return count;
}

/**
 * Every exchange that a record names lies where it says, whole and as it was: of its requests, and of what each of its
 * versions was made of.
 * @param options `all` is false where some records were made of documents alone
 * @returns how many records there are
 */
export async function requireEvidence(root: string, { all = true }: { readonly all?: boolean } = {}): Promise<number> {
  const reader = openCaptureReader(openDisk(root));
  const paths = (await files(root)).filter((name) => /^records\/.*\.json$/.test(name));
  for (const path of paths) {
    const { capture, versions, basis } = JSON.parse(await readFile(join(root, path), 'utf8')) as ArchiveRecord;
    for (const { url, sha256: digest, exchanges } of capture.requests) {
      if (!all && exchanges === undefined) continue;
      assert.ok(exchanges !== undefined && exchanges.length > 0, `${path}: ${url} has no exchanges`);
      const kept = await Promise.all(exchanges.map((place) => reader.exchange(place)));
      assert.equal(kept[0]?.url, url);
      assert.equal(sha256(kept.at(-1)?.response.body ?? ''), digest, `${path}: ${url}`);
    }
    if (all)
      assert.ok(
        versions.every((version) => version.basis !== undefined),
        `${path}: a version without its pages`,
      );
    for (const { pages, single } of [...versions.map((version) => version.basis), basis].filter((each) => each != null))
      for (const place of [...pages.flat(), ...(single ?? [])]) {
        assert.notEqual(place.sha256, undefined, `${path}: ${place.file} ${place.offset} has no hash`);
        await reader.exchange(place);
      }
  }
  return paths.length;
}
