/** Damage to the files of captures, and to what records say of them. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { crc32, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import type { AnyRecord, Plant } from '../plant.ts';
import { type Damage, damage, flip } from './damage.ts';

interface Piece {
  readonly offset: number;
  readonly length: number;
  /** `response`, `request` … */
  readonly type: string;
}

/** Gzip members of a file, found without the program's own reader. */
function piecesIn(bytes: Buffer): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const { buffer, engine } = inflateRawSync(bytes.subarray(offset + 10), { info: true }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    const length = 10 + engine.bytesWritten + 8;
    pieces.push({ offset, length, type: /^WARC-Type: (\S+)/m.exec(buffer.toString())?.[1] ?? '' });
    offset += length;
  }
  return pieces;
}

/** The file of the first run, which most records name; oldest first. */
function segmentsOf(archive: Plant): readonly string[] {
  return archive.list('captures').filter((key) => key.endsWith('.warc.gz'));
}

function first(archive: Plant): string {
  const [key] = segmentsOf(archive);
  assert.ok(key);
  return key;
}

/** Changes the bytes of the file that most records name. */
const inFile = (name: string, change: (bytes: Buffer, pieces: readonly Piece[]) => Uint8Array): Damage =>
  damage(
    'capture-damaged',
    name,
    (archive) => {
      const key = first(archive);
      const bytes = archive.bytes(key);
      archive.write(key, change(bytes, piecesIn(bytes)));
      return key;
    },
    true,
  );

const TYPES = ['warcinfo', 'response', 'request', 'metadata'] as const;

/** Where in a gzip member a bit flips: header, data, checksum, length (RFC 1952). */
const SPOTS: readonly (readonly [string, (piece: Piece) => number])[] = [
  ['the magic number', ({ offset }) => offset],
  ['the method', ({ offset }) => offset + 2],
  ['the flags', ({ offset }) => offset + 3],
  ['the first data', ({ offset }) => offset + 10],
  ['the middle', ({ offset, length }) => offset + Math.floor(length / 2)],
  ['the last data', ({ offset, length }) => offset + length - 9],
  ['the checksum', ({ offset, length }) => offset + length - 8],
  ['the length', ({ offset, length }) => offset + length - 4],
];

const FLIPS: readonly Damage[] = TYPES.flatMap((type) =>
  SPOTS.map(([where, at]) =>
    inFile(`a bit flips in ${where} of a ${type} record`, (bytes, pieces) => {
      const piece = nth(pieces, type, 2);
      return flip(bytes, at(piece));
    }),
  ),
);

/** One of a type, not the first where there are more. */
function nth(pieces: readonly Piece[], type: string, number: number): Piece {
  const ofType = pieces.filter((piece) => piece.type === type);
  const piece = ofType[Math.min(number, ofType.length - 1)];
  assert.ok(piece, `no ${type}`);
  return piece;
}

const without = (bytes: Buffer, { offset, length }: Piece) =>
  Buffer.concat([bytes.subarray(0, offset), bytes.subarray(offset + length)]);

/** A member written anew with other text, as a person with an editor would. */
function rewritten(bytes: Buffer, { offset, length }: Piece, change: (text: string) => string): Buffer {
  const text = gunzipSync(bytes.subarray(offset, offset + length)).toString('latin1');
  const changed = Buffer.from(change(text), 'latin1');
  assert.notEqual(crc32(changed), crc32(text), 'nothing was changed');
  return Buffer.concat([bytes.subarray(0, offset), gzipSync(changed), bytes.subarray(offset + length)]);
}

