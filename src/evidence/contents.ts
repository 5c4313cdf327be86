/**
 * What a document says, as one hash that two archives of the same article share though its list, its categories and its head
 * picture differ: by it archives are compared without their texts (`corroborate`). It is of the document's own bytes, which
 * are sealed, and not of what its record says of them.
 */
import { FRAME } from '../archive/document.ts';
import { sha256 } from '../archive/record.ts';
import type { ArticleId } from '../model.ts';

/**
 * SHA-256 in hex over title, date and body of a document, as they are printed; null where the text has no frame. The picture
 * that a list puts before the body is no part of the article. Nor is the date of a community post: its page says for days
 * only how long ago it was written ("2小时前", site.md), so that each visit reckons another time from it.
 */
export function contentOf(document: Buffer, id: ArticleId): string | null {
  const text = document.toString();
  const [, title, , , , , , date, , body] = FRAME.exec(text) ?? [];
  if (title === undefined || date === undefined || body === undefined) return null;
  const head = `${title}\n${id.startsWith('fengwen:') ? '' : date}\n`;
  const shown = body.replace(LEADING_PICTURES, '');
  if (text.includes(NO_TEXT)) return sha256(`${head}${shown}`);
  // The body as it lies there: to make its bytes out of a text again takes four times as long as to hash them.
  const end = document.length - (text.length - text.lastIndexOf(END_OF_BODY)); // what follows is ASCII
  const start = Buffer.byteLength(text.slice(0, text.lastIndexOf(END_OF_BODY) - shown.length));
  return sha256(Buffer.concat([Buffer.from(head), document.subarray(start, end)]));
}

/** What stands for bytes that are no UTF-8, or for itself. */
const NO_TEXT = '\ufffd';
/** As `FRAME` has it. */
const END_OF_BODY = '  \n</div>';

/** With the white space around them, which comes with them. */
const LEADING_PICTURES = /^(?:\s*<img\b[^>]*>)*\s*/;

/** The file of a seal: when it was made, then a line for each document. @param lines id and hash */
export function statementText(at: string, lines: readonly (readonly [id: string, hash: string])[]): string {
  return `sealed ${at}\n${lines.map(([id, hash]) => `${id} ${hash}\n`).join('')}`;
}
