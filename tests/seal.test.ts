/** Seals over an archive in memory: what is sealed, what is refused, and every attack on the log named. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { openArchive } from '../src/archive/archive.ts';
import { makeDocument, writeDocument } from '../src/archive/document.ts';
import { renderBody } from '../src/archive/document-body.ts';
import { assetKey, CHECKPOINT, documentKey, recordKey, SEAL_LISTS, versionKey } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { sha256 } from '../src/archive/record.ts';
import type { Storage } from '../src/archive/storage.ts';
import { openTrash } from '../src/archive/trash.ts';
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
    verify: () =>
      verify(storage, {
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
        paths.map((path) => ['sealed-file-changed', path]).sort(),
      );
      assert.equal(files, 0);
    }
    assert.deepEqual(await codesOf(sealed), ['sealed-file-changed']);
  });

  it('seals no picture that is not its name', async () => {
    const sealed = await sealedTwice();
    const path = assetKey(sha256('picture'), 'jpg');
    await sealed.storage.write(path, 'another');
    assert.deepEqual(
      (await sealed.seal()).findings.map(({ code }) => code),
      ['picture-not-its-name'],
    );
    await sealed.storage.write(path, 'picture');
    assert.deepEqual((await sealed.seal()).findings, []);
    await sealed.storage.write(path, 'another');
    assert.deepEqual(await codesOf(sealed), ['sealed-file-changed']);
  });

  it('names what was removed and what was added with an old time', async () => {
    const sealed = await sealedTwice();
    await sealed.storage.remove(documentKey(sealed.keyOf(1)));
    assert.deepEqual(await codesOf(sealed), ['sealed-file-removed']);
    sealed.later(-4 * DAY_MS);
    await sealed.archived(5, '旧');
    sealed.later(4 * DAY_MS);
    await sealed.archived(6, '新');
    const { findings, notSealed } = await sealed.verify();
    const added = findings.filter(({ code }) => code === 'file-added').map(({ path }) => path);
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
      'log-entry-removed',
      async ({ storage }) => {
        const { key, lines } = await linesOf(storage);
        await storage.write(key, [...lines.slice(0, 1), ...lines.slice(2)].join(''));
      },
    ],
    'an entry is put in': [
      'log-entry-added',
      async ({ storage }) => {
        const { key, lines } = await linesOf(storage);
        await storage.write(key, [`${sha256('x')}  ${documentKey('2026/10/2026_10_04_903199')}\n`, ...lines].join(''));
      },
    ],
    'an entry is put behind the last': [
      'log-entry-added',
      async ({ storage }) => {
        const { files } = await storage.names(SEAL_LISTS);
        await storage.append(
          `${SEAL_LISTS}/${files.at(-1)}`,
          `${sha256('x')}  ${documentKey('2026/10/2026_10_04_903199')}\n`,
        );
      },
    ],
    'an entry is another': [
      'log-entry-changed',
      async ({ storage }) => {
        const { key, lines } = await linesOf(storage);
        await storage.write(key, lines.map((line, i) => (i === 1 ? sha256('x') + line.slice(64) : line)).join(''));
      },
    ],
    'two entries change places': [
      'log-reordered',
      async ({ storage }) => {
        const { key, lines } = await linesOf(storage);
        await storage.write(key, [lines[1], lines[0], ...lines.slice(2)].join(''));
      },
    ],
    'the tiles are other ones': [
      'log-tiles-damaged',
      async ({ storage }) => {
        for await (const { key } of storage.list('seals/tile/0')) await storage.write(key, Buffer.alloc(8192, 7));
      },
    ],
    'a list is no list': [
      'log-damaged',
      async ({ storage }) => storage.write((await linesOf(storage)).key, 'nonsense\n'),
    ],
    'the checkpoint is no checkpoint': ['log-damaged', ({ storage }) => storage.write(CHECKPOINT, 'nonsense\n')],
    'the whole log is taken away': [
      'log-removed',
      async ({ storage }) => {
        for await (const { key } of storage.list('seals')) await storage.remove(key);
      },
    ],
    'the signature is of something else': [
      'log-signature-bad',
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
    const found = (await sealed.verify()).findings.find(({ code }) => code === 'log-rolled-back');
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
      ['log-forked'],
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
    assert.ok((await codesOf(sealed)).includes('log-foreign-key'));
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
