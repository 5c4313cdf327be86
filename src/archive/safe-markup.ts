/**
 * The markup that a document may hold, as one table for its writer and for the audit: elements, attributes, and the
 * addresses in them. Whatever stands in none of the lists is left out. Nothing in the lists runs code, sends a form,
 * changes what addresses mean, or switches a parser to another language.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** What becomes of an element: `keep` it, put its content in its place (`unwrap`), or `drop` it with its content. */
export type Fate =
  | { readonly is: 'keep' | 'unwrap' | 'drop' | 'link' }
  | { readonly is: 'rename'; readonly to: string };

const KEPT = words(
  'a abbr address area article aside audio b bdi bdo big blockquote br caption center cite code col colgroup dd del ' +
    'details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i iframe img ins kbd li ' +
    'main map mark nav nobr ol p picture pre q rp rt rtc ruby s samp section small source span strike strong sub summary ' +
    'sup table tbody td tfoot th thead time tr track tt u ul var video wbr',
);

/** They begin lines of their own, which their text must keep. */
const RENAMED: Readonly<Record<string, string>> = {
  dialog: 'div',
  dir: 'ul',
  fieldset: 'div',
  form: 'div',
  legend: 'div',
  listing: 'pre',
  menu: 'ul',
  optgroup: 'div',
  option: 'div',
  plaintext: 'pre',
  textarea: 'pre',
  xmp: 'pre',
};

/** What is in them is no text of the page, or is none where scripts run. */
const DROPPED = words(
  'base basefont bgsound frame frameset head input keygen link meta noembed noframes noscript param script style template title',
);

/** Players of other programs: their address is kept as a link. */
const LINKED = words('embed object');

/** @param isForeign in SVG or MathML, whose names mean other things: only the text in them is kept */
export function fateOf(name: string, isForeign = false): Fate {
  if (isForeign) return { is: /^(?:script|style|title|desc|metadata|annotation.*)$/i.test(name) ? 'drop' : 'unwrap' };
  if (KEPT.has(name)) return { is: 'keep' };
  if (DROPPED.has(name)) return { is: 'drop' };
  if (LINKED.has(name)) return { is: 'link' };
  const to = Object.hasOwn(RENAMED, name) ? RENAMED[name] : undefined;
  return to === undefined ? { is: 'unwrap' } : { is: 'rename', to };
}

/** Attributes whose values are shown, or say how something looks; on any element. */
const PLAIN = words(
  'abbr align allowfullscreen allowtransparency alt autoplay axis bgcolor border bordercolor cellpadding cellspacing char ' +
    'charoff class clear color cols colspan compact controls coords datetime decoding default dir face frame frameborder ' +
    'headers height hidden hreflang hspace id kind label lang language loading loop marginheight marginwidth media muted ' +
    'name noshade nowrap open playsinline preload referrerpolicy rel reversed role rows rowspan rules sandbox scope scrolling ' +
    'shape size sizes span srclang start summary tabindex target title translate type usemap valign value vspace width ' +
    'webkitallowfullscreen mozallowfullscreen __idm_id__',
);

/** Attributes that hold one address, and the elements whose it is. */
const ADDRESSES: Readonly<Record<string, ReadonlySet<string>>> = {
  href: words('a area'),
  src: words('audio iframe img source track video'),
  poster: words('video'),
  cite: words('blockquote del ins q'),
};

/** Elements whose address may be the picture itself. */
const PICTURES = words('img picture source');
/** `src` and `poster` of others are pictures too. */
const isPicturePlace = (element: string, name: string): boolean => PICTURES.has(element) || name === 'poster';

/** Addresses that scripts of the site would load later; they mean nothing to a browser. */
const LAZY = /^(?:data-[\w.-]+|aria-[\w-]+|_?src|original|url|lazy-?src|real_?src|file|zoomfile|echo)$/;

/** Attributes that run code, send something or load something where they count: no harmless decoration. */
const ACTIVE_ATTRIBUTES = words(
  'action archive background classid code codebase content data dynsrc formaction http-equiv icon imagesrcset longdesc lowsrc ' +
    'manifest ping profile srcdoc srcset xlink:href xml:base attributename values from to by href src poster cite style',
);

/** Elements that are no harmless decoration. */
const ACTIVE_ELEMENTS = words(
  'animate animatemotion animatetransform annotation-xml applet base bgsound button embed form foreignobject frame frameset ' +
    'image input isindex keygen link listing math meta noembed noframes noscript object option optgroup param plaintext portal ' +
    'script select set style svg template textarea title use xmp',
);

