/** Captures and what records say of them: files that a dead run left open, and exchanges that lie elsewhere. No network. */
import { withPlaces } from '../archive/capture-places.ts';
import type { ArchiveRecord, CaptureRequest } from '../archive/record.ts';
import { openCaptureReader } from '../capture/read-captures.ts';
import { recoverSegments } from '../capture/recover.ts';
import { fieldOf } from '../capture/warc.ts';
import { ArchiveError } from '../errors.ts';
import type { CapturePlace } from '../model.ts';
import { keyOf, type RepairContext, type RepairWork } from './context.ts';

export const endCapture: RepairWork = async (_findings, { storage, trash }) => {
  await recoverSegments(storage, trash);
};

/** An exchange is known by its address, its instant and the digest of its body, all of which the record has. */
export const findCapture: RepairWork = async (findings, context) => {
  const { archive } = context.services;
  const records = new Map<string, ArchiveRecord>();
  for (const { path } of findings) {
    const key = keyOf(path);
    const { record = null } = key === null ? {} : await archive.update(key, () => null);
    if (key !== null && record !== null) records.set(key, record);
  }
  const places = await placesOf(
    [...records.values()].flatMap(({ capture }) => capture.requests.map(nameOf)),
    context,
  );
  if (context.stopSignal.aborted) return;
  for (const found of findings) {
    const key = keyOf(found.path) ?? '';
    const moved = movedPlaces(records.get(key)?.capture.requests ?? [], places);
    if (moved === null) context.leave(found, 'no capture holds the exchange that the record describes');
    else {
      const rightOf = (place: CapturePlace) => moved.get(beginOf(place)) ?? place;
      await archive.update(key, (old) => old && { record: withPlaces(old, rightOf) });
    }
  }
};

/** Where exchanges lie, by name; without those that cannot be found. */
async function placesOf(
  names: readonly string[],
  { storage, stopSignal }: RepairContext,
): Promise<ReadonlyMap<string, CapturePlace>> {
  const wanted = new Set(names);
  const found = new Map<string, CapturePlace>();
  const reader = openCaptureReader(storage);
  for await (const segment of reader.segments()) {
    try {
      for await (const { place, members } of reader.entries(segment)) {
        if (stopSignal.aborted) return found;
        const [{ record }] = members;
        const name = ['WARC-Target-URI', 'WARC-Date', 'WARC-Payload-Digest'].map((field) => fieldOf(record, field));
        if (wanted.has(name.join(' '))) found.set(name.join(' '), place);
      }
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
    }
  }
  return found;
}

function nameOf({ finalUrl, fetchedAt, sha256 }: CaptureRequest): string {
  return `${finalUrl} ${fetchedAt} sha256:${sha256}`;
}

/** From the place that the record names to the right one; null where one of them cannot be found. */
function movedPlaces(
  requests: readonly CaptureRequest[],
  places: ReadonlyMap<string, CapturePlace>,
): ReadonlyMap<string, CapturePlace> | null {
  const moved = new Map<string, CapturePlace>();
  for (const request of requests) {
    const named = request.exchanges?.at(-1);
    const place = places.get(nameOf(request));
    if (named === undefined) continue;
    if (place === undefined) return null;
    moved.set(beginOf(named), place);
  }
  return moved;
}

function beginOf({ file, offset }: CapturePlace): string {
  return `${file} ${offset}`;
}
