/** Markup of a body that its layout's vocabulary does not know (site/vocabulary.ts): each form once, with its text. */
import { type Flag, flag } from '../flags.ts';
import type { Vocabulary } from '../site/vocabulary.ts';
import type { Body } from './body.ts';
import type { CheckInput } from './check-input.ts';
import { MEDIA, textOf } from './column.ts';
import { type AnyNode, type Element, isElement, nodesIn } from './html.ts';
import { isProse, isProseAttribute, proseOfComment } from './prose.ts';
import { BLACK, type Color, formOfValue, isUnseen, type ReadStyle, readColor, readStyle, WHITE } from './style.ts';

/** A form outside of the vocabulary. */
export interface UnknownForm {
  /** Short, without what differs from page to page, so that equal forms are equal: `p.lede`, `span[style=opacity:0]`, `template`. */
  readonly form: string;
  /** What it held where it was first met, for people. */
  readonly text: string;
}

/** More than a flag's detail can show. */
const EXCERPT = 500;
/** Of one article: a page all of whose markup is new has some dozens. */
export const MOST_FORMS = 40;

/** Each form of the bodies that neither the vocabulary nor the archive's own list has. */
export function checkMarkup({ bodies, found, others }: CheckInput): readonly Flag[] {
  const met = new Map<string, string>();
  const note = (form: string, text: () => string) => {
    const short = shortened(form);
    if (met.size === MOST_FORMS || met.has(short) || others.accepted?.has(short) === true) return;
    met.set(short, text());
  };
  for (const body of bodies) findUnknown(body, found.layout.vocabulary, note);
  return [...met].map(([form, text]) => flag('unknown-markup', text === '' ? form : `${form}: ${text}`));
}

/** The forms that an article's flags of code `unknown-markup` name. */
export function formsIn(flags: readonly Flag[]): readonly UnknownForm[] {
  return flags
    .filter(({ code }) => code === 'unknown-markup')
    .map(({ detail }) => {
      const end = detail.indexOf(': ');
      return end < 0 ? { form: detail, text: '' } : { form: detail.slice(0, end), text: detail.slice(end + 2) };
    });
}

const LONGEST_FORM = 80;

function shortened(form: string): string {
  return form.replace(/\s+/g, ' ').replaceAll(': ', ':').slice(0, LONGEST_FORM).trim();
}

type Note = (form: string, text: () => string) => void;

function findUnknown(body: Body, vocabulary: Vocabulary, note: Note): void {
  const outside = new Set(body.unclaimed);
  for (const root of body.tree.toArray()) {
    if (!isElement(root)) continue;
    const { style, hidden } = root.attribs;
    const read = stylesOf(style, vocabulary);
    for (const form of read.unknown) note(`body[style=${form}]`, () => textOf(root, EXCERPT));
    if (hidden !== undefined) note('body[hidden]', () => textOf(root, EXCERPT));
    for (const child of root.children)
      if (!outside.has(child))
        look(child, null, { color: read.color ?? BLACK, background: read.background ?? WHITE }, vocabulary, note);
  }
  for (const node of body.unshown) lookAtNoise(node, vocabulary, note);
}

interface Colours {
  readonly color: Color;
  readonly background: Color;
}

type ElementForm = NonNullable<ReturnType<Vocabulary['elements']['get']>>;

/** By recursion: no page's tree is deeper than `flattenDeep` leaves it. */
function look(node: AnyNode, parent: Element | null, around: Colours, vocabulary: Vocabulary, note: Note): void {
  const holder = parent === null ? undefined : vocabulary.elements.get(parent.name);
  if (node.type === 'text') {
    if (holder?.holds?.includes('text') === false && node.data.trim() !== '')
      note(`${parent?.name}>text`, () => node.data.slice(0, EXCERPT));
    return;
  }
  if (!('children' in node)) return;
  if (!isElement(node)) {
    for (const child of node.children) look(child, null, around, vocabulary, note);
    return;
  }
  const { name, namespace = HTML } = node;
  const form = vocabulary.elements.get(name);
  const text = () => shownBy(node);
  if (form === undefined) {
    if (!vocabulary.foreign.test(name)) note(nameForm(name), text);
    if (namespace !== HTML) return;
  } else if (!standsWell(name, form, parent, holder) && carries(node)) note(`${parent?.name ?? 'body'}>${name}`, text);
  const style = lookAtAttributes(node, form, vocabulary, note);
  const own = coloursOf(node, style, around);
  if (own !== around && isUnseen(own.color, own.background) && carries(node))
    note(`${nameForm(name)}[color=background]`, text);
  for (const child of node.children) look(child, node, own, vocabulary, note);
}

