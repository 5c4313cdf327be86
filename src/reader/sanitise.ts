/**
 * The last look at an archived body before it is shown: a list of what may stand in it, and nothing else passes. The one door
 * to sanitize-html. The policy that a page is sent with (`security.ts`) is the wall behind this one.
 */
import type sanitizeHtml from 'sanitize-html';

const words = (text: string): string[] => text.split(' ');

const PICTURE = /^\/pictures\/[0-9a-f]{64}\.[a-z0-9]{1,8}$/;
const INSIDE = /^\/articles\/(?:guancha|fengwen)\/[1-9]\d{0,15}$/;
const COUNT = /^[1-9]\d{0,4}$/;

/** What else than the web a body may name: an export has its pictures and articles at other addresses than the reader. */
export interface Places {
  readonly isPicture: (src: string) => boolean;
  readonly isInside: (href: string) => boolean;
}

const READER: Places = { isPicture: (src) => PICTURE.test(src), isInside: (href) => INSIDE.test(href) };

const optionsFor = ({ isPicture, isInside }: Places): sanitizeHtml.IOptions => ({
  allowedTags: words(
    'a abbr b bdi bdo big blockquote br cite code dd del details dfn div dl dt em figcaption figure h2 h3 hr i img ins kbd ' +
      'li mark ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead ' +
      'time tr tt u ul var wbr caption col colgroup',
  ),
  allowedAttributes: {
    a: ['href', 'rel', 'title'],
    img: ['src', 'alt', 'width', 'height', 'loading', 'decoding', 'title'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan', 'scope'],
    col: ['span'],
    colgroup: ['span'],
    ol: ['start', 'reversed'],
    time: ['datetime'],
    div: ['tabindex', 'role'],
    '*': ['lang', 'dir'],
  },
  allowedClasses: {
    a: ['archived', 'outside', 'media'],
    p: ['centre', 'right', 'flush', 'subhead'],
    div: ['centre', 'right', 'flush', 'wide'],
    section: ['centre', 'right', 'flush'],
    span: ['missing', 'media'],
    small: ['mark', 'flawed'],
    img: ['icon'],
  },
  allowedSchemes: ['http', 'https'],
  allowedSchemesAppliedToAttributes: ['href', 'src', 'cite'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  // What is in them is no text of an article; the last four are texts to one parser and markup to another.
  nonTextTags: words('script style textarea option noscript template title noembed noframes iframe xmp plaintext'),
  nestingLimit: 200,
  transformTags: {
    a: (tagName, attribs) => ({ tagName, attribs: linkOf(attribs, isInside) }),
    img: (tagName, attribs) => ({ tagName, attribs: pictureOf(attribs, isPicture) }),
    td: (tagName, attribs) => ({ tagName, attribs: cellOf(attribs) }),
    th: (tagName, attribs) => ({ tagName, attribs: cellOf(attribs) }),
    div: (tagName, attribs) => ({ tagName, attribs: boxOf(attribs) }),
  },
  exclusiveFilter: ({ tag, attribs }) => tag === 'img' && attribs.src === undefined,
});

const OPTIONS = optionsFor(READER);

/** Only an article of the archive, or an address of the web that is asked for without saying by whom. */
function linkOf(
  { href = '', ...others }: sanitizeHtml.Attributes,
  isInside: Places['isInside'],
): sanitizeHtml.Attributes {
  const { rel: _rel, ...rest } = others;
  if (isInside(href)) return { ...rest, href };
  const url = URL.parse(href);
  if (url === null || !/^https?:$/.test(url.protocol)) return {};
  return { ...rest, href: url.href, rel: 'noopener noreferrer nofollow' };
}

/** Only a picture of the archive: nothing is asked of anybody else. */
function pictureOf(
  { src = '', width, height, ...rest }: sanitizeHtml.Attributes,
  isPicture: Places['isPicture'],
): sanitizeHtml.Attributes {
  if (!isPicture(src)) return {};
  const size = COUNT.test(width ?? '') && COUNT.test(height ?? '') ? { width: width ?? '', height: height ?? '' } : {};
  return { ...rest, ...size, src };
}

function cellOf(attribs: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  return Object.fromEntries(
    Object.entries(attribs).filter(([name, value]) => !/^(?:col|row)span$/.test(name) || /^\d{1,3}$/.test(value)),
  );
}

/** Only what `typeset` makes of a wide table may be reached by keyboard. */
function boxOf({ tabindex, role, ...rest }: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  return rest.class === 'wide' && tabindex === '0' && role === 'group' ? { ...rest, tabindex, role } : rest;
}

/** Loads the library once it is needed: it takes longer than all of a start. */
export async function openSanitiser(): Promise<(body: string, places?: Places) => string> {
  const { default: sanitize } = await import('sanitize-html');
  return (body, places) => sanitize(body, places === undefined ? OPTIONS : optionsFor(places));
}
