/** One kind of damage, and the ways in which most come about. */
import type { CheckCode } from '../../../src/audit/promises.ts';
import type { AnyRecord, Plant, Spot } from '../plant.ts';

export interface Damage {
  readonly name: string;
  readonly code: CheckCode;
  /** Does it; returns the paths of which the code must be said, each once, and what else must be said of which. */
  readonly plant: (
    archive: Plant,
  ) => string | readonly (string | { readonly code: CheckCode; readonly path: string })[];
  /** It needs the archive for itself: it changes what other damages rest on. */
  readonly alone?: true;
  /** It is planted in an archive that was sealed. */
  readonly isSealed?: true;
}

/** A kind of damage. */
export const damage = (code: CheckCode, name: string, plant: Damage['plant'], alone?: true): Damage =>
  alone === undefined ? { code, name, plant } : { code, name, plant, alone };

/** A document as a faulty program would have written it; the record knows its bytes. */
export const text = (code: CheckCode, name: string, change: (text: string) => string | Uint8Array) =>
  damage(code, name, (archive) => {
    const spot = archive.spot();
    archive.changeText(spot, change);
    return spot.document;
  });

/** The same for the body alone. */
export const body = (code: CheckCode, name: string, change: (body: string) => string) =>
  damage(code, name, (archive) => {
    const spot = archive.spot();
    archive.changeBody(spot, change);
    return spot.document;
  });

/** A record as a faulty program would have written it. */
export const record = (code: CheckCode, name: string, change: (record: AnyRecord, spot: Spot) => void) =>
  damage(code, name, (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, (value) => change(value, spot));
    return spot.record;
  });

/** Another line for a field. */
export const line = (name: string, to: string) => (whole: string) =>
  whole.replace(new RegExp(`^${name}: .*$`, 'm'), to);
/** Puts something into the first paragraph. */
export const inFirstText = (added: string) => (html: string) => html.replace(/<p([^>]*)>(?=[^<])/, `<p$1>${added}`);
/** Puts something behind the body. */
export const atEnd = (added: string) => (html: string) => `${html.trimEnd()}${added}`;
/** The body gives way, and no head picture is left. */
export const instead = (html: string) => (whole: string) =>
  whole
    .replace(/<div> {3}\n[\s\S]*(?= {2}\n<\/div>\n {12}$)/, `<div>   \n${html}`)
    .replace(/^(headimg|thumbnail): .*$/gm, "$1: ''");
/** Changes one bit. */
export const flip = (bytes: Buffer, at: number) => {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};
/** What a transfer that broke off leaves. */
export const half = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.6));
/** Lets both sides say another time of publication. */
export const dated = (code: CheckCode, name: string, at: (publishedAt: string) => string) =>
  damage(code, name, (archive) => {
    const spot = archive.spot();
    const publishedAt = at(archive.recordOf(spot).article.publishedAt);
    archive.changeRecord(spot, ({ article }) => {
      article.publishedAt = publishedAt;
    });
    archive.changeText(spot, line('date', `date: ${new Date(`${publishedAt.slice(0, 19)}Z`).toUTCString()}`));
    return spot.document;
  });
export const HOUR_MS = 3_600_000;
/** A time so much later, on the same clock. */
export const shifted = (iso: string, ms: number) =>
  `${new Date(Date.parse(`${iso.slice(0, 19)}Z`) + ms).toISOString().slice(0, 19)}+08:00`;
/** Moves the date line. */
export const clockBy = (ms: number) => (whole: string) =>
  whole.replace(/^date: (.*)$/m, (_, date: string) => `date: ${new Date(Date.parse(date) + ms).toUTCString()}`);
/** UTF-8 bytes taken for Windows-1252. */
export const asWindows1252 = (chinese: string) => new TextDecoder('windows-1252').decode(Buffer.from(chinese));
