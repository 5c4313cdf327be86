import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CAPTURES, openSegmentKey, parseKey, segmentKey } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import type { Storage } from '../src/archive/storage.ts';
import { openTrash } from '../src/archive/trash.ts';
import { openCaptures } from '../src/capture/captures.ts';
import { openCaptureReader } from '../src/capture/read-captures.ts';
import { describe as describeRecords, exchangeOf, recordsOf } from '../src/capture/records.ts';
import { recoverSegments } from '../src/capture/recover.ts';
import { type Member, readMembers, WarcFault, writeMember } from '../src/capture/warc.ts';
import { ArchiveError } from '../src/errors.ts';
import { MIGRATIONS } from '../src/frontier/migrations.ts';
import { openPayloads, type Payloads } from '../src/journal/payloads.ts';
import type { CapturePlace, Exchange, Header } from '../src/model.ts';
import { openDatabase } from '../src/sqlite.ts';
import { field, type ReadRecord, readWarcs } from './support/warc-reader.ts';

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 10, 27, 12);

interface Given {
  readonly url?: string;
  readonly body?: string | Uint8Array;
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: readonly Header[];
  readonly more?: Partial<Exchange>;
}

function exchange({
  url = 'https://www.guancha.cn/a',
  body = 'x',
  status = 200,
  statusText = 'OK',
  headers = [],
  more = {},
}: Given): Exchange {
  return {
    url,
    startedAt: '2026-11-27T12:00:00.000Z',
    address: '203.0.113.7:443',
    protocol: 'HTTP/1.1',
    request: {
      method: 'GET',
      headers: [
        ['Host', new URL(url).host],
        ['Accept', '*/*'],
      ],
    },
    response: { status, statusText, headers, body: Buffer.from(body) },
    cut: null,
    road: 'browser',
    ...more,
  };
}

function openAll({
  storage = openMemory(),
  now = () => NOON,
  wholePictures = false,
  segmentBytes,
  payloads = openPayloads(openDatabase(':memory:', { migrations: MIGRATIONS })),
}: {
  storage?: Storage;
  payloads?: Payloads;
  now?: () => number;
  wholePictures?: boolean;
  segmentBytes?: number;
} = {}) {
  const captures = openCaptures(storage, {
    wholePictures,
    payloads,
    software: 'test',
    now,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  });
  return { storage, captures, payloads, reader: openCaptureReader(storage) };
}

async function filesOf(storage: Storage, prefix = CAPTURES): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const { key } of storage.list(prefix)) files.set(key, (await storage.read(key)) ?? Buffer.alloc(0));
  return files;
}

/** All that an independent reader finds. */
async function read(storage: Storage): Promise<readonly ReadRecord[]> {
  const named = [...(await filesOf(storage))].map(
    ([key, bytes]) => [key.slice(key.lastIndexOf('/') + 1).replace(/\.open$/, ''), bytes] as const,
  );
  const { records, complaints } = readWarcs(new Map(named));
  assert.deepEqual(complaints, []);
  return records;
}

function sameBut(exchange: Exchange): unknown {
  const { capture: _capture, ...rest } = exchange;
  return { ...rest, response: { ...rest.response, body: Buffer.from(rest.response.body).toString('latin1') } };
}

const types = (records: readonly ReadRecord[]) => records.map((record) => field(record, 'WARC-Type'));
const trashOf = (storage: Storage) => openTrash(storage, { now: new Date(NOON) });