const CUTS: readonly Damage[] = [
  inFile('the last record breaks off in its data', (bytes) => bytes.subarray(0, bytes.length - 40)),
  inFile('the last record lacks its last byte', (bytes) => bytes.subarray(0, bytes.length - 1)),
  inFile('the last record breaks off in its gzip header', (bytes, pieces) =>
    bytes.subarray(0, (pieces.at(-1)?.offset ?? 0) + 5),
  ),
  inFile('half of the file is there', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2))),
  inFile('the file is empty', () => Buffer.alloc(0)),
  inFile('the file is full of zeros', (bytes) => Buffer.alloc(bytes.length)),
  inFile('a block of the disk is zeros', (bytes) => bytes.fill(0, 4096, 8192)),
  inFile('a block of the disk is another one', (bytes) => bytes.copyWithin(8192, 4096, 6000)),
  inFile('zeros follow, as after a crash', (bytes) => Buffer.concat([bytes, Buffer.alloc(512)])),
  inFile('text follows', (bytes) => Buffer.concat([bytes, Buffer.from('to do\n')])),
  inFile('another gzip file follows', (bytes) => Buffer.concat([bytes, gzipSync('to do\n')])),
  inFile('a record is there twice', (bytes, pieces) => {
    const { offset, length } = nth(pieces, 'response', 2);
    return Buffer.concat([bytes, bytes.subarray(offset, offset + length)]);
  }),
  inFile('an exchange is there twice', (bytes, pieces) => {
    const { offset } = nth(pieces, 'response', 2);
    const { offset: end } = nth(pieces, 'response', 3);
    return Buffer.concat([bytes, bytes.subarray(offset, end)]);
  }),
  inFile('a request is taken out', (bytes, pieces) => without(bytes, nth(pieces, 'request', 2))),
  inFile('metadata are taken out', (bytes, pieces) => without(bytes, nth(pieces, 'metadata', 2))),
  inFile('a response is taken out', (bytes, pieces) => without(bytes, nth(pieces, 'response', 2))),
  inFile('two records change places', (bytes, pieces) => {
    const at = pieces.findIndex(({ type }) => type === 'request');
    const [one, other] = [pieces[at], pieces[at + 1]];
    assert.ok(one && other);
    return Buffer.concat([
      bytes.subarray(0, one.offset),
      bytes.subarray(other.offset, other.offset + other.length),
      bytes.subarray(one.offset, one.offset + one.length),
      bytes.subarray(other.offset + other.length),
    ]);
  }),
  inFile('all records are packed into one member', (bytes) => gzipSync(gunzipSync(bytes))),
  inFile('all records are unpacked', (bytes) => gunzipSync(bytes)),
  inFile('a word of a body is another one, checksum and length right', (bytes, pieces) =>
    rewritten(bytes, nth(pieces, 'response', 2), (text) =>
      text.replace(/<\/title>/i, '!</title>').replace(/<title>./i, '<title>'),
    ),
  ),
  inFile('a header of the site is another one', (bytes, pieces) =>
    rewritten(bytes, nth(pieces, 'response', 2), (text) =>
      text.replace(/\r\ncontent-type: text/i, '\r\ncontent-type: tixt'),
    ),
  ),
  inFile('a record says another length', (bytes, pieces) =>
    rewritten(bytes, nth(pieces, 'response', 2), (text) =>
      text.replace(/\r\nContent-Length: (\d)/, '\r\nContent-Length: 1$1'),
    ),
  ),
  inFile('a record says another digest of its block', (bytes, pieces) =>
    rewritten(bytes, nth(pieces, 'response', 2), (text) => text.replace(/(WARC-Block-Digest: sha256:)./, '$1x')),
  ),
  inFile('a record says another digest of its payload', (bytes, pieces) =>
    rewritten(bytes, nth(pieces, 'response', 2), (text) => text.replace(/(WARC-Payload-Digest: sha256:)./, '$1x')),
  ),
  inFile('a request belongs to another response', (bytes, pieces) =>
    rewritten(bytes, nth(pieces, 'request', 2), (text) => text.replace(/(WARC-Concurrent-To: <urn:uuid:)./, '$1x')),
  ),
  inFile('a record is of another standard', (bytes, pieces) =>
    rewritten(bytes, nth(pieces, 'response', 2), (text) => text.replace('WARC/1.1', 'WARC/9.9')),
  ),
];

/** Records that name something of a file from a byte on. */
function naming(archive: Plant, file: string, from: number): readonly string[] {
  return archive.list('records').filter((key) => {
    const named = JSON.stringify(JSON.parse(archive.read(key))).matchAll(/"file":"([^"]+)","offset":(\d+)/g);
    return [...named].some(([, name, offset]) => name === file && Number(offset) >= from);
  });
}

