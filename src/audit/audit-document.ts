/** One document through all checks that it can be put to. */
import { isUtf8 } from 'node:buffer';
import { FRAME } from '../document/frame.ts';
import type { ArchiveRecord } from '../store/record.ts';
import type { AuditedDocument } from './checks/check.ts';
import { wasFlagged } from './checks/check.ts';
import { ARTICLE_CHECKS, FORMAT_CHECKS, PLACE_CHECKS, TEXT_CHECKS } from './checks/checks.ts';
import { withoutStrangers } from './checks/format/characters.ts';
import { readDate } from './checks/format/fields.ts';
import { explainFrame } from './checks/format/frame.ts';
import { readTitle } from './checks/format/yaml.ts';
import type { CheckCode } from './checks-table.ts';
import { scanBody } from './scan-body.ts';

/** A breach: which promise, and what was seen. */
export type Breach = readonly [code: CheckCode, detail: string];

export interface DocumentAudit {
  readonly breaches: readonly Breach[];
  /** Null where the text has not the frame of a document. */
  readonly document: AuditedDocument | null;
}

/**
 * Asks a document's bytes everything that needs no other file.
 * @param given `record` is the document's own, null where there is none
 */
export function auditDocument(
  bytes: Buffer,
  given: { readonly path: string; readonly record: ArchiveRecord | null },
): DocumentAudit {
  if (!isUtf8(bytes)) return { breaches: [['not-utf8', `${bytes.length} bytes`]], document: null };
  const text = bytes.toString();
  const found: Breach[] = ask(TEXT_CHECKS, (check) => check(text)).filter(
    ([code]) => code !== 'mojibake' || !wasFlagged(given, 'damaged-text'),
  );
  const plain = found.length === 0 ? text : withoutStrangers(text);
  const document = readFrame(plain, given);
  if (document === null) return { breaches: [...found, ...explainFrame(plain)], document: null };
  found.push(...ask(FORMAT_CHECKS, (check) => check(document)));
  const [inPlace] = ask(PLACE_CHECKS, (check) => check(document));
  found.push(...(inPlace === undefined ? ask(ARTICLE_CHECKS, (check) => check(document)) : [inPlace]));
  return { breaches: found, document };
}

/** Asks every check of a table. */
export function ask<Check>(
  checks: Readonly<Partial<Record<CheckCode, Check>>>,
  answer: (check: Check) => string | null,
): Breach[] {
  const breaches: Breach[] = [];
  for (const code in checks) {
    const detail = answer(checks[code as CheckCode] as Check);
    if (detail !== null) breaches.push([code as CheckCode, detail]);
  }
  return breaches;
}

function readFrame(
  text: string,
  given: { readonly path: string; readonly record: ArchiveRecord | null },
): AuditedDocument | null {
  const [, title, section, site, feed, headimg, author, date, thumbnail, body] = FRAME.exec(text) ?? [];
  if (title === undefined || section === undefined || site === undefined || feed === undefined) return null;
  if (headimg === undefined || author === undefined || date === undefined) return null;
  if (thumbnail === undefined || body === undefined || /^\s/.test(body)) return null;
  return {
    ...given,
    text,
    front: { title, categories: [section, site, feed], headimg, author, date, thumbnail },
    at: readDate(date),
    title: readTitle(title),
    body,
    scan: scanBody(body),
  };
}