describe('WARC members', () => {
  const RECORDS = [1, 2, 3].map((n) => ({
    headers: [
      ['WARC-Type', 'metadata'],
      ['X-Number', String(n)],
    ] as Header[],
    block: Buffer.from(`block ${n}`),
  }));
  const bytes = Buffer.concat(RECORDS.map(writeMember));
  const pieces = (size: number) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

  it('are read whatever the pieces in which the file comes', async () => {
    for (const size of [1, 7, 100, bytes.length]) {
      const members = await Array.fromAsync(readMembers(pieces(size)));
      assert.deepEqual(
        members.map(({ record: { headers, block } }) => ({ headers, block: Buffer.from(block) })),
        RECORDS,
      );
      assert.equal(members.at(-1)?.offset ?? 0, bytes.length - (members.at(-1)?.length ?? 0));
    }
  });

  it('are found to be cut at every byte of the last one, with all before it', async () => {
    const begin = (await Array.fromAsync(readMembers([bytes]))).at(-1)?.offset ?? 0;
    for (let end = begin + 1; end < bytes.length; end++) {
      const members: number[] = [];
      await assert.rejects(
        async () => {
          for await (const { offset } of readMembers([bytes.subarray(0, end)])) members.push(offset);
        },
        (error) => error instanceof WarcFault && error.isCut && error.offset === begin,
        `cut at ${end}`,
      );
      assert.equal(members.length, 2);
    }
  });

  it('are found to be damaged where any bit of any byte is another', async () => {
    const harmless = new Set([4, 5, 6, 7, 8, 9]); // time, level and system of a gzip header say nothing of the record
    const said = ({ record, offset, length }: Member) => ({ record, offset, length });
    const members = (await Array.fromAsync(readMembers([bytes]))).map(said);
    for (let at = 0; at < bytes.length; at++) {
      const begin = members.findLast(({ offset }) => offset <= at)?.offset ?? 0;
      if (harmless.has(at - begin)) continue;
      for (const bit of [1, 16, 128]) {
        const other = Buffer.from(bytes);
        other[at] = (other[at] ?? 0) ^ bit;
        const came = await Array.fromAsync(readMembers([other])).catch((error: unknown) => error as WarcFault);
        if (!(came instanceof WarcFault)) assert.deepEqual(came.map(said), members, `byte ${at}, bit ${bit}`); // bits behind the end of the data
      }
    }
  });
});

describe('records of an exchange', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((each) => each.replace(/[\r\n]/g, ''));
  const bytesAsText = fc.uint8Array({ maxLength: 10 }).map((bytes) => {
    const kept = Buffer.from(bytes.filter((each) => each !== 10 && each !== 13));
    return kept.toString('latin1');
  });
  const name = fc.oneof(
    fc.constantFrom(
      'Content-Encoding',
      'content-length',
      'Transfer-Encoding',
      'Set-Cookie',
      'X-Archive-Orig-Content-Length',
      'x-archive-orig-a',
      'Location',
      'ETag',
    ),
    fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/),
  );
  const value = fc.oneof(
    fc.constantFrom('gzip', 'br, gzip', 'identity', '', '5', 'chunked', ' two ', '中文'),
    text,
    bytesAsText,
  );
  const headers = fc.array(fc.tuple(name, value), { maxLength: 8 });
  const PLAIN = { noNullPrototype: true } as const;
  const ORIGIN = { kind: 'warc', from: 'x.warc', digest: `sha256:${'0'.repeat(64)}` } as const;
  const any = fc.record(
    {
      url: fc.constantFrom(
        'https://www.guancha.cn/a?b=c',
        'https://www.guancha.cn/column/GuoJi·ZhanLue#x',
        'http://[::1]:80/',
      ),
      startedAt: fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date(Date.UTC(9999, 11, 31)) })
        .map((date) => date.toISOString()),
      address: fc.constantFrom(null, '203.0.113.7:443', '[2001:db8::1]:443'),
      protocol: fc.constantFrom(null, 'HTTP/1.0', 'HTTP/1.1', 'HTTP/2', 'HTTP/3'),
      request: fc.record(
        {
          method: fc.constant('GET'),
          headers: headers.map((those) => [['Host', 'a'] as const, ...those]),
        },
        PLAIN,
      ),
      response: fc.record(
        {
          status: fc.constantFrom(200, 204, 301, 304, 403, 404, 500),
          statusText: fc.oneof(text, bytesAsText),
          headers,
          body: fc.uint8Array({ maxLength: 50 }),
        },
        PLAIN,
      ),
      cut: fc.constantFrom(null, '1 of 2 bytes'),
      brokenOff: fc.constantFrom('disconnect' as const, 'length' as const, 'time' as const, 'unspecified' as const),
      tls: fc.record(
        {
          version: fc.constantFrom('tls/1.2', 'tls/1.3'),
          cipher: fc.constantFrom(null, 'TLS_AES_128_GCM_SHA256'),
          certificate: fc.option(
            fc.record(
              {
                subject: fc.string(),
                issuer: fc.string(),
                validFrom: fc.constant('2026-01-01T00:00:00.000Z'),
                validTo: fc.constant('2027-01-01T00:00:00.000Z'),
                sha256: fc.constantFrom(null, 'ab'.repeat(32)),
              },
              PLAIN,
            ),
          ),
        },
        PLAIN,
      ),
      road: fc.constantFrom('browser' as const, 'rendered' as const, 'replay' as const),
    },
    { ...PLAIN, requiredKeys: ['url', 'startedAt', 'address', 'protocol', 'request', 'response', 'cut', 'road'] },
  );
  it('give it back as it was', () => {
    fc.assert(
      fc.property(any, fc.constantFrom(undefined, ORIGIN), (given, origin) => {
        const kept =
          given.response.status === 304 && given.road !== 'rendered'
            ? { ...given, response: { ...given.response, body: new Uint8Array() } }
            : given;
        const records = recordsOf(kept, { kind: 'page', warcinfo: '<urn:x>', origin });
        assert.deepEqual(describeRecords(records).origin, origin ?? null);
        assert.deepEqual(sameBut(exchangeOf(records)), sameBut(kept));
      }),
      { numRuns: 500 },
    );
  });
});

