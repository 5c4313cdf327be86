/**
 * What a document says, as one hash that two archives of the same article share though its list, its categories and its head
 * picture differ: by it archives are compared without their texts (`corroborate`). It is of the document's own bytes, which
 * are sealed, and not of what its record says of them.
 */
import { FRAME } from '../archive/document.ts';
import { sha256 } from '../archive/record.ts';

/**
 * SHA-256 in hex over title, date and body of a document, as they are printed; null where the text has no frame. The picture
 * that a list puts before the body is no part of the article.
 */
export function contentOf(document: string): string | null {
  const [, title, , , , , , date, , body] = FRAME.exec(document) ?? [];
  if (title === undefined || date === undefined || body === undefined) return null;
  return sha256(`${title}\n${date}\n${body.replace(LEADING_PICTURES, '')}`);
}

/** With the white space around them, which comes with them. */
const LEADING_PICTURES = /^(?:\s*<img\b[^>]*>)*\s*/;

/** The file of a seal: when it was made, then a line for each document. @param lines id and hash */
export function statementText(at: string, lines: readonly (readonly [id: string, hash: string])[]): string {
  return `sealed ${at}\n${lines.map(([id, hash]) => `${id} ${hash}\n`).join('')}`;
}
