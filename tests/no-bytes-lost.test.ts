/** Whatever happens to an archive, no bytes leave it: they may get another name, and are somewhere to the end. */
import assert from 'node:assert/strict';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openArchive } from '../src/archive/archive.ts';
import { assetKey, documentKey, quarantinePage, recordKey, versionKey } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { createAssets } from '../src/archive/pictures.ts';
import { openQuarantine } from '../src/archive/quarantine.ts';
import { isGone, noteGone, sha256 } from '../src/archive/record.ts';
import type { Storage } from '../src/archive/storage.ts';
import { sweep } from '../src/archive/sweep.ts';
import { openTrash } from '../src/archive/trash.ts';
import { captured, digest, documentOf, draft, KEY, save } from './support/drafts.ts';
import { fetchedPage } from './support/fetched-page.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const OTHER = '2026/10/2026_10_05_903181';
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const PICTURE = assetKey(sha256(GIF), 'gif');
const SRC = 'https://i.guancha.cn/news/a.gif';
const LIMITS = { quarantineItems: 99, quarantineBytes: 100_000 };

class Killed extends Error {}

/** Ends as a killed process does before the step of this number that changes anything. */
function killedAfter(storage: Storage, steps: number): Storage {
  let left = steps;
  const step = <A extends unknown[], T>(work: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      if (left-- <= 0) throw new Killed();
      return work(...args);
    };
  };
  return {
    ...storage,
    write: step(storage.write),
    append: step(storage.append),
    copy: step(storage.copy),
    move: step(storage.move),
    remove: step(storage.remove),
  };
}

type Step =
  | { readonly does: 'capture' | 'replace'; readonly key: string; readonly text: string; readonly steps: number }
  | { readonly does: 'lose-record' | 'gone'; readonly key: string }
  | { readonly does: 'stray'; readonly path: string; readonly text: string }
  | { readonly does: 'picture' | 'sweep' | 'page'; readonly steps: number };

const key = fc.constantFrom(KEY, OTHER);
const text = fc.constantFrom('一', '二', '三');
const steps = fc.oneof({ weight: 3, arbitrary: fc.constant(99) }, fc.nat({ max: 8 }));
/** Where something may lie that no record speaks of: a file of an older archive, a restored backup, half a write. */
const place = fc.constantFrom(
  ...[KEY, OTHER].flatMap((each) => [documentKey(each), ...[1, 2, 3].map((number) => versionKey(each, number))]),
  PICTURE,
  quarantinePage('20261101T000000000Z_903180.shtml'),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constantFrom('capture', 'replace'), key, text, steps }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('lose-record', 'gone'), key }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('stray'), path: place, text: fc.uuid() }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('picture', 'sweep', 'page'), steps }) },
) as fc.Arbitrary<Step>;

/** Hashes of all that an archive holds for good. Records say what is known now, and lists what was moved. */
async function held(storage: Storage): Promise<Set<string>> {
  const hashes = new Set<string>();
  for await (const { key: path } of storage.list(''))
    if (!/^records\/|list\.jsonl$|\.json$/.test(path)) hashes.add(sha256((await storage.read(path)) ?? ''));
  return hashes;
}

async function perform(done: Step, storage: Storage, at: number): Promise<void> {
  const disk = 'steps' in done ? killedAfter(storage, done.steps) : storage;
  const trash = openTrash(disk, { now: new Date(at * 86_400_000) });
  const archive = openArchive(disk, { minFreeBytes: 0, trash });
  const capture = captured(new Date(Date.parse('2026-11-01T00:00:00Z') + at * 3_600_000).toISOString());
  switch (done.does) {
    case 'capture':
    case 'replace': {
      const taken = draft({ id: idOf(done.key), contentHash: digest(done.text), capture });
      const present = done.does === 'capture' ? 'kept' : 'replaced';
      const document = documentOf(`<p>${done.text}</p>`);
      await archive.update(done.key, () => ({ draft: taken, document, present }));
      break;
    }
    case 'lose-record':
      await storage.remove(recordKey(done.key));
      break;
    case 'gone': {
      const found = { at: capture.requests[0]?.fetchedAt ?? '', evidence: [] };
      await archive.update(done.key, (old) => old && { record: isGone(old) ? old : noteGone(old, found) });
      break;
    }
    case 'stray':
      // What another program puts over a file is not this program's doing.
      await storage.write(done.path, done.text, { ifAbsent: true });
      break;
    case 'picture':
      await createAssets({
        http: {
          text: () => assert.fail(),
          download: async (_url, open) => {
            await pipeline([GIF], open());
            return { status: 200, headers: {}, sha256: sha256(GIF), bytes: GIF.length };
          },
        },
        storage: disk,
        trash,
        allows: () => true,
        maxPerArticle: 9,
        limits: { visitMs: 900_000, visitBytes: 1e9, visitRequests: 2000 },
        attempts: 1,
        backoffMs: 0,
        clock: openTurnedClock(0),
        log: () => {},
      }).collect([SRC], [], new AbortController().signal);
      break;
    case 'page': {
      const url = 'https://www.guancha.cn/a/903180.shtml';
      const page = fetchedPage({ url, body: Buffer.from(`${at}`), fetchedAt: '2026-11-01T00:00:00.000Z' });
      await openQuarantine(disk, LIMITS).keep({ kind: 'blocked', evidence: [] }, page);
      break;
    }
    case 'sweep':
      await sweep(disk, {
        since: 0,
        trash,
        recordAt: async (each) => (await archive.find(idOf(each), dayOf(each)))?.record ?? null,
      });
      break;
    default:
      done satisfies never;
  }
}

const idOf = (each: string) => (each === KEY ? 'guancha:903180' : 'guancha:903181');
const dayOf = (each: string) => (each === KEY ? '2026-10-04' : '2026-10-05');

describe('an archive', () => {
  it('loses no bytes, whatever is captured, edited, lost, cut off and swept, and whatever lies about', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (happenings) => {
        const storage = openMemory();
        let before = await held(storage);
        for (const [at, happening] of happenings.entries()) {
          await perform(happening, storage, at).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
          const after = await held(storage);
          assert.deepEqual(
            [...before].filter((hash) => !after.has(hash)),
            [],
            `after ${JSON.stringify(happening)}`,
          );
          before = after;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps each superseded document under a number of its own, after its record was lost', async () => {
    const storage = openMemory();
    const archive = openArchive(storage, { minFreeBytes: 0 });
    const edit = (html: string, day: number) =>
      save(
        archive,
        KEY,
        documentOf(html),
        draft({ contentHash: digest(html), capture: captured(`2026-11-0${day}T00:00:00.000Z`) }),
      );
    await edit('<p>一</p>', 1);
    await edit('<p>二</p>', 2);
    const record = JSON.parse(String(await storage.read(recordKey(KEY))));
    // As a repair writes it that knows of the document alone.
    await storage.write(recordKey(KEY), JSON.stringify({ ...record, versions: record.versions.slice(-1) }));
    await edit('<p>三</p>', 3);
    await edit('<p>四</p>', 4);
    const stored = await archive.find('guancha:903180', '2026-10-04');
    assert.deepEqual(
      stored?.record.versions.map(({ document }) => document),
      [versionKey(KEY, 2), versionKey(KEY, 3), documentKey(KEY)],
    );
    for (const [i, text] of ['二', '三', '四'].entries())
      assert.match(await archive.readVersion(stored?.record.versions[i] ?? assert.fail()), new RegExp(text));
    assert.match(String(await storage.read(versionKey(KEY, 1))), /一/);
  });
});
