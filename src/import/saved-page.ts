/**
 * A page that somebody saved: by SingleFile, by a browser, from the Wayback Machine, or as it came. What the saving program
 * added is taken away, so that the article reads as the site had it. Works on bytes (as Latin-1): every mark is ASCII, and no
 * other character of UTF-8 or GBK holds a byte of `<`, `/` or `"`.
 */
import type { ProvenanceKind } from '../archive/record.ts';
import { pageOf } from '../fetch/exchange.ts';
import type { Exchange } from '../model.ts';
import { parsePage } from '../page/page.ts';
import { ownAddress } from '../page/witnesses.ts';

export interface SavedPage {
  readonly kind: ProvenanceKind;
  /** Where it was saved from; null where nothing says so. */
  readonly url: string | null;
  /** When it was captured, ISO 8601 in UTC. */
  readonly capturedAt: string;
  readonly body: Buffer;
  /** Pictures under the addresses that they had on the site. */
  readonly pictures: readonly { readonly url: string; readonly bytes: Buffer }[];
}

/** Marks of programs stand at the top. */
const HEAD = 20_000;

/**
 * @param options `changedAt` is when the file was last changed: it counts where the page does not say when it was saved.
 *   `beside` gives a file that lies beside the page, such as `page_files/1.jpg`; null where there is none
 */
export function readSavedPage(
  bytes: Buffer,
  { changedAt, beside }: { readonly changedAt: string; readonly beside: (relative: string) => Buffer | null },
): SavedPage {
  const text = bytes.toString('latin1');
  const single = readSingleFile(text);
  const saved = readSavedFrom(single?.text ?? text);
  const marked = single?.url ?? saved?.url ?? null;
  const wayback = readWayback(saved?.text ?? single?.text ?? text, marked);
  const pictures: { url: string; bytes: Buffer }[] = [];
  const plain = withPictures(wayback?.text ?? saved?.text ?? single?.text ?? text, { pictures, beside });
  // SingleFile leaves out end tags that HTML can do without; what it writes is a whole tree.
  const whole = single !== null && !/<\/html\s*>/i.test(plain.slice(-1000)) ? `${plain}</body></html>\n` : plain;
  const body = Buffer.from(whole, 'latin1');
  const capturedAt = wayback?.capturedAt ?? single?.capturedAt ?? changedAt;
  return {
    kind: wayback !== null ? 'wayback' : single !== null ? 'singlefile' : 'saved-page',
    url: wayback === null ? (marked ?? addressIn(body)) : (wayback.url ?? addressIn(body)),
    capturedAt,
    body,
    pictures,
  };
}

/** The exchange that a saved page stands for: that it was answered with 200 is what saving it says. */
export function exchangeOfSaved(
  url: string,
  { capturedAt, body }: { readonly capturedAt: string; readonly body: Uint8Array },
): Exchange {
  return {
    url,
    startedAt: capturedAt,
    address: null,
    protocol: null,
    request: { method: 'GET', headers: [] },
    response: { status: 200, statusText: '', headers: [], body },
    cut: null,
    road: 'replay',
  };
}

/** The address that the page itself names (site.md, 1.1). */
function addressIn(body: Buffer): string | null {
  return ownAddress(parsePage(pageOf('', [exchangeOfSaved('', { capturedAt: '', body })])));
}

// SingleFile: a comment at the top with the address and the date of the browser.

interface Marked {
  readonly text: string;
  readonly url: string | null;
  readonly capturedAt: string | null;
}

function readSingleFile(text: string): Marked | null {
  const found = /<!--\s*(?:Page saved with SingleFile|Archive processed by SingleFile)\b([^>]{0,5000}?)-->/.exec(
    text.slice(0, HEAD),
  );
  if (found === null) return null;
  const [comment, facts = ''] = found;
  return {
    text: without(text, found.index, found.index + comment.length),
    url: unescaped(/^\s*url:\s*(\S+)/m.exec(facts)?.[1]),
    capturedAt: instantOf(/^\s*saved date:\s*(.+?)\s*$/m.exec(facts)?.[1]),
  };
}