describe('captures', () => {
  it('keep an exchange as response, request and metadata, and give it back by its place', async () => {
    const { storage, captures, reader } = openAll();
    const given = [
      exchange({
        url: 'https://www.guancha.cn/gzip',
        body: 'one',
        headers: [
          ['Content-Encoding', 'gzip'],
          ['Content-Length', '99'],
          ['X-Empty', ''],
          ['Set-Cookie', 'a=b'],
          ['set-cookie', 'c=d'],
        ],
      }),
      exchange({ url: 'https://www.guancha.cn/chunked', body: 'two', headers: [['Transfer-Encoding', 'chunked']] }),
      exchange({
        url: 'https://www.guancha.cn/moved',
        body: '',
        status: 302,
        statusText: 'Found',
        headers: [
          ['Location', '/gzip'],
          ['Content-Length', '20'],
        ],
      }),
      exchange({
        url: 'https://www.guancha.cn/none',
        body: 'no',
        status: 404,
        statusText: 'Not Found',
        headers: [['Content-Length', '2']],
      }),
      exchange({
        url: 'https://www.guancha.cn/cut',
        body: 'cu',
        headers: [['Content-Length', '3']],
        more: { cut: '2 of 3 bytes', protocol: 'HTTP/2', address: '[2001:db8::1]:443' },
      }),
    ];
    const places: CapturePlace[] = [];
    for (const each of given) places.push(await captures.write(each, 'page'));
    const while_ = await Promise.all(places.map((place) => reader.exchange(place)));
    await captures[Symbol.asyncDispose]();
    const after = await Promise.all(places.map((place) => reader.exchange(place)));
    for (const came of [while_, after]) assert.deepEqual(came.map(sameBut), given.map(sameBut));
    const records = await read(storage);
    assert.deepEqual(types(records), ['warcinfo', ...given.flatMap(() => ['response', 'request', 'metadata'])]);
    assert.deepEqual(
      records.map((record) => field(record, 'WARC-Truncated')).filter((each) => each !== null),
      ['unspecified', 'disconnect'],
    );
    assert.deepEqual((await filesOf(storage)).keys().toArray(), ['captures/2026/11/20261127T120000000Z.warc.gz']);
    const [segment = ''] = await Array.fromAsync(reader.segments());
    const entries = await Array.fromAsync(reader.entries(segment));
    assert.deepEqual(
      entries.map(({ place }) => place),
      places,
    );
    assert.deepEqual(
      entries.map(({ url }) => url),
      given.map(({ url }) => url),
    );
  });

  it('keep the same payload once, whatever its address, and refer a 304 to what it speaks of', async () => {
    const { storage, captures, reader, payloads } = openAll();
    const body = 'the same page'.repeat(100);
    const first = await captures.write(exchange({ body }), 'page');
    const second = await captures.write(
      exchange({ body, url: 'https://www.guancha.cn/b', headers: [['ETag', '"b"']] }),
      'page',
    );
    const third = await captures.write(exchange({ body: '', status: 304, url: 'https://www.guancha.cn/b' }), 'page');
    const unknown = await captures.write(exchange({ body: '', status: 304, url: 'https://www.guancha.cn/c' }), 'page');
    assert.deepEqual(second.body, first);
    assert.equal((await reader.exchange(second)).response.body.toString(), body);
    assert.equal((await reader.exchange(third)).response.status, 304);
    assert.equal((await reader.exchange(unknown)).response.body.length, 0);
    const records = await read(storage);
    const revisits = records.filter((record) => field(record, 'WARC-Type') === 'revisit');
    assert.deepEqual(
      revisits.map((record) => field(record, 'WARC-Refers-To-Target-URI')),
      ['https://www.guancha.cn/a', 'https://www.guancha.cn/a', null],
    );
    // What the journal remembers is looked at: a file that went away costs a copy, not the bytes.
    await captures.end();
    await storage.move(first.file, 'elsewhere');
    const again = await captures.write(exchange({ body }), 'page');
    assert.equal(again.body, undefined);
    assert.equal((await reader.exchange(again)).response.body.toString(), body);
    assert.deepEqual(payloads.ofUrl('https://www.guancha.cn/b'), null);
  });

  it('keep what scripts made of a page as a conversion of it', async () => {
    const { storage, captures, reader } = openAll();
    const source = exchange({ body: '<script>' });
    const place = await captures.write(source, 'page');
    const rendered = {
      ...source,
      capture: place,
      road: 'rendered' as const,
      response: { ...source.response, body: Buffer.from('<p>') },
    };
    const other = await captures.write(rendered, 'page');
    assert.deepEqual(sameBut(await reader.exchange(other)), sameBut(rendered));
    const records = await read(storage);
    assert.equal(field(records[4] as ReadRecord, 'WARC-Refers-To'), field(records[1] as ReadRecord, 'WARC-Record-ID'));
  });

  it('name a picture by its bytes, or keep it whole', async () => {
    for (const wholePictures of [false, true]) {
      const { storage, captures, reader } = openAll({ wholePictures });
      const body = Buffer.alloc(3_000_000, 'picture');
      const sha256 = 'ab'.repeat(32);
      const digest = (await import('node:crypto')).createHash('sha256').update(body).digest('hex');
      const payload = {
        sha256: wholePictures ? digest : sha256,
        bytes: body.length,
        asset: 'somewhere',
        chunks: async function* () {
          yield body;
        },
      };
      const head = exchange({
        url: 'https://i.guancha.cn/p.jpg',
        body: '',
        headers: [
          ['Content-Type', 'image/jpeg'],
          ['Content-Length', String(body.length)],
        ],
      });
      const place = await captures.writePicture(head, payload);
      const again = await captures.writePicture(head, payload);
      const records = await read(storage);
      const entry = await reader.entryAt(place);
      assert.equal(entry.kind, 'picture');
      const came = await reader.exchange(place);
      assert.deepEqual(came.response.headers, head.response.headers);
      if (wholePictures) {
        assert.ok(Buffer.from(came.response.body).equals(body));
        assert.deepEqual(again.body, place);
        assert.ok(Buffer.from((await reader.exchange(again)).response.body).equals(body));
        assert.deepEqual(types(records), [
          'warcinfo',
          'response',
          'request',
          'metadata',
          'revisit',
          'request',
          'metadata',
        ]);
      } else {
        assert.deepEqual(entry.picture, { sha256, bytes: body.length, asset: 'somewhere' });
        assert.deepEqual(types(records), ['warcinfo', 'metadata', 'metadata']);
      }
    }
  });

  it('begin another file for another day, at its size, and where a clock goes back; no name is given twice', async () => {
    let now = NOON;
    const { storage, captures, reader } = openAll({ now: () => now, segmentBytes: 3000 });
    const turns = [0, 0, 0, 0, 0, DAY_MS, 0, -2 * DAY_MS, 0, 2 * DAY_MS, -DAY_MS, 0, 0, 0];
    const places: CapturePlace[] = [];
    for (const [i, turn] of turns.entries()) {
      now += turn;
      places.push(await captures.write(exchange({ body: `body ${i} ${'x'.repeat(100)}` }), 'page'));
      if (i % 4 === 3) await captures.end();
    }
    await captures.end();
    for (const [i, place] of places.entries())
      assert.match(Buffer.from((await reader.exchange(place)).response.body).toString(), new RegExp(`^body ${i} `));
    await read(storage);
    const keys = [...(await filesOf(storage)).keys()];
    assert.ok(keys.length >= 7, String(keys));
    assert.ok(keys.every((key) => parseKey(key)?.kind === 'segment' && !key.endsWith('.open')));
  });

  it('leave a file that could not be written to as it is, and go on in another', async () => {
    const storage = openMemory();
    let fails = false;
    const weak: Storage = {
      ...storage,
      append: async (key, bytes) => {
        if (!fails) return storage.append(key, bytes);
        await storage.append(key, Buffer.from(bytes).subarray(0, 50)); // the disk was full in the middle
        throw new ArchiveError('ARCHIVE_FULL', 'test');
      },
    };
    const { captures, reader } = openAll({ storage: weak });
    const one = await captures.write(exchange({ body: 'one' }), 'page');
    fails = true;
    await assert.rejects(captures.write(exchange({ body: 'two' }), 'page'), { code: 'ARCHIVE_FULL' });
    fails = false;
    const three = await captures.write(exchange({ body: 'three' }), 'page');
    assert.notEqual(three.file, one.file);
    await captures[Symbol.asyncDispose]();
    assert.deepEqual(
      [...(await filesOf(storage)).keys()].map((key) => key.endsWith('.open')),
      [true, false],
    );
    const [recovered] = await recoverSegments(storage, trashOf(storage));
    assert.match(recovered?.aside ?? '', /ends within a record/);
    for (const place of [one, three]) assert.equal((await reader.exchange(place)).response.status, 200);
    await read(storage);
  });
});

