/** Seals over an archive in memory: what is sealed, what is refused, and every attack on the log named. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openArchive } from '../src/archive/archive.ts';
import { makeDocument, writeDocument } from '../src/archive/document.ts';
import { renderBody } from '../src/archive/document-body.ts';
import {
  assetKey,
  CHECKPOINT,
  documentKey,
  quarantinePage,
  recordKey,
  SEAL_LISTS,
  versionKey,
} from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { readRecord, sha256, writeRecord } from '../src/archive/record.ts';
import type { Storage } from '../src/archive/storage.ts';
import { openTrash } from '../src/archive/trash.ts';
import { ArchiveError } from '../src/errors.ts';
import { compareSightings, sightingsOf } from '../src/evidence/corroborate.ts';
import type { SealFindingCode } from '../src/evidence/findings.ts';
import type { KeyPair, Seen, SeenLogs } from '../src/evidence/key.ts';
import { openSealMemory } from '../src/evidence/memory.ts';
import {
  readCheckpoint,
  readVerifierKey,
  signCheckpoint,
  verifierKey,
  writeVerifierKey,
} from '../src/evidence/note.ts';
import { rebuildLog } from '../src/evidence/rebuild.ts';
import { seal } from '../src/evidence/seal.ts';
import { verify } from '../src/evidence/verify.ts';
import { article, captured, documentOf, draft, save } from './support/drafts.ts';

const START = Date.parse('2026-10-05T00:00:00Z');
const DAY_MS = 86_400_000;
const ARCHIVE = '/archive';

/** An archive of some articles with its own key, and what its machine has seen. */
function openSealed() {
  let now = START;
  const storage = openMemory({ now: () => now });
  const trash = openTrash(storage, { now: new Date(START) });
  const archive = openArchive(storage, { minFreeBytes: 0, trash });
  const key = generateKeyPairSync('ed25519');
  const memory = openSealMemory(':memory:');
  const logs = new Map<string, Seen>();
  const seen: SeenLogs = {
    of: (origin) => logs.get(origin) ?? null,
    at: (place) => [...logs.values()].find((each) => each.archive === place) ?? null,
    note: (each) => void logs.set(each.origin, each),
  };
  const keyOf = (n: number) => `2026/10/2026_10_04_90318${n}`;
  return {
    storage,
    trash,
    seen,
    logs,
    key,
    keyOf,
    archived: (n: number, text: string) =>
      save(archive, keyOf(n), documentOf(`<p>${text}</p>`), {
        ...draft(),
        id: `guancha:90318${n}`,
        contentHash: sha256(text),
        capture: captured(new Date(now).toISOString()),
      }),
    later: (ms = DAY_MS) => {
      now += ms;
    },
    seal: (but: { readonly storage?: Storage; readonly key?: KeyPair } = {}) =>
      seal(but.storage ?? storage, { key: but.key ?? key, archive: ARCHIVE, memory, trash, seen, now: () => now }),
    verify: (but: { readonly isAlone?: boolean } = {}) =>
      verify({
        ...but,
        storage,
        trusted: null,
        seen: { log: seen.of, here: seen.at(ARCHIVE) },
        witnesses: [],
        hasFiles: true,
        trash: () => openTrash(storage, { now: new Date(now) }),
      }),
  };
}

async function codesOf(sealed: ReturnType<typeof openSealed>): Promise<readonly SealFindingCode[]> {
  return [...new Set((await sealed.verify()).findings.map(({ code }) => code))];
}

/** All files below a folder, one character a byte. */
async function bytesIn(storage: Storage, folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { key } of storage.list(folder))
    found.set(key, ((await storage.read(key)) ?? Buffer.alloc(0)).toString('latin1'));
  return found;
}

/** True for a record as the archive writes it. */
function isOwnForm(bytes: Buffer, path: string): boolean {
  try {
    return writeRecord(readRecord(bytes.toString(), path)) === bytes.toString();
  } catch (error) {
    if (error instanceof ArchiveError) return false;
    throw error;
  }
}

