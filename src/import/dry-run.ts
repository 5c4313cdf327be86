/** An archive that says what would come of a change, and keeps it to itself: the files stay as they are. */
import type { Archive } from '../archive/archive.ts';
import { documentKey, idOf } from '../archive/keys.ts';
import { type ArchiveRecord, mergeRecord, sha256 } from '../archive/record.ts';

export function asDryRun(archive: Archive): Archive {
  const changed = new Map<string, { readonly key: string; readonly record: ArchiveRecord }>(); // by id
  const find: Archive['find'] = async (id, date) => changed.get(id) ?? archive.find(id, date);
  return {
    ...archive,
    find,
    note: async () => {},
    requireRoom: async () => {},
    sweep: async () => 0,
    update: async (key, change) => {
      const old = (await find(idOf(key), dayOf(key)))?.record ?? null;
      const next = await change(old);
      if (next === null) return { record: old, wrote: false };
      if ('record' in next) return { record: next.record, wrote: true };
      const { draft, document } = next;
      if (old?.contentHash === draft.contentHash) return { record: old, wrote: false };
      const described = { path: documentKey(key), bytes: Buffer.byteLength(document), sha256: sha256(document) };
      const capturedAt = draft.capture.requests[0]?.fetchedAt ?? '';
      const version = {
        document: described.path,
        sha256: described.sha256,
        contentHash: draft.contentHash,
        capturedAt,
      };
      const versions = [...(old?.versions ?? []), { ...version, changes: null }];
      const record = mergeRecord(old, draft, { document: described, versions });
      changed.set(idOf(key), { key, record });
      return { record, wrote: true };
    },
  };
}

/** The day in an article's address; null for a community post. */
function dayOf(key: string): string | null {
  return /(\d{4})_(\d{2})_(\d{2})_\d+$/.exec(key)?.slice(1).join('-') ?? null;
}