const FORMS: readonly Damage[] = [
  damage(
    'capture-form',
    'a file of captures has the name of another day',
    (archive) => {
      const key = segmentsOf(archive).at(-1) ?? '';
      const other = key.replace(/\d(?=Z\.warc\.gz$)/, (digit) => String((Number(digit) + 1) % 10));
      renameSync(archive.path(key), archive.path(other));
      const isNamed =
        naming(archive, key, 0).length > 0 ||
        gunzipSync(archive.bytes(other)).includes(`Refers-To-Filename: ${key.slice(key.lastIndexOf('/') + 1)}`);
      return [other, ...(isNamed ? [{ code: 'capture-missing' as const, path: key }] : [])];
    },
    true,
  ),
];

/** A record that says something else of where its page is kept. */
const placed = (code: Damage['code'], name: string, change: (place: AnyRecord) => void, path?: string): Damage =>
  damage(code, name, (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, (record) => {
      for (const request of record.capture.requests) change(request.exchanges.at(-1));
      delete record.versions.at(-1).basis;
    });
    return path ?? spot.record;
  });

const NOWHERE = 'captures/2001/01/20010101T000000000Z.warc.gz';

const PLACES: readonly Damage[] = [
  placed('capture-place', 'a record names the next byte', (place) => {
    place.offset += 1;
  }),
  placed('capture-place', 'a record names a shorter place', (place) => {
    place.length -= 1;
  }),
  placed('capture-place', 'a record names the beginning of the file', (place) => {
    place.offset = 0;
  }),
  damage('capture-place', 'a record names the capture of another article', (archive) => {
    const [spot, other] = [archive.spot(), archive.spot()];
    const place = archive.recordOf(other).capture.requests[0]?.exchanges?.at(-1);
    archive.changeRecord(spot, (record) => {
      record.capture.requests[0].exchanges = [place];
    });
    return spot.record;
  }),
  damage('capture-place', 'a record says another hash of its page', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, (record) => {
      record.capture.requests[0].sha256 = '0'.repeat(64);
    });
    return spot.record;
  }),
  placed(
    'capture-missing',
    'a record names a file that is not there',
    (place) => {
      place.file = NOWHERE;
    },
    NOWHERE,
  ),
  damage(
    'capture-place',
    'the file ends within the last exchange that a record names',
    (archive) => {
      const key = first(archive);
      const bytes = archive.bytes(key);
      const pieces = piecesIn(bytes);
      const last = pieces.findLast(({ offset }) => naming(archive, key, offset).length > 0) as Piece;
      const metadata = pieces.find(({ offset, type }) => offset > last.offset && type === 'metadata') as Piece;
      const paths = naming(archive, key, last.offset);
      archive.write(key, bytes.subarray(0, metadata.offset));
      return paths;
    },
    true,
  ),
];

const FILES: readonly Damage[] = [
  damage(
    'capture-missing',
    'a file of captures is gone',
    (archive) => {
      const key = segmentsOf(archive).find((each) => each !== first(archive) && naming(archive, each, 0).length > 0);
      assert.ok(key, 'one that records name');
      archive.remove(key);
      return key;
    },
    true,
  ),
  damage(
    'capture-open',
    'a file of captures was never ended',
    (archive) => {
      const key = first(archive);
      renameSync(archive.path(key), archive.path(`${key}.open`));
      return `${key}.open`;
    },
    true,
  ),
  damage(
    'capture-open',
    'a file of captures was never ended, and breaks off',
    (archive) => {
      const key = segmentsOf(archive).at(-1) ?? '';
      const bytes = archive.bytes(key);
      archive.remove(key);
      archive.write(`${key}.open`, bytes.subarray(0, bytes.length - 20));
      return `${key}.open`;
    },
    true,
  ),
  damage('stray-file', 'a note among the captures', (archive) => {
    const key = first(archive).replace(/[^/]*$/, 'notes.txt');
    archive.write(key, 'to do\n');
    return key;
  }),
  damage('stray-file', 'a file above the years of captures', (archive) => {
    archive.write('captures/index.cdxj', '');
    return 'captures/index.cdxj';
  }),
  damage('stray-file', 'a copy of a file of captures in a conflict', (archive) => {
    const key = first(archive).replace('.warc.gz', '.sync-conflict-20261014-101112-ABCDEF7.warc.gz');
    archive.write(key, '');
    return key;
  }),
  damage(
    'linked-file',
    'a file of captures gives way to a link to its bytes',
    (archive) => {
      const key = first(archive);
      mkdirSync(archive.path('.git/annex'), { recursive: true });
      archive.write('.git/annex/captures', archive.bytes(key));
      archive.remove(key);
      symlinkSync('../../../.git/annex/captures', archive.path(key));
      return key;
    },
    true,
  ),
];

