/** A fetched page with its text and its tree, made once and shared by judge, extract and discover. */
import type { Page } from '../model.ts';
import { elementsBelow } from './elements.ts';
import { decodeBytes } from './encoding.ts';
import { flattenDeep } from './flatten.ts';
import { type CheerioAPI, type Element, parseDocument } from './html.ts';

export interface ParsedPage {
  readonly page: Page;
  /** The source text as decoded: what the tree no longer shows, such as a missing end tag, is still there. */
  readonly html: string;
  /** Where the labels of the page's encoding and its bytes do not agree, in words; null where they do. */
  readonly encodingDoubt: string | null;
  /** How many places of the bytes could not be decoded. */
  readonly undecodable: number;
  /** The document tree. Shared: whoever wants to change it clones the part first. */
  readonly $: CheerioAPI;
  /** All elements in document order: to look for a few of them here costs far less than a selector over the page. */
  readonly elements: readonly Element[];
}

/** Decodes and parses a page's bytes. Total: any bytes give some text and some tree. */
export function parsePage(page: Page): ParsedPage {
  const { text, doubt, undecodable } = decodeBytes(page.body, page.headers['content-type']);
  const $ = parseDocument(text);
  flattenDeep($);
  return { page, html: text, encodingDoubt: doubt, undecodable, $, elements: elementsBelow($.root().toArray()) };
}