const HTML = 'http://www.w3.org/1999/xhtml';

function standsWell(
  name: string,
  { within }: ElementForm,
  parent: Element | null,
  holder: ElementForm | undefined,
): boolean {
  if (parent !== null && holder === undefined) return true;
  if (within !== undefined && (parent === null || !within.includes(parent.name))) return false;
  return holder?.holds === undefined || holder.holds.includes(name);
}

/** True for what shows something, or would if it were not hidden. */
function carries(element: Element): boolean {
  for (const node of nodesIn([element]))
    if (node.type === 'text' ? /\S/.test(node.data) : 'name' in node && MEDIA.has(node.name)) return true;
  return false;
}

function nodesHaveMedia(element: Element): boolean {
  for (const node of nodesIn(element.children)) if (isElement(node) && MEDIA.has(node.name)) return true;
  return false;
}

/** Its text; where it has none, the address of the first picture or frame in it. */
function shownBy(element: Element): string {
  const text = textOf(element, EXCERPT).trim();
  if (text !== '') return text;
  for (const node of nodesIn([element]))
    if (isElement(node) && node.attribs.src) return node.attribs.src.slice(0, EXCERPT);
  return '';
}

/** The name of an element, a class or an id without the numbers and hashes that programs make. */
function nameForm(name: string): string {
  return name
    .slice(0, 40)
    .replace(/[\da-f]{4,}|\d+/gi, (digits) => (/\d/.test(digits) ? '*' : digits))
    .replace(/[^\w*:.-]/g, '?');
}

// Attributes, classes and styles. A page's elements share few of them, so each is read once.

