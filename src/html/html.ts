/** The one door to cheerio: bytes to a document tree, and a tree back to HTML. */
import { TextDecoder } from 'node:util';
import { type Cheerio, type CheerioAPI, load } from 'cheerio';
import type { AnyNode, Element } from 'domhandler';

export type { AnyNode, Cheerio, CheerioAPI, Element };

/** Parses a whole HTML document (parse5, as browsers do). */
export function parseDocument(html: string): CheerioAPI {
  return load(html);
}

/** Parses a piece of HTML without the `<html>` and `<body>` round it. */
export function parseFragment(html: string): CheerioAPI {
  return load(html, null, false);
}

/**
 * Page bytes to text: a byte-order mark first, then the header's charset, then the page's `<meta>`, else UTF-8
 * (site.md, 7.6: the site is UTF-8 throughout). Bytes that are no text of that encoding become U+FFFD.
 */
export function decodeHtml(body: Uint8Array, contentType: string | undefined): string {
  const bom = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  const head = () => new TextDecoder('latin1').decode(body.subarray(0, 1024));
  const charset =
    (bom ? 'utf-8' : undefined) ??
    /charset\s*=\s*["']?([\w-]+)/i.exec(contentType ?? '')?.[1] ??
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head())?.[1] ??
    'utf-8';
  return decoderFor(charset).decode(body);
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    // An encoding that nobody knows says nothing about the bytes: the site's own is the best guess.
    return new TextDecoder('utf-8');
  }
}
