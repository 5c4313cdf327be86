/** Damage to pictures and to what records say of them. */
import { renameSync } from 'node:fs';
import { type AnyRecord, sha256 as digest, shows } from '../plant.ts';
import { atEnd, type Damage, damage, flip, half } from './damage.ts';

export const ASSETS: readonly Damage[] = [
  damage('picture-unrecorded', 'a picture that the record does not know', (archive) => {
    const spot = archive.spot();
    archive.changeBody(spot, atEnd('<p><img src="https://i.guancha.cn/news/x.jpg" referrerpolicy="no-referrer"></p>'));
    return spot.document;
  }),
  damage('picture-missing', 'a picture that the site did not give', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const key = archive.picture(spot);
    archive.remove(key);
    archive.changeRecord(spot, (value) => {
      value.assets = value.assets.map((asset: AnyRecord) =>
        key.includes(asset.sha256) ? { src: asset.src, missing: 'IMAGE_MISSING' } : asset,
      );
    });
    return spot.record;
  }),
  damage('picture-gone', 'a picture deleted', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    archive.remove(key);
    return key;
  }),
  damage('picture-type', 'a picture under another ending', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')), 'jpg');
    renameSync(archive.path(key), archive.path(key.replace(/jpg$/, 'png')));
    return key.replace(/jpg$/, 'png');
  }),
  damage('picture-type', 'a record that takes a JPEG for a PNG', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const key = archive.picture(spot, 'jpg');
    archive.changeRecord(spot, ({ assets }) => {
      assets.find(({ sha256 = '-' }) => key.includes(sha256)).type = 'png';
    });
    return spot.record;
  }),
  damage('picture-changed', 'one flipped bit', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')), 'jpg');
    const bytes = archive.bytes(key);
    archive.write(key, flip(bytes, Math.floor(bytes.length / 2)));
    return key;
  }),
  damage('picture-changed', 'the second half lost', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')), 'jpg');
    archive.write(key, half(archive.bytes(key)));
    return key;
  }),
  damage('picture-changed', 'nothing but zeros', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    archive.write(key, Buffer.alloc(archive.bytes(key).length));
    return key;
  }),
  damage('picture-changed', 'an empty file', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    archive.write(key, '');
    return key;
  }),
  damage('picture-changed', 'two pictures swapped', (archive) => {
    const [a, b] = [
      archive.picture(archive.spot(shows('jpg')), 'jpg'),
      archive.picture(archive.spot(shows('jpg')), 'jpg'),
    ];
    const bytes = archive.bytes(a);
    archive.write(a, archive.bytes(b));
    archive.write(b, bytes);
    return [a, b];
  }),
  ...['jpg', 'png', 'webp', 'gif'].map((type) =>
    damage('picture-broken', `a ${type} that was stored cut in half`, (archive) =>
      archive.changePicture(archive.spot(shows(type)), type, half),
    ),
  ),
  damage('picture-imperfect', 'a picture that the record says breaks off', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const key = archive.picture(spot, 'jpg');
    archive.changeRecord(spot, ({ assets }) => {
      assets.find(({ sha256 = '-' }) => key.includes(sha256)).flaw = { kind: 'cut', detail: 'it breaks off' };
    });
    return spot.record;
  }),
  damage('picture-type', 'a page stored as a picture', (archive) =>
    archive.changePicture(archive.spot(shows('jpg')), 'jpg', () => Buffer.from('<html>404 Not Found</html>')),
  ),
  damage('picture-facts', 'another width in the record', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const key = archive.picture(spot);
    archive.changeRecord(spot, ({ assets }) => {
      assets.find(({ sha256 = '-' }) => key.includes(sha256)).width += 1;
    });
    return spot.record;
  }),
  damage('picture-facts', 'another size in the record', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const key = archive.picture(spot);
    archive.changeRecord(spot, ({ assets }) => {
      assets.find(({ sha256 = '-' }) => key.includes(sha256)).bytes += 1;
    });
    return spot.record;
  }),
  damage('picture-huge', 'a picture that claims 100,000 × 100,000', (archive) =>
    archive.changePicture(
      archive.spot(shows('png')),
      'png',
      (bytes) => {
        bytes.writeUInt32BE(100_000, 16);
        bytes.writeUInt32BE(100_000, 20);
        return bytes;
      },
      { width: 100_000, height: 100_000 },
    ),
  ),
  damage(
    'asset-orphan',
    'a picture of nobody',
    (archive) => {
      const bytes = archive.bytes(archive.picture(archive.spot(shows('jpg')), 'jpg'));
      const more = Buffer.concat([bytes, Buffer.from([0])]);
      const hash = digest(more);
      archive.write(`assets/${hash.slice(0, 2)}/${hash}.jpg`, more);
      return `assets/${hash.slice(0, 2)}/${hash}.jpg`;
    },
    true, // while a record is lost, nobody calls a picture an orphan
  ),
];