const NOTHING: ReadStyle = { unknown: [], color: null, background: null };
/** What browsers hide or move by, whatever else an element may have. */
const HIDES = /^(?:hidden|inert|popover|slot|is)$/;
const FREE = /^(?:data-|aria-|on(?:load|error)$)|:/;
/** What readers see on the page, or do not see where it is only linked. */
const FILE = /\.(?:mp4|m3u8|flv|mp3|jpe?g|png|gif|webp)(?:[?!#]|$)/i;
/** An encoded text. */
const ENCODED = /^\s*[\w+/=%-]{60}/;

function lookAtAttributes(
  element: Element,
  form: ElementForm | undefined,
  vocabulary: Vocabulary,
  note: Note,
): ReadStyle {
  const { attribs } = element;
  const name = nameForm(element.name);
  const text = () => shownBy(element);
  let style = NOTHING;
  for (const attribute in attribs) {
    const value = attribs[attribute] ?? '';
    if (attribute === 'style') {
      style = stylesOf(value, vocabulary);
      if (style.unknown.length > 0 && (carries(element) || style.unknown.some((each) => each.includes('url'))))
        for (const each of style.unknown) note(`${name}[style=${each}]`, text);
    } else if (attribute === 'class' || (attribute === 'id' && form?.isBox === true)) {
      const mark = attribute === 'id' ? '#' : '.';
      for (const each of unknownNames(value, vocabulary)) note(`${name}${mark}${each}`, text);
    } else if (form !== undefined) {
      const problem = judgeAttribute(element, form, vocabulary, attribute, value);
      if (problem !== null) note(`${name}[${problem}]`, () => (problem.includes('=') ? text() : value || text()));
    } else if (isHidingProse(attribute, value, element)) note(`${name}[${nameForm(attribute)}]`, () => value);
  }
  return style;
}

/** @returns what is in the brackets of a form, null for an attribute that is well known */
function judgeAttribute(
  element: Element,
  form: ElementForm,
  { attributes }: Vocabulary,
  name: string,
  value: string,
): string | null {
  const known = form.attributes[name] ?? attributes[name];
  if (known instanceof RegExp)
    return known.test(value.trim()) ? null : `${nameForm(name)}=${formOfValue(value.trim().toLowerCase())}`;
  const isFree = form.isFree === true || FREE.test(name);
  if (known === undefined && !(isFree && !HIDES.test(name))) return carries(element) ? nameForm(name) : null;
  if (form.prose?.includes(name) === true) return null;
  if (name === 'href' && FILE.test(value) && !nodesHaveMedia(element)) return 'href=file';
  const isEncoded = form.isFree !== true && known === undefined && ENCODED.test(value);
  return isEncoded || isHidingProse(name, value, element) ? nameForm(name) : null;
}

/** Prose that does not stand in the element's own text as well. */
function isHidingProse(name: string, value: string, element: Element): boolean {
  if (/[^\0-\u2fff]/.test(name)) return true;
  return isProseAttribute(name, value) && !solid(textOf(element, LONGEST_REPEATED)).includes(solid(value));
}

const LONGEST_REPEATED = 5000;

function solid(text: string): string {
  return text.replace(/\s+/g, '');
}

const names = new WeakMap<Vocabulary, Map<string, readonly string[]>>();
const styles = new WeakMap<Vocabulary, Map<string, ReadStyle>>();

function unknownNames(value: string, vocabulary: Vocabulary): readonly string[] {
  return remembered(names, vocabulary, value, () => [
    ...new Set(
      value
        .split(/\s+/)
        .filter((each) => each !== '' && !vocabulary.classes.test(each))
        .map(nameForm),
    ),
  ]);
}

function stylesOf(value: string | undefined, vocabulary: Vocabulary): ReadStyle {
  if (!value?.trim()) return NOTHING;
  return remembered(styles, vocabulary, value, () => readStyle(value, vocabulary.styles));
}

const MOST_REMEMBERED = 5000;
const LONGEST_REMEMBERED = 1000;

function remembered<T>(
  all: WeakMap<Vocabulary, Map<string, T>>,
  vocabulary: Vocabulary,
  text: string,
  read: () => T,
): T {
  const own = all.get(vocabulary) ?? new Map<string, T>();
  const known = own.get(text);
  if (known !== undefined) return known;
  const made = read();
  if (own.size >= MOST_REMEMBERED) own.clear();
  if (text.length <= LONGEST_REMEMBERED) all.set(vocabulary, own.set(text, made));
  return made;
}

function coloursOf({ name, attribs }: Element, style: ReadStyle, around: Colours): Colours {
  const font = name === 'font' && attribs.color !== undefined ? readColor(attribs.color) : null;
  const behind = attribs.bgcolor === undefined ? null : readColor(attribs.bgcolor);
  const color = style.color ?? font;
  const background = style.background ?? behind;
  if (color === null && background === null) return around;
  return { color: color ?? around.color, background: background ?? around.background };
}

// What noise rules took out and no reader sees: comments, scripts, style sheets.

function lookAtNoise(node: AnyNode, vocabulary: Vocabulary, note: Note): void {
  if (node.type === 'comment') {
    const text = proseOfComment(node.data);
    if (text !== null) note('comment', () => text.slice(0, EXCERPT));
    return;
  }
  if (!isElement(node)) return;
  const text = textOf(node);
  if (node.name === 'link') note('link[rel=stylesheet]', () => node.attribs.href ?? '');
  else if (node.name === 'style')
    for (const form of formsOfSheet(text, vocabulary)) note(`style[${form}]`, () => text.slice(0, EXCERPT));
  else if (isProse(text) || WRITES.test(text)) note(node.name, () => text.slice(0, EXCERPT));
}

/** Markup that a script puts on the page. */
const WRITES = /<(?:p|img|div|span|section|video|audio|iframe|embed|source)\b/i;

/** Declarations that no element of the body may have; rules for fonts, pages and lists are Word's own. */
function formsOfSheet(text: string, { styles: forms }: Vocabulary): readonly string[] {
  const found = new Set<string>();
  for (const rule of text.split('}')) {
    const start = rule.lastIndexOf('{');
    if (start < 0 || /@(?:font-face|page|list)\b[^{}]{0,80}$/.test(rule.slice(Math.max(0, start - 100), start)))
      continue;
    for (const form of readStyle(rule.slice(start + 1).replace(/\/\*[^*]*\*+\//g, ''), forms).unknown) found.add(form);
  }
  return [...found];
}
