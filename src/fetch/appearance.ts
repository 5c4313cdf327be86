/**
 * How a page that came already looks with the site's own style sheets: laid out by Chromium in a box (`rendering.ts`), no
 * script of it run, no frame, font or foreign picture of it asked for. Style sheets are asked for by the program and handed
 * in; a picture whose size is known is stood for by a drawing of that size. What is there is measured in one piece (Chrome
 * DevTools Protocol, DOMSnapshot), so that nothing of the page takes part in it.
 */
import type { CDPSession, Page as Tab } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Exchange } from '../model.ts';
import { headerOf } from './exchange.ts';

/** A page as it was laid out, `viewport` CSS pixels large at first sight. */
export interface Appearance {
  readonly viewport: { readonly width: number; readonly height: number };
  /** All nodes of its tree in document order, and what style sheets add to it. */
  readonly nodes: readonly LaidOutNode[];
}

export interface LaidOutNode {
  /** Index of the node that it stands in; -1 for the document. */
  readonly parent: number;
  /** As in the DOM, in lower case: `p`, `#text`, `#comment`; `::before` for what a style sheet adds. */
  readonly name: string;
  /** Of a text or comment. */
  readonly value: string;
  /** Names and values in turn. */
  readonly attributes: readonly string[];
  /** Null where it is not laid out at all. */
  readonly box: Box | null;
}

export interface Box {
  readonly rect: Rect;
  /** Computed values of `STYLES`. */
  readonly style: Readonly<Record<StyleName, string>>;
  /** What has a higher number is painted over it. */
  readonly order: number;
  /** As it is painted, white space collapsed; null for what is no text. */
  readonly text: string | null;
  /** The pieces of the text, one for each line. */
  readonly pieces: readonly TextPiece[];
}

export interface TextPiece {
  readonly rect: Rect;
  readonly text: string;
}

/** In CSS pixels, from the upper left corner of the page. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const STYLES = [
  'background-color',
  'background-image',
  'clip',
  'clip-path',
  'content',
  'direction',
  'filter',
  'float',
  'font-size',
  'font-weight',
  'opacity',
  'overflow-x',
  'overflow-y',
  'position',
  'text-align',
  'transform',
  'unicode-bidi',
  'visibility',
  '-webkit-text-fill-color',
  '-webkit-text-security',
] as const;
export type StyleName = (typeof STYLES)[number];

/** A picture that is known to be there, in pixels. */
export interface KnownPicture {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export interface ShowOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly pictures: readonly KnownPicture[];
  /** Asks for a style sheet. What it throws, `show` throws. */
  readonly load: (url: string) => Promise<Exchange>;
}

export const VIEWPORT = { width: 1280, height: 1024 };
/** Of nodes and of lines. A page that is read has fewer nodes (`page/tree-adapter.ts`); what style sheets add comes on top. */
const MOST_NODES = 40_000;
/** So many style sheets a page may want. */
const MOST_SHEETS = 50;
/** So many pictures are stood for. */
const MOST_PICTURES = 100;

/** A tab that lays out one page after another. */
export interface Easel {
  /** Throws TIMEOUT, PAGE_TOO_HEAVY; what `load` throws; what the tab throws where it goes away. */
  show(source: Exchange, options: Omit<ShowOptions, 'signal'>): Promise<Appearance>;
}

/** @param tab of a box whose scripts do not run, and that does nothing else */
export async function openEasel(tab: Tab): Promise<Easel> {
  const cdp = await tab.context().newCDPSession(tab);
  let answer: (request: Paused) => Promise<void> = (request) => fail(cdp, request);
  // What is not stopped here goes to the proxy of the box, which leads nowhere.
  await cdp.send('Fetch.enable', {
    patterns: ['Document', 'Stylesheet', 'Image'].map((resourceType) => ({
      urlPattern: '*',
      resourceType: resourceType as 'Document',
    })),
  });
  cdp.on('Fetch.requestPaused', (request) => void answer(request).catch(() => {})); // the page has gone meanwhile

  return {
    show: async (source, { timeoutMs, pictures, load }) => {
      const { url } = source;
      const known = new Map(pictures.slice(0, MOST_PICTURES).map((picture) => [withoutFragment(picture.url), picture]));
      const missing = Promise.withResolvers<never>();
      missing.promise.catch(() => {}); // heard through the race below
      let isGiven = false;
      let sheets = 0;
      answer = async (request) => {
        const { url: wanted } = request.request;
        if (request.resourceType === 'Document' && wanted === withoutFragment(url) && !isGiven) {
          isGiven = true;
          return fulfil(cdp, request, source.response.body, [
            ['content-type', headerOf(source.response.headers, 'content-type') ?? 'text/html'],
            ['content-security-policy', policyOf(known)],
          ]);
        }
        if (request.resourceType === 'Stylesheet' && sheets < MOST_SHEETS) {
          sheets += 1;
          const sheet = await load(wanted).catch(missing.reject);
          if (sheet === undefined) return fail(cdp, request);
          const type = headerOf(sheet.response.headers, 'content-type');
          return fulfil(cdp, request, sheet.response.body, type === null ? [] : [['content-type', type]]);
        }
        const picture = request.resourceType === 'Image' ? known.get(wanted) : undefined;
        if (picture === undefined) return fail(cdp, request);
        return fulfil(cdp, request, Buffer.from(drawingOf(picture)), [['content-type', 'image/svg+xml']]);
      };
      try {
        const shown = tab.goto(url, { waitUntil: 'load', timeout: timeoutMs });
        shown.catch(() => {}); // another end of the race came first
        await Promise.race([shown, missing.promise]);
        return await measure(cdp, url);
      } catch (error) {
        if ((error as Error).name === 'TimeoutError')
          throw new ArchiveError('TIMEOUT', `${url}: not laid out in time`, { cause: error });
        throw error;
      } finally {
        answer = (request) => fail(cdp, request);
      }
    },
  };
}

