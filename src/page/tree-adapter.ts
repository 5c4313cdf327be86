/** How parse5 builds a tree: node for node the one that cheerio builds, in less time and memory, and within limits. */
import { type AnyNode, Comment, Element, Document as Root, Text } from 'domhandler';
import { Parser } from 'parse5';
import { adapter, type Htmlparser2TreeAdapterMap } from 'parse5-htmlparser2-tree-adapter';
import { ArchiveError } from '../errors.ts';
import { RunTokenizer } from './tokenizer.ts';

type Adapter = typeof adapter;
type Document = Htmlparser2TreeAdapterMap['document'];

/**
 * The tree of a document, of a piece of one, or of what stands in a `noscript` of the document that was built last, whose
 * limits go on.
 * @throws PAGE_TOO_HEAVY where it passes one of the limits; they hold for every tree, whoever asks for it
 */
export function buildTree(text: string, form: 'document' | 'piece' | 'noscript'): Document {
  if (form !== 'noscript') Object.assign(spent, { nodes: 0, steps: 0 });
  if (text.length > MOST_CHARACTERS && text.length - picturesIn(text) > MOST_CHARACTERS)
    throw tooHeavy(`more than ${MOST_CHARACTERS} characters`);
  const html = text.toWellFormed(); // of two second halves of a pair parse5 makes a character that there cannot be
  if (form === 'document') return BoundedParser.parse(html, OPTIONS);
  const options = { ...OPTIONS, scriptingEnabled: form !== 'noscript' };
  const parser = BoundedParser.getFragmentParser<Htmlparser2TreeAdapterMap>(null, options);
  parser.tokenizer.write(html, true);
  return pieceOf(parser);
}

/** The children at once: parse5 would take each from the front of their array, in the square of their number. */
function pieceOf(parser: Parser<Htmlparser2TreeAdapterMap>): Document {
  const piece = adapter.createDocumentFragment();
  const [top] = parser.document.children;
  if (top === undefined || !('children' in top)) return piece;
  piece.children = top.children;
  top.children = [];
  for (const child of piece.children) child.parent = piece;
  return piece;
}

// Limits. A parser can be made to build far more than stands in the text: each paragraph opens all formatting elements
// anew that were left open. And the standard's steps go through all open elements again and again.

/** In UTF-16 units, pictures that the markup itself holds left out. The largest page that is known, the home page, has 310,000. */
export const MOST_CHARACTERS = 1_000_000;
/** Of such pictures, as base64; what is longer counts. */
const MOST_OF_PICTURES = 6_000_000;
/** The home page has 9,000. */
export const MOST_NODES = 30_000;
/** In one element. */
export const MOST_ATTRIBUTES = 1000;
/** Open elements looked at, and nodes moved, by the standard's rules for tags; the home page needs 60,000. */
export const MOST_STEPS = 1_000_000;

/** How many characters are pictures that stand in the markup (`data:`, RFC 2397). */
function picturesIn(html: string): number {
  let sum = 0;
  for (const [picture] of html.matchAll(/\bdata:image\/[\w+.-]{1,30};base64,[\w+/=%]*/g)) sum += picture.length;
  return Math.min(sum, MOST_OF_PICTURES);
}

/** By the tree that is built now: parsing neither waits nor nests. */
const spent = { nodes: 0, steps: 0 };

function countNode(): void {
  spent.nodes += 1;
  if (spent.nodes > MOST_NODES) throw tooHeavy(`more than ${MOST_NODES} nodes`);
}

function countSteps(steps: number): void {
  spent.steps += steps;
  if (spent.steps > MOST_STEPS) throw tooHeavy('elements that are open inside each other, in number and depth');
}

function tooHeavy(what: string): ArchiveError {
  return new ArchiveError('PAGE_TOO_HEAVY', `its markup has ${what}`);
}

class BoundedParser extends Parser<Htmlparser2TreeAdapterMap> {
  constructor(...given: ConstructorParameters<typeof Parser<Htmlparser2TreeAdapterMap>>) {
    super(...given);
    const { state, inForeignNode } = this.tokenizer;
    this.tokenizer = new BoundedTokenizer(this.options, this);
    Object.assign(this.tokenizer, { state, inForeignNode });
  }

  override onStartTag(...given: Parameters<Parser<Htmlparser2TreeAdapterMap>['onStartTag']>): void {
    countSteps(this.openElements.stackTop);
    super.onStartTag(...given);
  }

  override onEndTag(...given: Parameters<Parser<Htmlparser2TreeAdapterMap>['onEndTag']>): void {
    countSteps(this.openElements.stackTop);
    super.onEndTag(...given);
  }
}

class BoundedTokenizer extends RunTokenizer {
  /** Compares the attribute with all that the element has. */
  protected override _leaveAttrName(): void {
    const token = this.currentToken;
    if (token !== null && 'attrs' in token && token.attrs.length === MOST_ATTRIBUTES)
      throw tooHeavy(`an element with more than ${MOST_ATTRIBUTES} attributes`);
    super._leaveAttrName();
  }
}

// The adapter.

