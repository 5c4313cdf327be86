/**
 * The vocabulary of an article's body: what may stand in it and carry text or pictures, as data. It holds what the saved
 * pages and documents of the site show (site.md, 2.5), and what editors in use at a newspaper write or keep of a paste:
 * KindEditor, UEditor, Quill, TinyMCE, CKEditor, Word, Excel, Apple's text editors, WeChat. In it is what is harmless for
 * reading; a form that could hide, move, shrink, cover or clip text, or hold some that no reader sees, is left out.
 */
import { STYLES, type StyleForms } from './style-vocabulary.ts';

export interface Vocabulary {
  /** By name in lower case. */
  readonly elements: ReadonlyMap<string, ElementForm>;
  /** Prefixes of programs that mark their own elements, which run on as text does: `o:p`. */
  readonly foreign: RegExp;
  /** Attributes that any element may have. What no element names is unknown, but for `data-…`, `aria-…` and namespaces. */
  readonly attributes: AttributeForms;
  /** One name of a `class`; of an `id` on elements that are boxes. */
  readonly classes: RegExp;
  readonly styles: StyleForms;
}

type AttributeForms = Readonly<Record<string, RegExp | typeof NO_PROSE>>;

/** The value may be anything, but no text for readers. */
const NO_PROSE = 'no prose';

interface ElementForm {
  readonly attributes: AttributeForms;
  /** May have any attribute that is no prose: scripts of every kind leave addresses and sizes there. */
  readonly isFree?: true;
  /** Attributes whose prose says what the element shows. */
  readonly prose?: readonly string[];
  /** Where alone it may stand, by the names of parents; absent for anywhere where text may. */
  readonly within?: readonly string[];
  /** What alone may stand in it; absent for text and whatever may stand in text. */
  readonly holds?: readonly string[];
  /** Its `id` is judged as a class is: it shows that a program made a box of it. */
  readonly isBox?: true;
}

const ALIGN = /^(?:left|center|middle|right|justify|top|bottom|baseline|absmiddle|)$/i;
/** A size on the page at which something can be seen. */
const SIZE = /^(?:[1-9]\d{1,3}(?:\.\d{1,20})?(?:px|pt)?|[1-9]\d{0,2}(?:\.\d{1,20})?(?:%|em)|auto|\*|)$/i;
const NUMBER = /^\d{0,5}$/;
const FLAG = /^(?:true|false|yes|no|on|1|0|[a-z-]{0,20})$/i;

/** Names of elements, all of one form. */
function each(names: string, form: Partial<ElementForm> = {}): [string, ElementForm][] {
  return names.split(' ').map((name) => [name, { attributes: {}, ...form }]);
}

/** Names of attributes, all of one form. */
function having(names: string, value: AttributeForms[string] = NO_PROSE): AttributeForms {
  return Object.fromEntries(names.split(' ').map((name) => [name, value]));
}

const CELL = {
  ...having('width', /^(?:[1-9]\d{0,3}(?:\.\d{1,20})?(?:px|pt|%|\*)?|auto|)$/i),
  ...having('height', /^\d{0,4}(?:\.\d{1,20})?(?:px|pt|%)?$/i),
  ...having('colspan rowspan span', NUMBER),
  ...having('nowrap', FLAG),
  ...having('bgcolor bordercolor scope headers abbr axis char charoff'),
};
const TABLE = {
  ...having('width height', SIZE),
  ...having('cellspacing cellpadding', NUMBER),
  ...having('interlaced sortable', FLAG),
  ...having('border bordercolor bgcolor frame rules summary'),
};
const PARTS_OF_TABLE = ['caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr'];
const LISTS = ['ul', 'ol'];