describe('recovery of what a dead run left', () => {
  it('keeps all before the last record, cut at whatever byte, and the next run goes on', async () => {
    const { storage, captures, payloads } = openAll();
    const one = await captures.write(exchange({ body: 'one' }), 'page');
    const two = await captures.write(exchange({ body: 'two' }), 'page');
    const [[key, bytes] = ['', Buffer.alloc(0)]] = await filesOf(storage);
    const begins = (await Array.fromAsync(readMembers([bytes]))).map(({ offset }) => offset);
    for (let end = two.offset; end <= bytes.length; end++) {
      const dead = openMemory();
      await dead.write(key, bytes.subarray(0, end));
      await recoverSegments(dead, trashOf(dead));
      const files = await filesOf(dead, '');
      assert.ok(!files.has(key), `cut at ${end}: still open`);
      const held = [...files].filter(([name]) => !name.endsWith('list.jsonl')).map(([, each]) => each);
      const sum = held.reduce((total, each) => total + each.length, 0);
      assert.equal(sum, end, `cut at ${end}: bytes went away`);
      const whole = begins.findLast((each) => each <= end) ?? 0;
      assert.equal((await dead.read(one.file))?.length ?? 0, end === bytes.length ? end : whole, `cut at ${end}`);
      if (end % 10 > 0) continue;
      const next = openAll({ storage: dead, payloads });
      const three = await next.captures.write(exchange({ body: 'two' }), 'page'); // which is remembered, there or not
      await next.captures.end();
      await read(dead);
      const readable = [one, two].filter(({ offset, length }) => offset + length <= end);
      for (const place of [...readable, three]) await next.reader.exchange(place);
    }
  });

  it('ends what was killed within it', async () => {
    const { storage, captures } = openAll();
    const place = await captures.write(exchange({ body: 'one' }), 'page');
    await captures.write(exchange({ body: 'two' }), 'page');
    const [[key, bytes] = ['', Buffer.alloc(0)]] = await filesOf(storage);
    for (let step = 0; ; step++) {
      const dead = openMemory();
      await dead.write(key, bytes.subarray(0, -5));
      let left = step;
      const killed = new Error('killed');
      const dying =
        <T extends unknown[], R>(work: (...given: T) => Promise<R>) =>
        (...given: T) =>
          left-- <= 0 ? Promise.reject(killed) : work(...given);
      const weak: Storage = {
        ...dead,
        append: dying(dead.append),
        move: dying(dead.move),
        temporary: async (prefix) => {
          const file = await dead.temporary(prefix);
          return { ...file, commit: dying(file.commit) };
        },
      };
      const died = await recoverSegments(weak, trashOf(weak)).then(
        () => false,
        (error: unknown) => error === killed,
      );
      const report = await recoverSegments(dead, trashOf(dead));
      assert.equal(report.length, died ? 1 : 0);
      const files = await filesOf(dead);
      assert.deepEqual([...files.keys()], [place.file], `killed at step ${step}`);
      const rest = [...(await filesOf(dead, 'trash'))]
        .filter(([name]) => !name.endsWith('list.jsonl'))
        .map(([, each]) => each);
      assert.equal((files.get(place.file)?.length ?? 0) + (rest[0]?.length ?? 0), bytes.length - 5);
      await read(dead);
      if (!died) break;
      assert.ok(step < 20);
    }
  });

  it('keeps the places behind damage in the middle, and does not take the name of another file', async () => {
    const { storage, captures, reader } = openAll();
    await captures.write(exchange({ body: 'one' }), 'page');
    const two = await captures.write(exchange({ body: 'two' }), 'page');
    const [[key, bytes] = ['', Buffer.alloc(0)]] = await filesOf(storage);
    const at = bytes.indexOf('\x1f\x8b\x08', 40, 'latin1') + 30;
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    await storage.write(key, bytes);
    await recoverSegments(storage, trashOf(storage));
    assert.equal((await reader.exchange(two)).response.body.toString(), 'two');
    const taken = openSegmentKey(segmentKey(new Date(NOON)));
    await storage.write(taken, writeMember({ headers: [], block: Buffer.from('other') }));
    await recoverSegments(storage, trashOf(storage));
    assert.equal((await reader.exchange(two)).response.body.toString(), 'two');
    assert.equal(await storage.stat(taken), null);
  });
});