async function linesOf(storage: Storage): Promise<{ readonly key: string; readonly lines: readonly string[] }> {
  const key = `${SEAL_LISTS}/000000000000.sha256`;
  const text = String(await storage.read(key));
  return {
    key,
    lines: text
      .trimEnd()
      .split('\n')
      .map((line) => `${line}\n`),
  };
}

/** Three articles in two seals. */
async function sealedTwice(): Promise<ReturnType<typeof openSealed>> {
  const sealed = openSealed();
  await sealed.archived(0, '甲');
  await sealed.archived(1, '乙');
  sealed.later();
  assert.equal((await sealed.seal()).files, 4);
  sealed.later();
  await sealed.archived(2, '丙');
  sealed.later();
  assert.equal((await sealed.seal()).files, 2);
  assert.deepEqual(await codesOf(sealed), []);
  return sealed;
}

describe('a seal', () => {
  it('is of what is new, and of nothing twice', async () => {
    const sealed = await sealedTwice();
    const before = sealed.storage;
    const size = (await sealed.verify()).checkpoint?.size;
    assert.equal((await sealed.seal()).files, 0);
    assert.equal((await sealed.verify()).checkpoint?.size, size);
    sealed.later();
    await sealed.archived(0, '甲，更正');
    sealed.later();
    const open = await sealed.verify();
    assert.deepEqual([open.findings, open.ownWork, open.notSealed], [[], 2, 1], 'an edit is the archive’s own work');
    assert.equal((await sealed.seal()).files, 3, 'document, record, and the superseded one');
    const { findings, unchanged, notSealed } = await sealed.verify();
    assert.deepEqual([findings, unchanged, notSealed], [[], 7, 0]);
    assert.equal(before, sealed.storage);
  });

  it('leaves as it was sealed what changed without a reason, and says so again and again', async () => {
    const sealed = await sealedTwice();
    await sealed.archived(0, '甲，更正');
    sealed.later();
    await sealed.seal();
    sealed.later();
    const paths = [versionKey(sealed.keyOf(0), 1), documentKey(sealed.keyOf(1)), recordKey(sealed.keyOf(2))];
    for (const path of paths) await sealed.storage.write(path, `${await sealed.storage.read(path)} `);
    for (let times = 0; times < 2; times++) {
      const { findings, files } = await sealed.seal();
      assert.deepEqual(
        findings.map(({ code, path }) => [code, path]).sort(),
        paths.map((path) => ['seal-file-changed', path]).sort(),
      );
      assert.equal(files, 0);
    }
    assert.deepEqual(await codesOf(sealed), ['seal-file-changed']);
  });

  it('seals no picture that is not its name', async () => {
    const sealed = await sealedTwice();
    const path = assetKey(sha256('picture'), 'jpg');
    await sealed.storage.write(path, 'another');
    assert.deepEqual(
      (await sealed.seal()).findings.map(({ code }) => code),
      ['picture-changed'],
    );
    await sealed.storage.write(path, 'picture');
    assert.deepEqual((await sealed.seal()).findings, []);
    await sealed.storage.write(path, 'another');
    assert.deepEqual(await codesOf(sealed), ['seal-file-changed']);
  });

  it('names what was removed and what was added with an old time', async () => {
    const sealed = await sealedTwice();
    await sealed.storage.remove(documentKey(sealed.keyOf(1)));
    assert.deepEqual(await codesOf(sealed), ['seal-file-removed']);
    sealed.later(-4 * DAY_MS);
    await sealed.archived(5, '旧');
    sealed.later(4 * DAY_MS);
    await sealed.archived(6, '新');
    const { findings, notSealed } = await sealed.verify();
    const added = findings.filter(({ code }) => code === 'seal-file-added').map(({ path }) => path);
    assert.deepEqual([added, notSealed], [[documentKey(sealed.keyOf(5)), recordKey(sealed.keyOf(5))], 4]);
  });

  it('takes what lies in trash for the archive’s own work', async () => {
    const sealed = await sealedTwice();
    for (const path of [documentKey(sealed.keyOf(1)), recordKey(sealed.keyOf(1))])
      await sealed.trash.move(path, 'test');
    assert.deepEqual(await codesOf(sealed), []);
  });
});