/** What is whole, has all its digests right, and is not what records say that was written. */
const ALTERED: readonly Damage[] = [
  ...(
    [
      ['time', 4],
      ['system', 9],
    ] as const
  ).map(([field, at]) =>
    altered(`the ${field} in the header of a gzip member is another`, (bytes, { offset }) => flip(bytes, offset + at)),
  ),
  altered('an exchange says another instant', (bytes, { offset, length }) => {
    const text = gunzipSync(bytes.subarray(offset, offset + length)).toString('latin1');
    const packed = Array.from({ length: 10 }, (_, digit) => text.replace(/\d(?=Z\r\n)/, String(digit)))
      .filter((each) => each !== text)
      .map((each) => gzipSync(Buffer.from(each, 'latin1')))
      .find((each) => each.length === length);
    assert.ok(packed, 'none of the same length');
    packed.copy(bytes, offset);
    return bytes;
  }),
  recordOfAltered('a record says another hash of its capture', ({ capture }) => {
    const [place] = capture.requests[0].exchanges;
    place.sha256 = '0'.repeat(64);
    return place.file;
  }),
  recordOfAltered('what a document was made of is said to have another hash', ({ versions }) => {
    const [[place]] = versions.at(-1).basis.pages;
    place.sha256 = '0'.repeat(64);
    return place.file;
  }),
  recordOfAltered('a record says another hash of what holds the body of its capture', ({ capture }) => {
    const [place] = capture.requests[0].exchanges;
    place.body = { ...place, sha256: '0'.repeat(64) };
    return place.file;
  }),
];

/** Changes the bytes of the first exchange of the file that a record names. */
function altered(name: string, change: (bytes: Buffer, piece: Piece) => Buffer): Damage {
  return damage(
    'capture-altered',
    name,
    (archive) => {
      const key = first(archive);
      const bytes = archive.bytes(key);
      const named = archive
        .list('records')
        .flatMap((path) => JSON.parse(archive.read(path)).capture.requests[0]?.exchanges ?? []);
      const piece = piecesIn(bytes).find(({ offset }) =>
        named.some((place: AnyRecord) => place.file === key && place.offset === offset),
      );
      assert.ok(piece, 'no record names an exchange of this file');
      archive.write(key, change(bytes, piece));
      return key;
    },
    true,
  );
}

/** @param change gives the file of the place that it changes */
function recordOfAltered(name: string, change: (record: AnyRecord) => string): Damage {
  return damage(
    'capture-altered',
    name,
    (archive) => {
      const spot = archive.spot();
      let file = '';
      archive.changeRecord(spot, (record) => {
        file = change(record);
      });
      return file;
    },
    true,
  );
}

/** What an earlier capture holds for later ones. */
const BODIES: readonly Damage[] = [
  damage(
    'capture-body-missing',
    'a capture names another place for its body',
    (archive) => {
      const key = segmentsOf(archive).findLast((each) => piecesIn(archive.bytes(each)).some(isRevisit));
      assert.ok(key, 'no body is left to an earlier capture');
      const bytes = archive.bytes(key);
      const revisit = piecesIn(bytes).findLast(isRevisit) as Piece;
      const later = naming(archive, key, revisit.offset);
      archive.write(
        key,
        rewritten(bytes, revisit, (text) => text.replace(/(Refers-To-File-Offset: )/, '$11')),
      );
      return [key, ...later.map((path) => ({ code: 'capture-place' as const, path }))];
    },
    true,
  ),
];

function isRevisit({ type }: Piece): boolean {
  return type === 'revisit';
}

export const CAPTURES: readonly Damage[] = [...FLIPS, ...CUTS, ...FORMS, ...PLACES, ...ALTERED, ...FILES, ...BODIES];
