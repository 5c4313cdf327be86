/** Hands that damage an archive: files changed as a disk, a person or a faulty program would change them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ArchiveRecord } from '../../src/archive/record.ts';

/** A record that may be made anything. */
// biome-ignore lint/suspicious/noExplicitAny: damage has no type
export type AnyRecord = any;

export interface Spot {
  /** `2026/10/2026_10_14_904308`. */
  readonly key: string;
  /** Paths relative to the archive. */
  readonly document: string;
  readonly record: string;
}

/** One archive to be damaged; each article is handed out once, so that damages do not meet. */
export interface Plant {
  readonly root: string;
  /** An article that nothing was done to yet. */
  spot(wanted?: (record: ArchiveRecord) => boolean): Spot;
  path(key: string): string;
  read(key: string): string;
  bytes(key: string): Buffer;
  /** All files below a folder, in order. */
  list(folder: string): readonly string[];
  write(key: string, bytes: string | Uint8Array): void;
  remove(key: string): void;
  recordOf(spot: Spot): ArchiveRecord;
  changeRecord(spot: Spot, change: (record: AnyRecord) => void): void;
  /** Changes the document's text as a faulty program would: the record describes the new bytes. */
  changeText(spot: Spot, change: (text: string) => string | Uint8Array): void;
  /** The same for body alone. */
  changeBody(spot: Spot, change: (body: string) => string): void;
  /** Key of a picture that one record alone shows, of a type. */
  picture(spot: Spot, type?: string): string;
  /** Stores other bytes for a picture, under their own hash, and lets the record name them. */
  changePicture(spot: Spot, type: string, change: (bytes: Buffer) => Buffer, facts?: object): string;
  sql(text: string): void;
  /** Puts back all that was touched, from an archive that is whole. */
  restore(healthy: string): void;
}

export const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Survey {
  /** By key, community posts left out. */
  readonly records: ReadonlyMap<string, ArchiveRecord>;
  /** How many records show a picture. */
  readonly uses: ReadonlyMap<string, number>;
}

const surveys = new Map<string, Survey>();

/** What an archive holds before it is damaged; read once, for it is put back each time. */
function survey(root: string): Survey {
  const before = surveys.get(root);
  if (before !== undefined) return before;
  const names = readdirSync(join(root, 'records'), { recursive: true, encoding: 'utf8' });
  const all = names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(join(root, 'records', name), 'utf8')) as ArchiveRecord] as const);
  const uses = new Map<string, number>();
  for (const [, { assets }] of all)
    for (const asset of assets) if ('sha256' in asset) uses.set(asset.sha256, (uses.get(asset.sha256) ?? 0) + 1);
  const records = new Map(
    all.flatMap(([name, record]) => (KEY.test(name) ? [[name.replace('.json', ''), record]] : [])),
  );
  surveys.set(root, { records, uses });
  return { records, uses };
}

const KEY = /^(\d{4}\/\d{2}\/\d{4}_\d{2}_\d{2}_\d+)\.json$/;

export function openPlant(root: string): Plant {
  const touched = new Set<string>();
  const path = (key: string) => {
    touched.add(key);
    return join(root, key);
  };
  const read = (key: string) => readFileSync(join(root, key), 'utf8');
  const write = (key: string, bytes: string | Uint8Array) => {
    mkdirSync(dirname(path(key)), { recursive: true });
    writeFileSync(path(key), bytes);
  };
  const { records, uses } = survey(root);
  const own = (record: ArchiveRecord, type?: string) =>
    record.assets.filter(
      (asset) => 'sha256' in asset && uses.get(asset.sha256) === 1 && (type === undefined || asset.type === type),
    ) as Extract<ArchiveRecord['assets'][number], { sha256: string }>[];
  const isPlain = ({ versions, article, absences }: ArchiveRecord) =>
    versions.length === 1 && absences.length === 0 && article.images.length >= 1;
  const used = new Set<string>();

  const plant: Plant = {
    root,
    path,
    read,
    write,
    bytes: (key) => readFileSync(join(root, key)),
    list: (folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
        .sort(),
    remove: (key) => rmSync(path(key), { recursive: true }),
    spot: (wanted = isPlain) => {
      const [key] = [...records].find(([each, record]) => !used.has(each) && wanted(record)) ?? [];
      assert.ok(key, 'no article is left for this damage');
      used.add(key);
      return { key, document: `articles/${key}.html`, record: `records/${key}.json` };
    },
    recordOf: ({ record }) => JSON.parse(read(record)) as ArchiveRecord,
    changeRecord: ({ record }, change) => {
      const value: AnyRecord = JSON.parse(read(record));
      change(value);
      write(record, `${JSON.stringify(value, null, 2)}\n`);
    },
    changeText: (spot, change) => {
      write(spot.document, change(read(spot.document)));
      const bytes = readFileSync(join(root, spot.document));
      plant.changeRecord(spot, (record) => {
        record.document.bytes = bytes.length;
        record.document.sha256 = sha256(bytes);
        record.versions.at(-1).sha256 = sha256(bytes);
      });
    },
    changeBody: (spot, change) =>
      plant.changeText(spot, (text) => {
        const [head = '', rest = ''] = text.split('<div>   \n', 2);
        const end = '  \n</div>\n            ';
        return `${head}<div>   \n${change(rest.slice(0, -end.length))}${end}`;
      }),
    picture: (spot, type) => {
      const [asset] = own(plant.recordOf(spot), type);
      assert.ok(asset);
      return `assets/${asset.sha256.slice(0, 2)}/${asset.sha256}.${asset.type}`;
    },
    changePicture: (spot, type, change, facts = {}) => {
      const old = plant.picture(spot, type);
      const bytes = change(readFileSync(join(root, old)));
      const hash = sha256(bytes);
      const key = `assets/${hash.slice(0, 2)}/${hash}.${type}`;
      write(key, bytes);
      rmSync(path(old));
      plant.changeRecord(spot, (record) => {
        const asset = record.assets.find(({ sha256: name }: AnyRecord) => name !== undefined && old.includes(name));
        Object.assign(asset, { sha256: hash, bytes: bytes.length, ...facts });
      });
      return key;
    },
    sql: (text) => {
      const database = new DatabaseSync(path('frontier.sqlite'));
      database.exec(`PRAGMA journal_mode = DELETE; ${text}`);
      database.close();
    },
    restore: (healthy) => {
      for (const key of touched) {
        rmSync(join(root, key), { recursive: true, force: true });
        if (existsSync(join(healthy, key)))
          cpSync(join(healthy, key), join(root, key), { recursive: true, preserveTimestamps: true });
      }
    },
  };
  return plant;
}

/** True where the record shows a picture of the type that no other record shows. */
export const shows = (type: string) => (record: ArchiveRecord) =>
  record.versions.length === 1 &&
  record.absences.length === 0 &&
  record.assets.some((asset) => 'sha256' in asset && asset.type === type);