describe('an attack on the log', () => {
  const ATTACKS: Readonly<
    Record<string, readonly [SealFindingCode, (sealed: ReturnType<typeof openSealed>) => Promise<unknown>]>
  > = {
    'an entry is taken out': [
      'seal-entry-removed',
      async ({ storage }) => {
        const { key, lines } = await linesOf(storage);
        await storage.write(key, [...lines.slice(0, 1), ...lines.slice(2)].join(''));
      },
    ],
    'an entry is put in': [
      'seal-entry-added',
      async ({ storage }) => {
        const { key, lines } = await linesOf(storage);
        await storage.write(key, [`${sha256('x')}  ${documentKey('2026/10/2026_10_04_903199')}\n`, ...lines].join(''));
      },
    ],
    'an entry is put behind the last': [
      'seal-entry-added',
      async ({ storage }) => {
        const { files } = await storage.names(SEAL_LISTS);
        await storage.append(
          `${SEAL_LISTS}/${files.at(-1)}`,
          `${sha256('x')}  ${documentKey('2026/10/2026_10_04_903199')}\n`,
        );
      },
    ],
    'an entry is another': [
      'seal-entry-changed',
      async ({ storage }) => {
        const { key, lines } = await linesOf(storage);
        await storage.write(key, lines.map((line, i) => (i === 1 ? sha256('x') + line.slice(64) : line)).join(''));
      },
    ],
    'two entries change places': [
      'seal-reordered',
      async ({ storage }) => {
        const { key, lines } = await linesOf(storage);
        await storage.write(key, [lines[1], lines[0], ...lines.slice(2)].join(''));
      },
    ],
    'the tiles are other ones': [
      'seal-tiles-damaged',
      async ({ storage }) => {
        for await (const { key } of storage.list('seals/tile/0')) await storage.write(key, Buffer.alloc(8192, 7));
      },
    ],
    'a list is no list': [
      'seal-log-damaged',
      async ({ storage }) => storage.write((await linesOf(storage)).key, 'nonsense\n'),
    ],
    'the checkpoint is no checkpoint': ['seal-log-damaged', ({ storage }) => storage.write(CHECKPOINT, 'nonsense\n')],
    'the whole log is taken away': [
      'seal-log-removed',
      async ({ storage }) => {
        for await (const { key } of storage.list('seals')) await storage.remove(key);
      },
    ],
    'the signature is of something else': [
      'seal-signature-bad',
      async ({ storage }) => {
        const text = String(await storage.read(CHECKPOINT));
        await storage.write(CHECKPOINT, text.replace(/\n\d+\n/, '\n1\n'));
      },
    ],
  };
  for (const [name, [code, attack]] of Object.entries(ATTACKS))
    it(`is named: ${name}`, async () => {
      const sealed = await sealedTwice();
      await attack(sealed);
      assert.ok((await codesOf(sealed)).includes(code), `${await codesOf(sealed)}`);
    });

  const MENDED = [
    'an entry is taken out',
    'an entry is put in',
    'an entry is put behind the last',
    'an entry is another',
    'two entries change places',
    'the tiles are other ones',
    'a list is no list',
  ];
  for (const [name, [code, attack]] of Object.entries(ATTACKS))
    it(`is ${MENDED.includes(name) ? 'mended' : 'left'}, and nothing is signed: ${name}`, async () => {
      const sealed = await sealedTwice();
      const before = await bytesIn(sealed.storage, 'seals');
      await attack(sealed);
      const attacked = await bytesIn(sealed.storage, 'seals');
      const why = await rebuildLog(sealed.storage, { trash: sealed.trash, known: [] });
      if (MENDED.includes(name)) {
        assert.equal(why, null);
        assert.deepEqual(await bytesIn(sealed.storage, 'seals'), before);
      } else {
        assert.ok(why !== null || (await codesOf(sealed)).includes(code), `${why}`);
        assert.deepEqual(await bytesIn(sealed.storage, 'seals'), attacked);
      }
      const kept = new Set((await bytesIn(sealed.storage, '')).values());
      for (const [path, bytes] of attacked) assert.ok(kept.has(bytes), `${path} lies nowhere any more`);
    });

  it('finds whichever byte of whichever file is another', async () => {
    const sealed = await sealedTwice();
    const { storage } = sealed;
    const picture = Buffer.from('a picture');
    await storage.write(assetKey(sha256(picture), 'jpg'), picture);
    await storage.write('captures/2026/10/20261004T000000000Z.warc.gz', 'an exchange');
    await storage.write(quarantinePage('20261004T000000000Z_903180.shtml'), 'a page');
    sealed.later();
    await sealed.seal();
    assert.deepEqual(await codesOf(sealed), []);
    const files = [...(await bytesIn(storage, ''))].map(([path, text]) => [path, Buffer.from(text, 'latin1')] as const);
    for (const kind of ['articles/', 'captures/', 'assets/', 'records/', 'quarantine/', 'seals/tile/entries/'])
      assert.ok(
        files.some(([path]) => path.startsWith(kind)),
        kind,
      );
    const change = fc.tuple(fc.constantFrom(...files), fc.nat(), fc.integer({ min: 1, max: 255 }));
    const missed = async ([[path, whole], at, by]: readonly [(typeof files)[number], number, number]) => {
      const bytes = Buffer.from(whole);
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ by;
      await storage.write(path, bytes);
      const { findings } = await sealed.verify({ isAlone: true });
      await storage.write(path, whole);
      // A record may say something new: what of it nothing else says can be changed.
      return findings.length === 0 && !(path.startsWith('records/') && isOwnForm(bytes, path));
    };
    await fc.assert(
      fc.asyncProperty(change, async (each) => assert.equal(await missed(each), false)),
      { numRuns: 250 },
    );
  });

  it('is named with both checkpoints: the archive is put back to an older state', async () => {
    const sealed = openSealed();
    await sealed.archived(0, '甲');
    await sealed.seal();
    const old: [string, Buffer][] = [];
    for await (const { key } of sealed.storage.list('seals'))
      old.push([key, (await sealed.storage.read(key)) as Buffer]);
    sealed.later();
    await sealed.archived(1, '乙');
    const { checkpoint } = await sealed.seal();
    for await (const { key } of sealed.storage.list('seals')) await sealed.storage.remove(key);
    for (const [key, bytes] of old) await sealed.storage.write(key, bytes);
    const found = (await sealed.verify()).findings.find(({ code }) => code === 'seal-rolled-back');
    assert.deepEqual(found?.evidence?.[0], checkpoint?.raw);
    await assert.rejects(sealed.seal(), { code: 'SEAL_CONTRADICTED' });
  });

  it('is named with both checkpoints: the same key signs two logs', async () => {
    const sealed = await sealedTwice();
    const [log] = sealed.logs.values();
    const own = readVerifierKey(log?.key ?? '');
    const { size = 0 } = (await sealed.verify()).checkpoint ?? {};
    const other = signCheckpoint(
      { size, root: Buffer.alloc(32, 1) },
      { ...(own as NonNullable<typeof own>), privateKey: sealed.key.privateKey },
    );
    sealed.seen.note({ ...(log as Seen), checkpoint: other.raw });
    const found = (await sealed.verify()).findings;
    assert.deepEqual(
      found.map(({ code }) => code),
      ['seal-forked'],
    );
    assert.deepEqual(
      found[0]?.evidence?.map((each) => readCheckpoint(each)?.size),
      [size, size],
    );
    await assert.rejects(sealed.seal(), { code: 'SEAL_CONTRADICTED' });
  });

  it('is named: another key signs', async () => {
    const sealed = await sealedTwice();
    const { checkpoint } = await sealed.verify();
    const foreign = generateKeyPairSync('ed25519');
    const signer = { ...verifierKey(checkpoint?.origin ?? '', foreign.publicKey), privateKey: foreign.privateKey };
    await sealed.storage.write(CHECKPOINT, signCheckpoint(checkpoint as NonNullable<typeof checkpoint>, signer).raw);
    await sealed.storage.write('seals/key.pem', String(foreign.publicKey.export({ type: 'spki', format: 'pem' })));
    await sealed.storage.write('seals/key.vkey', writeVerifierKey(signer));
    assert.ok((await codesOf(sealed)).includes('seal-foreign-key'));
    await assert.rejects(sealed.seal(), { code: 'SEAL_CONTRADICTED' });
  });
});

