/** Checks of a record by itself, and against its document. */
import { readScalar, restoreFront, titleText } from '../archive/document.ts';
import { documentKey, parseKey, stemOf } from '../archive/keys.ts';
import { sameAddress } from '../page/picture-address.ts';
import type { PairCheck, RecordCheck } from './check.ts';
import { dateAgainstRecord, picturesBeside } from './check-article.ts';

/** Id, address and place name the same article (site.md, 1.1), and the document lies beside it. */
export const recordPlace: RecordCheck = ({ key, id, record }) => {
  const place = /^(fengwen\/)?(\d{4})\/(\d{2})\/(?:(\d{4})_(\d{2})_\d{2}_)?(\d+)$/.exec(key);
  const [, community, year, month, stemYear, stemMonth, number] = place ?? [];
  const expected = community === undefined ? `guancha:${number}` : `fengwen:${number}`;
  if (id !== expected) return `id ${id}, place ${key}`;
  if (community === undefined && (year !== stemYear || month !== stemMonth)) return `place ${key}`;
  if (record.document.path !== documentKey(key)) return `document ${record.document.path}`;
  const stem = stemOf(key);
  const names =
    community === undefined ? record.url.endsWith(`/${stem}.shtml`) : new RegExp(`[?&]id=${number}$`).test(record.url);
  return names ? null : `address ${record.url}, place ${key}`;
};

/** In order of capture, by rising numbers; the last is the document itself. */
export const versionOrder: RecordCheck = ({ key, record: { versions, document, contentHash } }) => {
  const numbers = versions.slice(0, -1).map((version) => parseKey(version.document));
  const misplaced = versions.findIndex((version, i) => {
    if (i === versions.length - 1) return version.document !== document.path;
    const [before, own] = [numbers[i - 1], numbers[i]];
    if (own?.kind !== 'version' || own.article !== key) return true;
    return before?.kind === 'version' && before.number >= own.number;
  });
  if (misplaced >= 0) return `version ${misplaced + 1} is ${versions[misplaced]?.document}`;
  const early = versions.findIndex((version, i) => i > 0 && version.capturedAt < (versions[i - 1]?.capturedAt ?? ''));
  if (early >= 0) return `version ${early + 1} was captured before version ${early}`;
  const last = versions.at(-1);
  if (last?.sha256 !== document.sha256) return 'the last version is not the document';
  return last.contentHash === contentHash ? null : 'the last version has not the record’s content hash';
};

/** One after the other, and only the last may still last. */
export const absenceOrder: RecordCheck = ({ record: { absences } }) => {
  for (const [i, { since, until }] of absences.entries()) {
    if (until !== null && until < since) return `gone since ${since} until ${until}`;
    const next = absences[i + 1];
    if (next !== undefined && (until === null || next.since < until))
      return `gone since ${since} until ${until ?? 'now'}, and again since ${next.since}`;
  }
  return null;
};

// A record against its document: title, list, date and pictures.

/** Title, list and date. A date without form and eight hours have checks of their own. */
export const recordDisagrees: PairCheck = (document, { record }) => {
  const title = titleText(record.article.title);
  if (titleText(document.title) !== title) return `title ${document.title}, record ${title}`;
  const list = restoreFront(readScalar(document.front.categories[2]));
  const isListed = record.source !== null && !record.id.startsWith('fengwen:');
  if (isListed && list !== record.source) return `third category ${list}, record ${record.source}`;
  return dateAgainstRecord(document);
};

/** Every picture that the body names is in the record, as stored or as missing. */
export const pictureUnrecorded: PairCheck = (document, { record: { url, assets } }) => {
  const known = new Set(assets.map(({ src }) => sameAddress(src)));
  const unknown = picturesBeside(document, { known, base: url });
  return unknown.length === 0 ? null : unknown.join(', ');
};