const ELEMENTS: ReadonlyMap<string, ElementForm> = new Map<string, ElementForm>([
  // Blocks. The site's headline is an h3; below it editors set subheads.
  ...each('p h2 h3 h4 h5 h6 center pre'),
  ...each('div section', { isBox: true }),
  ...each('blockquote', { attributes: having('cite') }),
  ...each('hr', {
    attributes: { ...having('width color'), ...having('size', NUMBER), ...having('noshade', FLAG) },
    holds: [],
  }),
  ...each('br', { attributes: having('clear type'), holds: [] }),
  // Text. `q` is not among it: browsers print quotation marks round it that stand in no text. `ins` marks what an editor
  // put in, beside what he struck out.
  ...each('b strong i em u s strike del sub sup big small span mark nobr time', {
    attributes: having('datetime cite'),
  }),
  ...each('tt code kbd samp var cite dfn abbr acronym'),
  ...each('font', {
    attributes: { ...having('color'), ...having('size', /^[-+]?[1-7]?$/), ...having('face', /^[^.。，！？]{0,80}$/) },
  }),
  ...each('a', {
    attributes: having(
      'href target rel type hreflang charset download hidefocus _href _src textvalue linktype imgurl imgdata tab',
    ),
  }),
  ...each('wbr', { holds: [] }),
  ...each('ruby', { holds: ['rb', 'rt', 'rp', 'text', 'span'] }),
  ...each('rb rt rp', { within: ['ruby'] }),
  // Lists.
  ...each('ul ol', {
    attributes: { ...having('type'), ...having('start', NUMBER), ...having('compact reversed', FLAG) },
    holds: ['li', ...LISTS],
    isBox: true,
  }),
  ...each('li', { attributes: { ...having('type'), ...having('value', NUMBER) }, within: LISTS }),
  ...each('dl', { attributes: having('compact', FLAG), holds: ['dt', 'dd'], isBox: true }),
  ...each('dt dd', { within: ['dl'] }),
  // Tables.
  ...each('table', { attributes: TABLE, holds: PARTS_OF_TABLE }),
  ...each('caption', { within: ['table'] }),
  ...each('colgroup', { attributes: CELL, within: ['table'], holds: ['col'] }),
  ...each('col', { attributes: CELL, within: ['colgroup', 'table'], holds: [] }),
  ...each('thead tbody tfoot', { attributes: CELL, within: ['table'], holds: ['tr'] }),
  ...each('tr', { attributes: CELL, within: PARTS_OF_TABLE, holds: ['td', 'th'] }),
  ...each('td th', { attributes: CELL, within: ['tr'] }),
  // Pictures, frames, players.
  ...each('img', {
    attributes: { ...having('width height', SIZE), ...having('usemap', /^$/) },
    isFree: true,
    prose: ['alt', 'title'],
    holds: [],
  }),
  ...each('iframe', {
    attributes: {
      ...having('width height', SIZE),
      ...having('marginwidth marginheight framespacing', NUMBER),
      ...having('src frameborder border scrolling allow allowfullscreen webkitallowfullscreen mozallowfullscreen'),
      ...having('allowtransparency referrerpolicy loading sandbox security vspale high'),
    },
    holds: [],
  }),
  ...each('video audio', { attributes: having('width height', SIZE), isFree: true, holds: ['source', 'track'] }),
  ...each('source track', { isFree: true, within: ['video', 'audio'], holds: [] }),
  ...each('meta link base', { isFree: true, holds: [] }), // what a paste leaves of another page's head
  ...each('embed', { attributes: having('width height', SIZE), isFree: true, holds: [] }),
]);

const ATTRIBUTES: AttributeForms = {
  ...having('class style id name title lang role label deep border translate powered-by opera sizcache'),
  ...having('_style mce_style _mce_style mce_src mce_href'),
  ...having('align valign', ALIGN),
  ...having('dir', /^(?:ltr|auto|)$/i),
  ...having('tabindex', /^-?\d{1,3}$/),
  ...having('contenteditable spellcheck', /^(?:true|false|)$/i),
  ...having('aria-hidden', /^false$/i),
};

/** What the editors name, and what their pastes bring along from Word, Excel, Apple, WeChat and other news sites. */
const OF_EDITORS = [
  'Mso\\w*|mso\\w*|WordSection\\d+|Section\\d+|SpellE|GramE|xl\\d+|western|ctl|cjk',
  'Apple-[\\w-]+|(?:p|s|li|ul|ol|t|td)\\d{1,2}',
  'ql-[\\w-]+|ke-[\\w-]+|mce-?\\w*|cke_\\w+|fr-[\\w-]+|w-e-[\\w-]+|edui-[\\w-]+|public-Draft[\\w-]+|ProseMirror[\\w-]*',
  'firstRow|selectTdClass|noBorderTable|ue_t|image_resized|image-style-[\\w-]+|marker-\\w+|table|image',
  'rich_\\w+|wxw?[-_][\\w-]+|js_\\w+|__bg_gif|_?135\\w*|xmteditor|brush|autonum|video_iframe|img_loading|blockquote_\\w+',
  'one-p|bjh-\\w+|pgc-\\w+|img_wrapper|img_descr|f_center|cms-\\w+-\\w+|ztext-\\w+|otitle_editor',
  '(?:text|align|img|pic|image|photo|p|f|t|con|content)?[-_]?(?:left|right|center(?:ed)?|justify|caption)',
  '(?:img|pic|image|photo|figure|wp|media|content)[-_]?caption(?:[-_]text)?',
  'text-(?:indent|muted|small|bold)|list-[\\w-]+|indent\\d*|fix|clear(?:fix)?|fl|fr|bold|strong',
];
/** The site's own (site.md, 2.5), in the pictures of all its editors. */
const OF_THE_SITE = ['bigimg', 'lazy\\w*', 'content-(?:pic|quote)[\\w-]*'];

function oneOf(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`);
}

/** Articles of www and of the mobile pages. */
export const ARTICLE_MARKUP: Vocabulary = {
  elements: ELEMENTS,
  foreign: /^(?:o|w|st1|v|m):[a-z]{1,20}$/,
  attributes: ATTRIBUTES,
  classes: oneOf([...OF_EDITORS, ...OF_THE_SITE, 'emoji']),
  styles: STYLES,
};

/** Community posts: the same editors, and the smiles of the site's own (site.md, 5). */
export const POST_MARKUP: Vocabulary = {
  ...ARTICLE_MARKUP,
  classes: oneOf([...OF_EDITORS, ...OF_THE_SITE, 'emoji|smile[\\w-]*|topic-\\w+|at-user']),
};
