/** Damage to records and versions. */
import type { Spot } from '../plant.ts';
import { type Damage, damage, flip, half, record, shifted } from './damage.ts';

export const RECORDS: readonly Damage[] = [
  damage('record-unreadable', 'a record cut in half', (archive) => {
    const spot = archive.spot();
    archive.write(spot.record, half(archive.bytes(spot.record)));
    return spot.record;
  }),
  damage('record-unreadable', 'an empty record', (archive) => {
    const spot = archive.spot();
    archive.write(spot.record, '');
    return spot.record;
  }),
  damage('record-unreadable', 'a record of nothing but zeros', (archive) => {
    const spot = archive.spot();
    archive.write(spot.record, Buffer.alloc(4096));
    return spot.record;
  }),
  record('record-schema', 'a record of another format', (value) => {
    value.format = 2;
  }),
  record('record-schema', 'a record without content hash', (value) => {
    delete value.contentHash;
  }),
  record('record-schema', 'a record without its requests', (value) => {
    delete value.capture;
  }),
  record('record-schema', 'pictures that are no list', (value) => {
    value.assets = {};
  }),
  record('record-schema', 'a verdict that is no article', (value) => {
    value.verdict.kind = 'blocked';
  }),
  record('record-schema', 'a hash that is none', (value) => {
    value.document.sha256 = 'd41d8';
  }),
  damage('record-missing', 'a record deleted', (archive) => {
    const spot = archive.spot();
    archive.remove(spot.record);
    return spot.document;
  }),
  damage('document-missing', 'a document deleted', (archive) => {
    const spot = archive.spot();
    archive.remove(spot.document);
    return spot.document;
  }),
  record('record-place', 'another id', (value) => {
    value.id = 'guancha:1';
  }),
  record('record-place', 'the address of another article', (value) => {
    value.url = value.url.replace(/\d+\.shtml$/, '7.shtml');
  }),
  record('record-place', 'a document out of the archive', (value) => {
    value.document.path = '../../etc/passwd';
  }),
  damage('record-disagrees', 'another title', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ article }) => {
      article.title += '（改）';
    });
    return spot.document;
  }),
  damage('record-disagrees', 'another time of publication', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ article }) => {
      article.publishedAt = shifted(article.publishedAt, 61_000);
    });
    return spot.document;
  }),
  damage('record-disagrees', 'another list', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, (value) => {
      value.source = '别处';
    });
    return spot.document;
  }),
  damage('document-changed', 'one word changed by a person', (archive) => {
    const { document } = archive.spot();
    archive.write(document, archive.read(document).replace('。', '！'));
    return document;
  }),
  damage('document-changed', 'one flipped bit', (archive) => {
    const { document } = archive.spot();
    const bytes = archive.bytes(document);
    archive.write(document, flip(bytes, bytes.length - 100));
    return document;
  }),
  damage('document-changed', 'cut in half', (archive) => {
    const { document } = archive.spot();
    archive.write(document, half(archive.bytes(document)));
    return document;
  }),
  damage('document-changed', 'an empty document', (archive) => {
    const { document } = archive.spot();
    archive.write(document, '');
    return document;
  }),
  damage('document-changed', 'two documents swapped', (archive) => {
    const [{ document: a }, { document: b }] = [archive.spot(), archive.spot()];
    const bytes = archive.bytes(a);
    archive.write(a, archive.bytes(b));
    archive.write(b, bytes);
    return [a, b];
  }),
  damage('version-missing', 'a superseded version deleted', (archive) => {
    const { key } = archive.spot(({ versions }) => versions.length > 1);
    archive.remove(`versions/${key}`);
    return `versions/${key}/1.html`;
  }),
  damage('version-changed', 'a superseded version edited', (archive) => {
    const { key } = archive.spot(({ versions }) => versions.length > 1);
    archive.write(`versions/${key}/1.html`, archive.read(`versions/${key}/1.html`).replace('。', '！'));
    return `versions/${key}/1.html`;
  }),
  damage('version-order', 'a version captured before the one before', (archive) => {
    const spot = archive.spot(({ versions }) => versions.length > 1);
    archive.changeRecord(spot, ({ versions }) => {
      versions[0].capturedAt = '2031-01-01T00:00:00.000Z';
    });
    return spot.record;
  }),
  damage('version-order', 'the last version is not the document', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ versions }) => {
      versions[0].sha256 = '0'.repeat(64);
    });
    return spot.record;
  }),
  damage('version-order', 'a version out of the archive', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ versions }) => {
      versions.unshift({ ...versions[0], document: 'versions/../../../etc/passwd' });
    });
    return spot.record;
  }),
  damage('version-orphan', 'a version that no record lists', (archive) => {
    const { key, document } = archive.spot();
    archive.write(`versions/${key}/4.html`, archive.bytes(document));
    return `versions/${key}/4.html`;
  }),
  damage('absence-order', 'found again before it was gone', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ absences }) => {
      absences.push({ since: '2026-11-25T00:00:00.000Z', until: '2026-11-24T00:00:00.000Z', evidence: [] });
    });
    return spot.record;
  }),
  damage('absence-order', 'gone for good, and once more', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ absences }) => {
      for (const day of ['24', '25'])
        absences.push({ since: `2026-11-${day}T00:00:00.000Z`, until: null, evidence: [] });
    });
    return spot.record;
  }),
  damage('alias-shared', 'an address of another article', (archive) => {
    const spots = [archive.spot(), archive.spot()] as const;
    archive.changeRecord(spots[1], ({ aliases }) => aliases.push(archive.recordOf(spots[0]).url));
    return later(spots).record;
  }),
  damage('id-shared', 'an article under two days', (archive) => {
    const spot = archive.spot();
    const next = (_: string, month: string, day: string) =>
      `${month}_${String(day === '28' ? 27 : Number(day) + 1).padStart(2, '0')}_`;
    const day = (text: string) => text.replaceAll(/(\d{4}_\d{2})_(\d{2})_(?=\d+(?:\.|_|\b))/g, next);
    const copy = { key: day(spot.key), document: day(spot.document), record: day(spot.record) };
    archive.write(copy.document, archive.bytes(spot.document));
    archive.write(copy.record, day(archive.read(spot.record)));
    return copy.record > spot.record ? copy.record : spot.record;
  }),
  damage('content-shared', 'two articles of one content hash', (archive) => {
    const spots = [archive.spot(), archive.spot()] as const;
    const { contentHash } = archive.recordOf(spots[0]);
    archive.changeRecord(spots[1], (value) => {
      value.contentHash = contentHash;
      value.versions[0].contentHash = contentHash;
    });
    return later(spots).record;
  }),
];

const later = ([a, b]: readonly [Spot, Spot]) => (a.record > b.record ? a : b);
