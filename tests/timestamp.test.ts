/** Time stamps by a real authority's software: asked for, kept, checked, and never in the way of a seal. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { timestampKey } from '../src/archive/keys.ts';
import { stamp } from '../src/evidence/authority.ts';
import { newestCheckpoint } from '../src/evidence/log.ts';
import { prove } from '../src/evidence/prove.ts';
import { readTimestamp, timestampQuery } from '../src/evidence/timestamp.ts';
import { openAuthority } from './support/authority.ts';
import { temporaryFolder } from './support/command.ts';
import { hasOpenssl } from './support/openssl.ts';
import { sealedArchive } from './support/proof.ts';
import { isAccepted, someMutants, tryMutants } from './torture/proof-mutants.ts';

const NEVER = new AbortController().signal;

describe('time stamps', { skip: !hasOpenssl && 'there is no openssl here' }, () => {
  it('are asked for, refused where they are of something else, kept, and checked by the proof', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'tsa'));
    await using authority = await openAuthority(join(folder.path, 'tsa'));
    const { storage, keyOf } = await sealedArchive(join(folder.path, 'archive'), 3);
    const { size = 0, raw = '' } = (await newestCheckpoint(storage)) ?? {};
    const ask = () => stamp(storage, size, { url: authority.url, signal: NEVER, timeoutMs: 20_000 });

    authority.mode = 'fails';
    assert.deepEqual(await ask(), { fault: 'HTTP status 503' });
    authority.mode = 'talks';
    assert.deepEqual(await ask(), { fault: 'it is no reply of an authority for time stamps' });
    assert.equal(await storage.read(timestampKey(size)), null);
    authority.mode = 'answers';
    const stamped = await ask();
    assert.ok('at' in stamped && Math.abs(Date.parse(stamped.at) - Date.now()) < 120_000, JSON.stringify(stamped));
    const asked = authority.queries.length;
    assert.deepEqual(
      [await ask(), authority.queries.length],
      [stamped, asked],
      'one that is there is not asked for again',
    );
    assert.equal(authority.queries[0], 69);

    const reply = await storage.read(timestampKey(size));
    assert.ok(reply !== null);
    assert.ok('fault' in readTimestamp(reply, { data: `${raw} `, query: null }));
    const otherQuery = timestampQuery(raw, Buffer.alloc(8, 9));
    assert.deepEqual(readTimestamp(reply, { data: raw, query: otherQuery }), {
      fault: 'it is no answer to this query',
    });
    for (let length = 0; length < 100; length++)
      assert.ok(
        'fault' in readTimestamp(reply.subarray(0, length), { data: raw, query: null }),
        `${length} bytes of it`,
      );

    const archive = openArchive(storage, { minFreeBytes: 0 });
    const record = (await archive.find('guancha:903101', '2026-10-04'))?.record;
    assert.ok(record !== undefined);
    const path = join(folder.path, 'proof');
    const proof = await prove(storage, { key: keyOf(1), record }, openDisk(path), { members: async () => null });
    assert.deepEqual([proof.stampedAt, proof.captures], [stamped.at, { all: 0, unproved: 0 }]);
    assert.ok(await isAccepted(path));
    const stampBits = await someMutants(path, { count: 0, seed: 0, only: 'checkpoint.tsr' });
    const some = await someMutants(path, { count: 14, seed: 5 });
    const mutants = [...some, ...stampBits.filter((_, i) => i % 1700 === 11)];
    assert.deepEqual(await tryMutants(path, mutants, 2), []);
  });
});
