/** The one door to cheerio: HTML to a document tree. */
import { type Cheerio, type CheerioAPI, load } from 'cheerio';
import type { AnyNode, Element } from 'domhandler';
import { TREE_ADAPTER } from './tree-adapter.ts';

export type { AnyNode, Cheerio, CheerioAPI, Element };

/** Parses a whole HTML document (parse5, as browsers do). */
export function parseDocument(html: string): CheerioAPI {
  return load(html, { treeAdapter: TREE_ADAPTER });
}

/** Parses a piece of HTML without the `<html>` and `<body>` round it. */
export function parseFragment(html: string): CheerioAPI {
  return load(html, { treeAdapter: TREE_ADAPTER }, false);
}