describe('reading captures', () => {
  it('says of a place that is not there, or not as it was written, what is wrong', async () => {
    const { storage, captures, reader } = openAll();
    const place = await captures.write(exchange({ body: 'one' }), 'page');
    await captures.end();
    const missing = [
      { ...place, file: 'captures/2026/11/20261127T120000001Z.warc.gz' },
      { ...place, file: '../../etc/passwd' },
      { ...place, file: openSegmentKey(place.file) },
    ];
    for (const each of missing) await assert.rejects(reader.exchange(each), { code: 'CAPTURE_MISSING' }, each.file);
    const wrong = [
      { offset: place.offset + 1 },
      { length: place.length - 1 },
      { length: place.length + 1 },
      { length: 0 },
      { length: 2 ** 52 },
      { offset: -1 },
      { offset: 0.5 },
    ];
    for (const each of wrong)
      await assert.rejects(reader.exchange({ ...place, ...each }), { code: 'CAPTURE_DAMAGED' }, JSON.stringify(each));
    const whole = (await storage.read(place.file)) ?? Buffer.alloc(0);
    await storage.write(place.file, whole.subarray(0, -1));
    await assert.rejects(reader.exchange(place), { code: 'CAPTURE_DAMAGED' });
    await assert.rejects(Array.fromAsync(reader.entries(place.file)), { code: 'CAPTURE_DAMAGED' });
  });

  it('reads a file that is written to as far as it goes', async () => {
    const { storage, captures, reader } = openAll();
    const place = await captures.write(exchange({ body: 'one' }), 'page');
    await storage.append(openSegmentKey(place.file), Buffer.from([0x1f, 0x8b, 8, 0, 0]));
    assert.deepEqual(await Array.fromAsync(reader.segments()), [place.file]);
    assert.deepEqual((await Array.fromAsync(reader.entries(place.file))).length, 1);
    assert.equal((await reader.exchange(place)).response.body.toString(), 'one');
  });

  it('are read on behind a damage, which costs the exchange that it is in', async () => {
    const { storage, captures, reader } = openAll();
    const places: CapturePlace[] = [];
    for (const body of ['one', 'two', 'three', 'four'])
      places.push(await captures.write(exchange({ url: `https://www.guancha.cn/${body}`, body }), 'page'));
    await captures.end();
    const file = places[0]?.file ?? '';
    const bytes = (await storage.read(file)) ?? Buffer.alloc(0);
    const members = await Array.fromAsync(readMembers([bytes]));
    for (const { offset, length } of members) {
      const damaged = Buffer.from(bytes);
      damaged.fill(0, offset + 2, offset + length - 1);
      await storage.write(file, damaged);
      const found: string[] = [];
      await assert.rejects(
        async () => {
          for await (const { url } of reader.entries(file)) found.push(url);
        },
        { code: 'CAPTURE_DAMAGED' },
      );
      const hurt = places.find((place) => offset >= place.offset && offset < place.offset + place.length);
      const wanted = ['one', 'two', 'three', 'four'].filter((_, i) => places[i] !== hurt);
      assert.deepEqual(
        found,
        wanted.map((name) => `https://www.guancha.cn/${name}`),
        `byte ${offset}`,
      );
    }
  });
});
