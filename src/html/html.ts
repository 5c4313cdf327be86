/** The one door to cheerio: HTML to a document tree. */
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
