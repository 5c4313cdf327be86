/** The storage keeps its contract in a real object store. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { copyArchive } from '../../src/archive/copy.ts';
import { openDisk } from '../../src/archive/disk.ts';
import { isOperational } from '../../src/archive/keys.ts';
import { openS3 } from '../../src/archive/s3.ts';
import { tryStore } from '../../src/archive/try-store.ts';
import { testStorage } from '../storage.contract.ts';
import { temporaryFolder } from '../support/command.ts';
import { GATEWAY_KEYS, type Gateway, startGateway } from '../support/radosgw.ts';
import { skippedWithout } from '../support/servers.ts';
import { digests } from '../support/tree.ts';

const skip = skippedWithout('radosgw', 'ceph-mon', 'ceph-osd');
let gateway: Gateway;
if (skip === false) {
  before(async () => {
    gateway = await startGateway();
    process.env.AWS_ACCESS_KEY_ID = GATEWAY_KEYS.id;
    process.env.AWS_SECRET_ACCESS_KEY = GATEWAY_KEYS.secret;
    const client = new S3Client({ endpoint: gateway.endpoint, region: 'us-east-1', forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: 'archive' }));
  });
  after(() => gateway[Symbol.asyncDispose]());
}

async function opened() {
  const folder = await temporaryFolder();
  const address = { bucket: 'archive', prefix: randomUUID(), endpoint: gateway.endpoint, region: 'us-east-1' };
  return {
    storage: openS3(address, { local: folder.path }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

testStorage('in Ceph', opened, {
  skip,
  skips: { 'lets no file be a folder': 'an object store has no folders: each name stands alone' },
  runs: 5,
});

describe('Ceph', { skip }, () => {
  it('keeps the conditions of writes', async () => {
    await using there = await opened();
    await tryStore(there.storage);
  });

  it('keeps an archive byte for byte, and large files in parts', async () => {
    await using there = await opened();
    await using folder = await temporaryFolder();
    const fixture = new URL('../fixtures/archive-1', import.meta.url).pathname;
    await copyArchive(openDisk(fixture), there.storage, { now: new Date() });
    await copyArchive(there.storage, openDisk(folder.path), { now: new Date() });
    assert.deepEqual(await digests(folder.path), await digests(fixture, (path) => !isOperational(path)));
    const large = Buffer.alloc(17_000_000, 'large');
    assert.equal(await there.storage.write('assets/ab/large', large, { ifAbsent: true }), true);
    assert.equal(await there.storage.write('assets/ab/large', large, { ifAbsent: true }), false);
    assert.equal((await there.storage.digest('assets/ab/large'))?.bytes, large.length);
  });
});