function unescaped(url: string | undefined): string | null {
  return url === undefined ? null : url.replaceAll('&amp;', '&');
}

/** Null for what is no date, and for one that no clock has yet. */
function instantOf(text: string | undefined): string | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

// "Save page as" of a browser: the mark of the web (`saved from url`), and the length of the address in four digits.

function readSavedFrom(text: string): Marked | null {
  const found = /<!-- saved from url=\(\d{4}\)(\S{1,4000}?) ?-->\r?\n?/.exec(text.slice(0, HEAD));
  if (found === null) return null;
  return {
    text: without(text, found.index, found.index + found[0].length),
    url: unescaped(found[1]),
    capturedAt: null,
  };
}

// The Wayback Machine: scripts behind <head>, a toolbar behind <body>, comments at the end, and addresses that lead through it.

const REPLAYED = /^https?:\/\/web\.archive\.org\/web\/(\d{4,14})(?:[a-z]{2}_)?\/(.+)$/i;
const REWRITTEN =
  /((?:https?:)?(?:\\?\/){2}web\.archive\.org)?\\?\/web\\?\/\d{4,14}(?:[a-z]{2}_)?\\?\/((?:https?:|(?:\\?\/){2}[\w.-]|mailto:|javascript:)[^\s"'<>()]*)/gi;

function readWayback(text: string, marked: string | null): Marked | null {
  const [, stamp, original] = REPLAYED.exec(marked ?? '') ?? [];
  const wombat = /__wm\.wombat\("([^"\\]{1,4000})","(\d{4,14})"/.exec(text.slice(0, HEAD));
  const note = /FILE ARCHIVED ON (\d\d:\d\d:\d\d \w{3} \d\d?, \d{4}) AND RETRIEVED FROM/.exec(text.slice(-HEAD));
  const toolbar = text.indexOf('<!-- BEGIN WAYBACK TOOLBAR INSERT -->');
  if (stamp === undefined && wombat === null && note === null && toolbar < 0) return null;
  return {
    text: asBefore(text, original ?? wombat?.[1] ?? null),
    url: original ?? wombat?.[1] ?? null,
    capturedAt: instantOf(`${note?.[1]} GMT`) ?? instantOfStamp(stamp ?? wombat?.[2] ?? ''),
  };
}

/** `20220128103043`; what is missing of it is its beginning. */
function instantOfStamp(stamp: string): string | null {
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?$/.exec(stamp) ?? [];
  return year === undefined ? null : instantOf(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** An address without a host was one below the root of the page's own site; one with the host of the machine a whole one. */
function asBefore(text: string, url: string | null): string {
  const own = url === null ? null : (URL.parse(url)?.origin ?? null);
  const head = /<head\b[^>]{0,1000}>/i.exec(text.slice(0, HEAD));
  const scripts = text.indexOf(SCRIPTS_END);
  let plain = text;
  if (head !== null && scripts > head.index)
    plain = without(plain, head.index + head[0].length, lineAfter(plain, scripts + SCRIPTS_END.length));
  const toolbar = plain.indexOf('<!-- BEGIN WAYBACK TOOLBAR INSERT -->');
  const end = plain.indexOf(TOOLBAR_END, toolbar);
  if (toolbar >= 0 && end > toolbar) plain = without(plain, toolbar, lineAfter(plain, end + TOOLBAR_END.length));
  for (const mark of ['FILE ARCHIVED ON', 'playback timings (ms)']) plain = withoutComment(plain, mark);
  return plain.replace(REWRITTEN, (_, host: string | undefined, address: string) => {
    const isOwn = host === undefined && own !== null && URL.parse(address)?.origin === own;
    return isOwn ? address.slice(address.indexOf('/', 'https://'.length)) : address;
  });
}

const SCRIPTS_END = '<!-- End Wayback Rewrite JS Include -->';
const TOOLBAR_END = '<!-- END WAYBACK TOOLBAR INSERT -->';

/** Without the last comment that holds the mark. */
function withoutComment(text: string, mark: string): string {
  const at = text.lastIndexOf(mark);
  const from = at < 0 ? -1 : text.lastIndexOf('<!--', at);
  const end = text.indexOf('-->', at);
  if (from < 0 || end < 0 || text.slice(from + 4, at).trim() !== '') return text;
  return without(text, from, lineAfter(text, end + 3));
}

function lineAfter(text: string, at: number): number {
  return text[at] === '\n' ? at + 1 : at;
}

function without(text: string, from: number, to: number): string {
  return text.slice(0, from) + text.slice(to);
}

// Pictures: where SingleFile keeps their addresses, and what a browser laid beside the page.

const IMAGE = /<img\b[^<>]*>/gi;

/** Of pictures that are written into the page: a page may name one file any number of times. */
const MOST_INLINED = 64_000_000;

function withPictures(
  text: string,
  {
    pictures,
    beside,
  }: {
    readonly pictures: { url: string; bytes: Buffer }[];
    readonly beside: (relative: string) => Buffer | null;
  },
): string {
  let inlined = 0;
  const addresses = new Map<string, string | null>(); // by the place of the file; null where it is not there
  return text.replace(IMAGE, (tag) => {
    const src = attribute(tag, 'src');
    const original = attribute(tag, 'data-sf-original-src');
    if (src === null) return tag;
    if (original !== null && /^https?:/i.test(original.value)) {
      const data = /^data:[\w/+.-]+;base64,(.+)$/s.exec(src.value)?.[1];
      if (data !== undefined) pictures.push({ url: original.value, bytes: Buffer.from(data, 'base64') });
      return tag.replace(original.whole, '').replace(src.whole, () => ` src="${original.printed}"`);
    }
    const place = /^(?:\.\/)?([^/?#:]+_files\/[^?#]+)$/i.exec(src.value)?.[1];
    const address = place === undefined ? null : addressOf(decoded(place));
    if (address === null) return tag;
    inlined += address.startsWith('data:') ? address.length : 0;
    return inlined > MOST_INLINED ? tag : tag.replace(src.whole, () => ` src="${address}"`);
  });

  /** Where the picture lay on the site, else its bytes; null where the file is not there. */
  function addressOf(place: string): string | null {
    const known = addresses.get(place);
    if (known !== undefined) return known;
    const bytes = beside(place);
    const name = place.slice(place.indexOf('/') + 1);
    const url = bytes === null ? null : addressOnPage(text, name);
    if (bytes !== null && url !== null) pictures.push({ url, bytes });
    const data = () => `data:image/${typeByName(name)};base64,${bytes?.toString('base64')}`;
    const address = bytes === null ? null : (url ?? data());
    addresses.set(place, address);
    return address;
  }
}

/** The address that the page itself prints elsewhere for a file of this name; null where it prints none. */
function addressOnPage(text: string, name: string): string | null {
  if (!/^[\w.!-]{8,}$/.test(name)) return null;
  for (let at = text.indexOf(`/${name}`); at >= 0; at = text.indexOf(`/${name}`, at + 1)) {
    const begin = /https?:\/\/[^\s"'<>()\\]*$/i.exec(text.slice(Math.max(0, at - 300), at))?.[0];
    if (begin !== undefined) return `${begin}/${name}`;
  }
  return null;
}

function typeByName(name: string): string {
  const ending = /\.(jpe?g|png|gif|webp|bmp|avif)\b/i.exec(name)?.[1]?.toLowerCase() ?? 'jpeg';
  return ending === 'jpg' ? 'jpeg' : ending;
}

interface Attribute {
  readonly whole: string;
  readonly printed: string;
  readonly value: string;
}

function attribute(tag: string, name: string): Attribute | null {
  const [whole, double, simple, bare] =
    new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag) ?? [];
  const printed = double ?? simple ?? bare;
  if (whole === undefined || printed === undefined) return null;
  return { whole, printed, value: printed.replaceAll('&amp;', '&') };
}

/** The name of a file as the text spells it: percent-encoded UTF-8, or its bytes. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(/%[0-9a-f]{2}/i.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8'));
  } catch {
    return text; // a URIError: the name is no UTF-8
  }
}