/**
 * cheerio's adapter, but for what every node passes: attributes stand in an ordinary object instead of a hash table, the
 * tables of their namespaces are made only where one has a namespace (in SVG and MathML), and no array is asked for what
 * stands before its first item. Nodes are looked for among their siblings from the end, where parsers work.
 */
const TREE_ADAPTER: Adapter = {
  ...adapter,
  createElement,
  createCommentNode,
  createTextNode,
  adoptAttributes,
  appendChild,
  insertBefore,
  insertText,
  insertTextBefore,
  detachNode,
};

/** As cheerio has them. */
const OPTIONS = { treeAdapter: TREE_ADAPTER, scriptingEnabled: true, sourceCodeLocationInfo: false };

/** Makes objects that inherit no names, like `Object.create(null)`, which however makes hash tables. */
const Attribs = nameless as unknown as new () => Record<string, string>;
nameless.prototype = Object.create(null);
function nameless(): void {}

function createElement(...[name, namespace, attributes]: Parameters<Adapter['createElement']>): Element {
  countNode();
  const attribs = new Attribs();
  for (const attribute of attributes) {
    if (attribute.namespace !== undefined) return adapter.createElement(name, namespace, attributes);
    attribs[attribute.name] = attribute.value;
  }
  const element = new Element(name, attribs, []);
  element.namespace = namespace;
  return element;
}

function createCommentNode(
  ...given: Parameters<Adapter['createCommentNode']>
): ReturnType<Adapter['createCommentNode']> {
  countNode();
  return adapter.createCommentNode(...given);
}

function createTextNode(text: string): Text {
  countNode();
  return new Text(text);
}

/** Of a second `<html>` or `<body>`, whose attributes have no namespace. */
function adoptAttributes(...[{ attribs }, attributes]: Parameters<Adapter['adoptAttributes']>): void {
  for (const { name, value } of attributes) attribs[name] ??= value;
}

function appendChild(...[parent, node]: Parameters<Adapter['appendChild']>): void {
  const { children } = parent;
  if (children.length > 0) {
    const last = children[children.length - 1] as (typeof children)[number];
    last.next = node;
    node.prev = last;
  }
  children.push(node);
  node.parent = parent;
}

function insertText(...[parent, text]: Parameters<Adapter['insertText']>): void {
  const { children } = parent;
  const last = children.length > 0 ? children[children.length - 1] : undefined;
  if (last?.type === 'text') last.data += text;
  else appendChild(parent, createTextNode(text));
}

function insertBefore(...[parent, node, before]: Parameters<Adapter['insertBefore']>): void {
  const { children } = parent;
  const at = children.lastIndexOf(before);
  countSteps(children.length - at);
  const { prev } = before;
  if (prev !== null) prev.next = node;
  node.prev = prev;
  before.prev = node;
  node.next = before;
  children.splice(at, 0, node);
  node.parent = parent;
}

function insertTextBefore(...[parent, text, before]: Parameters<Adapter['insertTextBefore']>): void {
  const { prev } = before;
  if (prev?.type === 'text') prev.data += text;
  else insertBefore(parent, createTextNode(text), before);
}

function detachNode(node: Parameters<Adapter['detachNode']>[0]): void {
  const { parent, prev, next } = node;
  if (parent === null) return;
  const { children } = parent;
  const at = prev === null ? 0 : children.lastIndexOf(node);
  countSteps(1 + (children.length - at));
  node.prev = null;
  node.next = null;
  if (prev !== null) prev.next = next;
  if (next !== null) next.prev = prev;
  children.splice(at, 1);
  node.parent = null;
}

// A tree that somebody else built.

/** A node as a browser gives it: in document order, each behind the one that it stands in. */
export interface ForeignNode {
  /** Index of the node that it stands in; -1 for the document. */
  readonly parent: number;
  /** In lower case; begins with `#` where it is no element. */
  readonly name: string;
  /** Of a text or comment. */
  readonly value: string;
  /** Names and values in turn. */
  readonly attributes: readonly string[];
}

/** The same tree in this program's form; a node for each, null for what is no part of a document. */
export function adoptTree(foreign: readonly ForeignNode[]): {
  readonly root: Root;
  readonly nodes: (AnyNode | null)[];
} {
  const root = new Root([]);
  const nodes: (AnyNode | null)[] = [];
  for (const { parent, name, value, attributes } of foreign) {
    if (parent < 0) {
      nodes.push(root);
      continue;
    }
    const above = nodes[parent] ?? null;
    const node = nodeOf(name, value, attributes);
    nodes.push(node);
    if (node !== null && above !== null && 'children' in above) appendChild(above, node);
  }
  return { root, nodes };
}

function nodeOf(name: string, value: string, attributes: readonly string[]): Text | Comment | Element | null {
  if (name === '#text') return new Text(value);
  if (name === '#comment') return new Comment(value);
  if (/^(?:#|::)/.test(name)) return null;
  const attribs = new Attribs();
  for (let i = 0; i + 1 < attributes.length; i += 2) attribs[attributes[i] ?? ''] = attributes[i + 1] ?? '';
  return new Element(name, attribs, []);
}
