/** Whether a picture is whole: every proper prefix is found cut, and no bytes at all make the reader fail. */
import assert from 'node:assert/strict';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { openPictureReader, type Picture, readPicture } from '../src/archive/picture-file.ts';
import { temporaryFolder } from './support/command.ts';

const FOLDER = join(import.meta.dirname, 'newspaper/pictures');

/** The newspaper's pictures, and small ones of the formats that it does not print. */
const PICTURES: Readonly<Record<string, Buffer>> = {
  ...Object.fromEntries(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name))])),
  'dots-3x2.bmp': bmp(3, 2),
  'box-640x480.avif': avif(640, 480),
};
const SMALL = Object.entries(PICTURES).filter(([, bytes]) => bytes.length < 4000);

function read(bytes: Buffer, chunk = bytes.length || 1): Picture {
  const reader = openPictureReader();
  for (let from = 0; from < bytes.length; from += chunk) reader.push(bytes.subarray(from, from + chunk));
  return reader.end();
}

function bmp(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(54 + Math.ceil((width * 3) / 4) * 4 * height);
  bytes.write('BM');
  for (const [at, value] of [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, width],
    [22, height],
  ] as const)
    bytes.writeUInt32LE(value, at);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

function box(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4);
  return Buffer.concat([head, body]);
}

function avif(width: number, height: number): Buffer {
  const size = Buffer.alloc(12);
  size.writeUInt32BE(width, 4);
  size.writeUInt32BE(height, 8);
  const meta = box('meta', '\0\0\0\0', box('iprp', box('ipco', box('ispe', size))));
  return Buffer.concat([box('ftyp', 'avif\0\0\0\0avifmif1'), meta, box('mdat', 'coded picture data')]);
}

describe('a whole picture', () => {
  for (const [name, bytes] of Object.entries(PICTURES)) {
    it(`${name} is whole, of its type and size, in chunks of any size`, () => {
      const [, width, height, type] = /-(\d+)x(\d+)\.(\w+)$/.exec(name) ?? [];
      const expected = {
        state: 'whole',
        detail: null,
        facts: { type, width: Number(width), height: Number(height) },
        trailingBytes: 0,
      };
      for (const chunk of [1, 2, 7, 4096, bytes.length]) assert.deepEqual(read(bytes, chunk), expected, `${chunk}`);
    });
  }

  it('may be followed by other bytes, which are counted', () => {
    for (const [name, bytes] of Object.entries(PICTURES)) {
      const more = read(Buffer.concat([bytes, Buffer.from('<!-- served by 7 -->')]), 1000);
      assert.deepEqual([more.state, more.trailingBytes], ['whole', 20], name);
    }
  });

  it('is read from a file, and a picture of another type is left unread', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'icon');
    const icon = Buffer.alloc(30);
    icon.writeUInt16LE(1, 2);
    icon.writeUInt16LE(1, 4);
    icon.fill(16, 6, 8);
    await writeFile(path, icon);
    assert.deepEqual(await readPicture(createReadStream(path)), {
      state: 'unread',
      detail: null,
      facts: { type: 'ico', width: 16, height: 16 },
      trailingBytes: 0,
    });
  });
});

describe('a cut picture', () => {
  it('is every proper prefix of a whole one', () => {
    for (const [name, bytes] of SMALL)
      for (let length = 0; length < bytes.length; length++)
        assert.equal(read(bytes.subarray(0, length)).state, 'cut', `${name}, ${length} bytes`);
    const large = fc.constantFrom(...Object.entries(PICTURES));
    fc.assert(
      fc.property(
        large,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.nat(9000),
        (each, at, chunk) => {
          const [name, bytes] = each;
          const prefix = bytes.subarray(0, Math.floor(bytes.length * at));
          assert.equal(read(prefix, chunk + 1).state, 'cut', `${name}, ${prefix.length} bytes`);
        },
      ),
    );
  });

  it('is one whose missing half is zeros, where the format shows it', () => {
    for (const [name, bytes] of Object.entries(PICTURES).filter(([each]) => /\.(jpg|png|gif)$/.test(each))) {
      const half = Buffer.from(bytes).fill(0, bytes.length >> 1);
      assert.notEqual(read(half).state, 'whole', name);
    }
  });
});

describe('a damaged picture', () => {
  it('is a PNG with any byte of a chunk changed', () => {
    const bytes = PICTURES['smile-24x24.png'] ?? Buffer.alloc(0);
    for (let at = 8; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x20;
      assert.notEqual(read(changed).state, 'whole', `byte ${at}`);
    }
  });

  it('is one without a picture between beginning and end', () => {
    const ihdr = Buffer.concat([Buffer.from('IHDR'), Buffer.from([0, 0, 0, 9, 0, 0, 0, 9, 8, 0, 0, 0, 0])]);
    const chunk = (body: Buffer) => {
      const ends = Buffer.alloc(8);
      ends.writeUInt32BE(body.length - 4);
      ends.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
    };
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    for (const [name, bytes] of Object.entries({
      png: Buffer.concat([signature, chunk(ihdr), chunk(Buffer.from('IEND'))]),
      gif: Buffer.concat([Buffer.from('GIF89a'), Buffer.from([9, 0, 9, 0, 0, 0, 0, 0x3b])]),
      jpg: Buffer.from([0xff, 0xd8, 0xff, 0xd9, 0, 0, 0, 0, 0, 0, 0, 0]),
      webp: Buffer.from('RIFF\x04\0\0\0WEBP', 'latin1'),
    }))
      assert.equal(read(bytes).state, 'damaged', name);
  });
});

describe('any bytes', () => {
  it('never make the reader fail: a changed byte, or none of a picture', () => {
    const changed = fc
      .tuple(fc.constantFrom(...Object.values(PICTURES)), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([bytes, changes]) => {
        const copy = Buffer.from(bytes);
        for (const [at, value] of changes) copy[at % Math.min(copy.length, 2000)] = value;
        return copy;
      });
    const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const begun = fc
      .tuple(fc.constantFrom(...Object.values(PICTURES)), any, fc.nat(40))
      .map(([bytes, rest, at]) => Buffer.concat([bytes.subarray(0, at), rest]));
    fc.assert(
      fc.property(fc.oneof(changed, any, begun), fc.integer({ min: 1, max: 9000 }), (bytes, chunk) => {
        const { state, detail, trailingBytes } = read(bytes, chunk);
        assert.equal(detail === null, state === 'whole' || state === 'unread');
        assert.ok(trailingBytes >= 0 && trailingBytes <= bytes.length);
        assert.deepEqual(read(bytes), read(bytes, chunk));
      }),
      { numRuns: 2000 },
    );
  });

  it('of another kind are no picture', () => {
    const { state, facts } = read(Buffer.from('<!DOCTYPE html><title>登录</title>'));
    assert.deepEqual([state, facts], ['no-picture', null]);
  });

  it('are read in little memory, however many', () => {
    const reader = openPictureReader();
    const chunk = Buffer.alloc(1 << 20, 0xff);
    reader.push((PICTURES['tea-970x374.jpg'] ?? chunk).subarray(0, 6000));
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 300; i++) reader.push(chunk);
    assert.equal(reader.end().state, 'cut');
    assert.ok(process.memoryUsage().rss - before < 50e6);
  });
});
