/** Is the body an article's, and all of it? The judge's evidence again, on what was stored. */

import { solidLength } from '../../../extract/amount.ts';
import { LINES_WITH_BYLINE, readByline } from '../../../extract/byline.ts';
import { HEADING, UNFINISHED } from '../../../extract/checks/body.ts';
import { isSuspectTitle } from '../../../extract/checks/title.ts';
import { SHARED_NOISE } from '../../../extract/noise.ts';
import { findChallenge } from '../../../judge/challenge.ts';
import { homeMarksIn } from '../../../judge/home-page.ts';
import { type AuditedDocument, type DocumentCheck, wasFlagged } from '../check.ts';
import { picturesBeside, sameAddress } from '../pictures-of.ts';

export const emptyBody: DocumentCheck = ({ scan: { characters, shown } }) =>
  characters === 0 && shown === 0 ? 'neither text nor picture' : null;

export const homePage: DocumentCheck = ({ body, title }) => homeMarksIn(body, title);

/** Longer bodies are articles, which may well write about captchas. */
const LONGEST_CHALLENGE = 400;

export const challengePage: DocumentCheck = ({ body, scan: { characters } }) =>
  characters > LONGEST_CHALLENGE ? null : findChallenge(body);

export const titleSuspect: DocumentCheck = ({ title }) => (isSuspectTitle(title) ? title || 'empty' : null);

/** An end tag, a sentence, pictures or a length that is missing. What the page itself lacked stands in the record's flags. */
export const cutBody: DocumentCheck = (document) => {
  const { scan } = document;
  if (scan.open !== null) return `it ends inside ${scan.open}`;
  return abruptEnd(document) ?? lostPictures(document) ?? tooShort(document);
};

/** A sentence, told from a heading or a caption by its length and its marks. */
const LONG_LINE = 40;
const SENTENCE = /[，。；！？]/;
const CLOSED = /[等。！？!?.…”’"'）)】\]」』》>〉:：~～—|｜#\p{Emoji_Presentation}]$/u;

function abruptEnd(document: AuditedDocument): string | null {
  const { lines, shown } = document.scan;
  const last = lines.at(-1);
  if (last === undefined || last.isLink || wasFlagged(document, 'body-ends-abruptly')) return null;
  const isSentence = solidLength(last.text) >= LONG_LINE && SENTENCE.test(last.text);
  const breaksOff = (shown === 0 && UNFINISHED.test(last.text)) || (isSentence && !CLOSED.test(last.text));
  return breaksOff ? `it ends with ${last.text.slice(-30)}` : null;
}

/** The record names the pictures that the page showed. */
function lostPictures(document: AuditedDocument): string | null {
  const { record } = document;
  if (record === null) return null;
  const printed = new Set(document.scan.images.map(({ src = '' }) => sameAddress(src)));
  const missed = record.article.images.filter(({ src }) => !printed.has(sameAddress(src)));
  if (missed.length === 0) return null;
  // Lazy pictures have their address elsewhere.
  const lazy = new Set(picturesBeside(document, { known: printed, base: record.url }).map(sameAddress));
  const lost = missed.filter(({ src }) => !lazy.has(sameAddress(src)));
  return lost.length === 0 ? null : `${lost.length} pictures of the record are not in it: ${lost[0]?.src}`;
}

function tooShort(document: AuditedDocument): string | null {
  const { record, scan } = document;
  const summary = solidLength(record?.article.summary ?? '');
  if (scan.shown > 0 || scan.characters >= summary || wasFlagged(document, 'body-too-short')) return null;
  return `${scan.characters} characters, the summary has ${summary}`;
}

/** The parts that were joined, and the pages that were read for them. */
export const partsMissing: DocumentCheck = ({ record }) => {
  if (record === null) return null;
  const flagged = record.flags.find(({ code }) => code === 'parts-missing');
  if (flagged !== undefined) return flagged.detail;
  const { pages } = record.article;
  const requests = record.capture.requests.length;
  return pages > requests ? `${pages} parts, ${requests} of them read` : null;
};

/** Classes and ids of the frame's blocks, as the rules of the extraction name them. */
const FRAME_NAMES: ReadonlySet<string> = new Set(
  SHARED_NOISE.flatMap((rule) => ('frame' in rule ? (rule.selector.match(/[.#][\w-]+/g) ?? []) : [])),
);
const FEWEST_LINKS = 2;

export const frameCaught: DocumentCheck = (document) => {
  const { blocks, lines } = document.scan;
  if (wasFlagged(document, 'frame-in-body')) return null;
  for (const block of blocks)
    if ((block.match(/[.#][\w-]+/g) ?? []).some((name) => FRAME_NAMES.has(name))) return block;
  const heading = lines.find(({ text }) => HEADING.test(text));
  if (heading !== undefined) return heading.text;
  const links = lines.filter(({ isLink }) => isLink);
  return links.length < FEWEST_LINKS ? null : `links alone: ${links.map(({ text }) => text).join(', ')}`;
};

export const bylineUnread: DocumentCheck = (document) => {
  const { record, scan } = document;
  if (record === null || record.article.byline !== null) return null;
  if (wasFlagged(document, 'byline-unreadable', 'byline-elsewhere')) return null;
  return readByline(scan.lines.slice(0, LINES_WITH_BYLINE).map(({ text }) => text))?.text ?? null;
};
