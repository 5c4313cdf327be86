/** A fetched page with its text and its tree, made once and shared by the judge, the extraction and the reading of lists. */
import type { Page } from '../model.ts';
import { decodeBytes } from './encoding.ts';
import {
  type AnyNode,
  absoluteUrl,
  adoptDocument,
  type CheerioAPI,
  type ElementIndex,
  type ForeignNode,
  flattenDeep,
  indexOf,
  MAX_DEPTH,
  openNoscripts,
  parseDocument,
} from './html.ts';

export interface ParsedPage {
  readonly page: Page;
  /** The source text as decoded: what the tree no longer shows, such as a missing end tag, is still there. */
  readonly html: string;
  /** Where the labels of the page's encoding and its bytes do not agree, in words; null if they do. */
  readonly encodingDoubt: string | null;
  /** How many places of the bytes could not be decoded. */
  readonly undecodable: number;
  /** The document tree. Shared: whoever wants to change it clones the part first. */
  readonly $: CheerioAPI;
  /** Finding a few elements here costs far less than a selector over the page. */
  readonly index: ElementIndex;
}

/** Decodes and parses a page's bytes. Total: any bytes give some text and some tree. */
export function parsePage(page: Page): ParsedPage {
  const { text, doubt, undecodable } = decodeBytes(page.body, page.headers['content-type']);
  const $ = parseDocument(text);
  const root = $.root().toArray()[0] as AnyNode; // a document always has one
  const index = indexWithinLimit(root);
  openNoscripts(index.noscripts);
  return { page, html: text, encodingDoubt: doubt, undecodable, $, index };
}

/** The same of a tree that a browser built of the page; a node for each of the given, null for what is no part of it. */
export function adoptPage(
  page: Page,
  foreign: readonly ForeignNode[],
): { readonly page: ParsedPage; readonly nodes: readonly (AnyNode | null)[] } {
  const { $, nodes } = adoptDocument(foreign);
  const index = indexWithinLimit($.root().toArray()[0] as AnyNode); // a document always has one
  return { page: { page, html: '', encodingDoubt: null, undecodable: 0, $, index }, nodes };
}

function indexWithinLimit(root: AnyNode): ElementIndex {
  const index = indexOf(root, MAX_DEPTH);
  if (index.depth <= MAX_DEPTH) return index;
  flattenDeep(root);
  return indexOf(root, MAX_DEPTH + 1);
}

/**
 * What the page's relative addresses are resolved against: its first `base` with an address (HTML, 4.2.3), else the
 * article's own, whichever alias the page came from.
 */
export function baseOf({ index }: ParsedPage, address: string): string {
  const named = index.bases.find(({ attribs }) => attribs.href !== undefined);
  return absoluteUrl(named?.attribs.href, address) ?? address;
}

// Whether a page's source comes to its end tag. A parser closes by itself what a cut leaves open, so only the source shows it.

/** What may follow the end tag. */
const TRAILING = /<!--[\s\S]*?-->|<script\b[^>]*>[\s\S]*?<\/script\s*>|\s+/gi;
const LONGEST_TRAIL = 20_000;

/** The end tag of the document, as evidence; null if the source does not come to it. */
export function endOfSource(html: string): string | null {
  const end = html.slice(-LONGEST_TRAIL);
  const last = Math.max(end.lastIndexOf('</html'), end.lastIndexOf('</HTML'));
  if (last < 0) return null;
  const trail = /^<\/html\s*>([\s\S]*)$/i.exec(end.slice(last))?.[1];
  return trail?.replace(TRAILING, '') === '' ? 'the source ends with </html>' : null;
}
