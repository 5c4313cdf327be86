/** A fetched page with its text and its tree, made once and shared by judge, extract and discover. */
import type { Page } from '../model.ts';
import { flattenDeep } from './flatten.ts';
import { type CheerioAPI, decodeHtml, parseDocument } from './html.ts';

export interface ParsedPage {
  readonly page: Page;
  /** The source text as decoded: what the tree no longer shows, such as a missing end tag, is still there. */
  readonly html: string;
  /** The document tree. Shared: whoever wants to change it clones the part first. */
  readonly $: CheerioAPI;
}

/** Decodes and parses a page's bytes. Total: any bytes give some text and some tree. */
export function parsePage(page: Page): ParsedPage {
  const html = decodeHtml(page.body, page.headers['content-type']);
  const $ = parseDocument(html);
  flattenDeep($);
  return { page, html, $ };
}
