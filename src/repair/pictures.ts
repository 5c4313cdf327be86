/** Pictures fetched again: the same bytes are proved by their hash; other bytes get their own name, and the records say so. */
import { join } from 'node:path';
import { assetKey, parseKey, recordKey } from '../archive/keys.ts';
import { recordKeys } from '../archive/places.ts';
import type { ArchiveRecord } from '../archive/record.ts';
import { readPicture } from '../audit/pictures.ts';
import type { CheckCode, Finding } from '../audit/promises.ts';
import { withFile } from '../audit/read-file.ts';
import type { Asset } from '../model.ts';
import { bestRecord, bytesOf } from './best-record.ts';
import { eachOf, inWords, keyOf, type RepairContext } from './context.ts';
import { rebuildRecord } from './rebuild-record.ts';

/** What is wrong with the bytes themselves, whatever their hash. */
const BAD_BYTES: readonly CheckCode[] = ['picture-broken', 'picture-type', 'picture-huge'];

export async function refetchPicture(findings: readonly Finding[], context: RepairContext): Promise<void> {
  const inRecords = findings.filter(({ path }) => parseKey(path)?.kind === 'record');
  const isMissing = ({ code }: Finding) => code === 'picture-missing';
  await rebuildRecord(
    inRecords.filter((found) => !isMissing(found)),
    context,
  );
  const missing = new Map(inRecords.filter(isMissing).map((found) => [found.path, found]));
  await eachOf([...missing.values()], context, (found) => fetchMissing(found, context));

  const files = findings.filter(({ path }) => parseKey(path)?.kind === 'picture');
  const shown = await whoShows(new Set(files.map(hashOf)), context);
  await eachOf(files, context, async (found) => {
    if (await renameByType(found, context)) return;
    const why = await fetchAgain(found, shown.get(hashOf(found)) ?? [], context);
    if (why !== null) context.leave(found, why);
  });
}

function hashOf({ path }: Finding): string {
  const parsed = parseKey(path);
  return parsed?.kind === 'picture' ? parsed.sha256 : '';
}

/** What the site did not give is asked for once more. */
async function fetchMissing(found: Finding, context: RepairContext): Promise<void> {
  const key = keyOf(found.path) ?? '';
  const record = wholeRecord(key, context);
  if (record === null) return context.leave(found, 'its record has to be repaired first');
  const why = new Set<string>();
  const had = new Map<string, Asset>();
  for (const asset of record.assets) {
    const got = 'missing' in asset ? await ask(asset.src, null, context) : null;
    if (typeof got === 'string') why.add(got);
    else if (got !== null) had.set(asset.src, got);
  }
  if (had.size > 0)
    await replaceAssets(key, (asset) => ('missing' in asset ? (had.get(asset.src) ?? asset) : asset), context);
  if (why.size > 0) context.leave(found, [...why].join('; '));
}

/** Changes the pictures of a record as it stands now; nothing where it has to be repaired first. */
async function replaceAssets(key: string, replace: (asset: Asset) => Asset, context: RepairContext): Promise<void> {
  const change = () => {
    const now = wholeRecord(key, context); // another picture of the article may have come in the meantime
    return now && { record: { ...now, assets: now.assets.map(replace) } };
  };
  await context.services.archive.update(key, change, { old: () => null });
}

/** A picture under the ending of another type. */
async function renameByType(
  { code, path, detail }: Finding,
  { root, storage, trash }: RepairContext,
): Promise<boolean> {
  if (code !== 'picture-type') return false;
  const read = withFile(join(root, path), (descriptor, { size }) => ({
    kind: 'picture' as const,
    ...readPicture(descriptor, size),
  }));
  if (read.kind !== 'picture' || read.facts === null || !path.includes(read.sha256)) return false;
  const right = assetKey(read.sha256, read.facts.type);
  if ((await storage.stat(right)) !== null) await trash.move(path, `${code}: ${detail}`);
  else await storage.move(path, right);
  return true;
}

/** Returns why the picture could not be had for every record that shows it; null if it could. */
async function fetchAgain(found: Finding, keys: readonly string[], context: RepairContext): Promise<string | null> {
  const hash = hashOf(found);
  const isBad = BAD_BYTES.includes(found.code);
  const isLost = (asset: Asset) => 'sha256' in asset && asset.sha256 === hash;
  const had = new Map<string, Asset>();
  for (const key of keys) {
    const record = wholeRecord(key, context);
    if (record === null) return 'the record that shows it has to be repaired first';
    for (const { src } of record.assets.filter((asset) => isLost(asset) && !had.has(asset.src))) {
      const got = await ask(src, isBad ? null : hash, context);
      if (typeof got === 'string') return got;
      if (isLost(got)) return isBad ? 'the site gives the same bytes' : null; // what was lost is there for all records
      had.set(src, { ...got, replaces: hash } as Asset);
    }
    await replaceAssets(key, (asset) => (isLost(asset) ? (had.get(asset.src) ?? asset) : asset), context);
  }
  if (keys.length === 0) return 'no record says where it came from';
  await context.trash.move(found.path, `${found.code}: ${found.detail}`);
  return null;
}

/** The picture, or in words why it cannot be had. */
async function ask(
  src: string,
  expected: string | null,
  { services, site, abortSignal, stopSignal }: RepairContext,
): Promise<Asset | string> {
  const silent = stopSignal.aborted ? 'interrupted' : site.silent();
  if (silent !== null) return silent;
  const got = await services.assets.again(src, { expected, signal: abortSignal });
  site.note('missing' in got ? got.missing : null);
  return 'missing' in got ? inWords(got.missing) : got;
}

/** A record that may be written again as it is, but for what changes. */
function wholeRecord(key: string, context: RepairContext): ArchiveRecord | null {
  const best = bestRecord(key, context);
  return best?.isWhole && !best.isChanged ? best.record : null;
}

/** Keys of the articles that show each of these pictures: one walk over all records. */
async function whoShows(
  hashes: ReadonlySet<string>,
  { root, storage }: RepairContext,
): Promise<ReadonlyMap<string, string[]>> {
  const found = new Map<string, string[]>();
  if (hashes.size === 0) return found;
  for await (const key of recordKeys(storage)) {
    const text = bytesOf(root, recordKey(key))?.toString() ?? '';
    for (const [, hash] of new Set(text.matchAll(/"sha256": "([0-9a-f]{64})"/g)))
      if (hash !== undefined && hashes.has(hash)) {
        const keys = found.get(hash) ?? [];
        if (!keys.includes(key)) found.set(hash, [...keys, key]);
      }
  }
  return found;
}