/** An attribute as a document may hold it. */
export interface SafeValue {
  /** Null where the attribute is left out. */
  readonly value: string | null;
  /** True where anything of the value was left out. */
  readonly isCut: boolean;
}

const NOTHING: SafeValue = { value: null, isCut: true };

/**
 * Judges one attribute of an element that is kept.
 * @param base resolves relative addresses; addresses are judged by what they resolve to, as a browser understands them
 */
export function safeValue(element: string, name: string, value: string, base: string): SafeValue {
  if (name === 'style') return safeStyle(value);
  if (name === 'srcset') return element === 'img' || element === 'source' ? safeSourceSet(value, base) : NOTHING;
  const owners = Object.hasOwn(ADDRESSES, name) ? ADDRESSES[name] : undefined;
  if (owners?.has(element) === true) {
    const address = safeAddress(value, base, isPicturePlace(element, name));
    return address === null ? NOTHING : { value: address, isCut: false };
  }
  if (PLAIN.has(name)) return { value, isCut: false };
  if (owners === undefined && LAZY.test(name)) return hidesCode(element, value) ? NOTHING : { value, isCut: false };
  return NOTHING;
}

/** What of an element or attribute that a document may not hold is dangerous, not only unknown. */
export function isActive(element: string, name?: string): boolean {
  if (name === undefined) return ACTIVE_ELEMENTS.has(element);
  return name.startsWith('on') || ACTIVE_ATTRIBUTES.has(name) || LAZY.test(name);
}

/** An address of the web, absolute and in the form that browsers send; null for any other. */
export function safeAddress(value: string, base: string, isPicture = false): string | null {
  if (value === '') return value; // the page itself: nothing is loaded or run
  if (!URL.canParse(value, base)) return null;
  const { protocol, href } = new URL(value, base);
  const isWeb = protocol === 'https:' || protocol === 'http:' || (protocol === 'mailto:' && !isPicture);
  if (!isWeb && !(isPicture && IMAGE.test(href))) return null;
  return href.replaceAll("'", '%27'); // an apostrophe would end the front matter's quotes
}

const IMAGE = /^data:image\/[a-z0-9.+-]+[;,]/i;

/** True for the address of a page or file of the web: what a head picture must have. */
export function isWebAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && !/['\s\p{Cc}]/u.test(value);
}

/** A script of the site could make an address of it. */
function hidesCode(element: string, value: string): boolean {
  if (!value.includes(':') || !URL.canParse(value)) return false;
  return safeAddress(value, value, PICTURES.has(element)) === null;
}

/** Candidates as the HTML standard splits them: an address, then what stands up to the next comma (4.8.4.2.2). */
const CANDIDATE = /[\s,]*(\S*[^\s,])(?:\s+([^,]*)|,|$)/g;

function safeSourceSet(value: string, base: string): SafeValue {
  let isCut = false;
  const kept = [...value.matchAll(CANDIDATE)].flatMap(([, address = '', size = '']) => {
    const safe = safeAddress(address, base, true);
    isCut ||= safe === null;
    return safe === null || safe === '' ? [] : [`${safe} ${size.trim()}`.trim()];
  });
  return kept.length === 0 ? NOTHING : { value: kept.join(', '), isCut };
}

/** They take numbers and colours. */
const STYLE_FUNCTIONS = words('rgb rgba hsl hsla calc min max clamp');
/** With white space behind it, in characters: longer names than those are none of them. */
const LONGEST_FUNCTION = 40;

/** The declarations that load nothing and run nothing, as they are written. */
function safeStyle(value: string): SafeValue {
  const declarations = value.split(';');
  const kept = declarations.filter(isSafeDeclaration);
  if (kept.length === declarations.length) return { value, isCut: false };
  const text = kept.join(';');
  return { value: text.trim() === '' ? null : text, isCut: true };
}

function isSafeDeclaration(text: string): boolean {
  if (/[\\@<>]|\/\*|^\s*(?:behavior|-moz-binding)\s*:/i.test(text)) return false;
  return [...text.matchAll(/\(/g)].every(({ index }) => {
    const before = text.slice(Math.max(0, index - LONGEST_FUNCTION), index).trimEnd();
    return STYLE_FUNCTIONS.has((/[\w-]+$/.exec(before)?.[0] ?? '').toLowerCase());
  });
}