describe('two archives', () => {
  it('are compared by their logs: alike, differently since when, by one alone', async () => {
    const [here, there] = [openSealed(), openSealed()];
    for (const each of [here, there]) for (const n of [0, 1, 2]) await each.archived(n, `文${n}`);
    await here.archived(3, '独');
    for (const each of [here, there]) await each.seal();
    const both = async () => compareSightings(await sightingsOf(here.storage), await sightingsOf(there.storage));
    assert.deepEqual(await both(), { alike: 3, differences: [], onlyHere: ['guancha:903183'], onlyThere: [] });
    there.later();
    await there.archived(1, '文一，改');
    there.later();
    await there.seal();
    const { alike, differences } = await both();
    assert.equal(alike, 2);
    assert.deepEqual(
      differences.map(({ id, kind, since }) => [id, kind, since]),
      [['guancha:903181', 'there-only', new Date(START + 2 * DAY_MS).toISOString()]],
    );
  });
});
describe('five hundred tamperings', () => {
  it('are named each, among articles that came by different lists', async () => {
    const archives = [openSealed(), openSealed()] as const;
    const written = new Set<string>();
    for (const [i, each] of archives.entries()) {
      for (let n = 0; n < 600; n++) {
        const isTampered = i === 1 && n < 500;
        const text = `<p>第${n}篇，${isTampered ? TAMPERINGS[n % TAMPERINGS.length]?.(String(n)) : `原文${n}`}。</p>`;
        const lead = i === 0 ? null : { src: `https://i.guancha.cn/${n}.jpg`, width: '970px', height: null };
        const body = renderBody(text, { base: 'https://www.guancha.cn/', lead });
        const document = writeDocument(
          makeDocument({
            title: article.title,
            categories: ['新媒体', '观察者网', i === 0 ? '头条' : '要闻'],
            author: '观察者网',
            publishedAt: article.publishedAt,
            convention: 'site-clock',
            body,
          }),
        );
        const key = `2026/10/2026_10_04_${904000 + n}`;
        await each.storage.write(documentKey(key), document);
        if (isTampered) written.add(`guancha:${904000 + n}`);
      }
      assert.equal((await each.seal()).files, 600);
    }
    const [here, there] = [await sightingsOf(archives[0].storage), await sightingsOf(archives[1].storage)];
    const { alike, differences } = compareSightings(here, there);
    assert.equal(alike, 100);
    assert.deepEqual(new Set(differences.map(({ id }) => id)), written);
  });
});

/** Ways to change a text by little. */
const TAMPERINGS: readonly ((n: string) => string)[] = [
  (n) => `原文${n} `,
  (n) => `原文${n}0`,
  (n) => `<b>原文</b>${n}`,
  (n) => `原文\u200b${n}`,
  () => '',
];