/** What of `Fetch.requestPaused` is used. */
interface Paused {
  readonly requestId: string;
  readonly resourceType: string;
  readonly request: { readonly url: string };
}

async function fail(cdp: CDPSession, { requestId }: Paused): Promise<void> {
  await cdp.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
}

async function fulfil(
  cdp: CDPSession,
  { requestId }: Paused,
  body: Uint8Array,
  headers: readonly (readonly [name: string, value: string])[],
): Promise<void> {
  await cdp.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: 200,
    responseHeaders: headers.map(([name, value]) => ({ name, value })),
    body: Buffer.from(body).toString('base64'),
  });
}

function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}

/**
 * A page asks for dozens of pictures that are not the article's: they are not even asked for (CSP 3, 6.7.2.8: a path
 * counts without its query).
 */
function policyOf(known: ReadonlyMap<string, KnownPicture>): string {
  const sources = [...known.keys()].map((url) => url.replace(/[?#].*$/s, '').replace(/[;,\s]/g, encodeURIComponent));
  return `default-src 'none'; style-src * 'unsafe-inline'; img-src data: ${sources.join(' ')}`;
}

function drawingOf({ width, height }: KnownPicture): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="gray"/></svg>`;
}

/** `Node.DOCUMENT_TYPE_NODE`. */
const DOCTYPE = 10;

async function measure(cdp: CDPSession, url: string): Promise<Appearance> {
  const { documents, strings } = await cdp.send('DOMSnapshot.captureSnapshot', {
    computedStyles: [...STYLES],
    includePaintOrder: true,
  });
  const [document] = documents;
  if (document === undefined) throw new ArchiveError('NETWORK', `${url}: nothing was laid out`);
  const { nodes, layout, textBoxes } = document;
  const count = nodes.parentIndex?.length ?? 0;
  if (count > MOST_NODES) throw new ArchiveError('PAGE_TOO_HEAVY', `${url}: laid out, it has ${count} nodes`);
  const lines = textBoxes.layoutIndex.length;
  if (lines > MOST_NODES) throw new ArchiveError('PAGE_TOO_HEAVY', `${url}: laid out, it has ${lines} lines`);
  const string = (index: number | undefined) => (index === undefined ? '' : (strings[index] ?? '')); // -1 stands for none

  const pieces = new Map<number, TextPiece[]>();
  for (const [at, index] of textBoxes.layoutIndex.entries()) {
    const start = textBoxes.start[at] ?? 0;
    const text = string(layout.text[index]).slice(start, start + (textBoxes.length[at] ?? 0));
    const piece = { rect: rectOf(textBoxes.bounds[at]), text };
    const before = pieces.get(index);
    if (before === undefined) pieces.set(index, [piece]);
    else before.push(piece);
  }
  const boxes = new Map<number, Box>();
  for (const [at, node] of layout.nodeIndex.entries()) {
    const before = boxes.get(node); // what a style sheet adds is laid out as a box and as the text in it
    const text = (layout.text[at] ?? -1) < 0 ? null : string(layout.text[at]);
    const own = pieces.get(at) ?? [];
    if (before === undefined) {
      const values = layout.styles[at] ?? [];
      boxes.set(node, {
        rect: rectOf(layout.bounds[at]),
        style: Object.fromEntries(STYLES.map((name, i) => [name, string(values[i])])) as Box['style'],
        order: layout.paintOrders?.[at] ?? 0,
        text,
        pieces: own,
      });
    } else if (text !== null) {
      boxes.set(node, { ...before, text: `${before.text ?? ''}${text}`, pieces: [...before.pieces, ...own] });
    }
  }
  return {
    viewport: VIEWPORT,
    nodes: Array.from({ length: count }, (_, at) => ({
      parent: nodes.parentIndex?.[at] ?? -1,
      name: nodes.nodeType?.[at] === DOCTYPE ? '#doctype' : string(nodes.nodeName?.[at]).toLowerCase(),
      value: string(nodes.nodeValue?.[at]),
      attributes: (nodes.attributes?.[at] ?? []).map(string),
      box: boxes.get(at) ?? null,
    })),
  };
}

function rectOf([left = 0, top = 0, width = 0, height = 0]: readonly number[] = []): Rect {
  return { left, top, right: left + width, bottom: top + height };
}
