/** Is everything in the body the article's, and all of it there? */
import { type Flag, flag } from '../../flags.ts';
import type { Element } from '../../html/html.ts';
import { solidLength, textOf } from '../amount.ts';
import type { Body } from '../body.ts';
import { hasContent } from '../content.ts';
import { nameOf } from '../ledger.ts';
import { MOST_OF_A_KIND, type Reading } from './reading.ts';

/** Foreign blocks, bare and hidden text, and an end that is none. */
export function checkBody(reading: Reading): readonly Flag[] {
  const { bodies } = reading;
  return [
    ...bodies.flatMap((body) => [...frameInside(body), ...elementsIn(body), ...bareText(body)]),
    ...length(reading),
  ];
}

/** Blocks of the frame that noise rules took out of the body, and the headings of such blocks. */
function frameInside({ removed, lines, elements }: Body): readonly Flag[] {
  const frames = removed.filter(({ rule }) => 'frame' in rule).map(({ rule }) => flag('frame-in-body', rule.name));
  const headings = lines.filter((line) => HEADING.test(line)).map((line) => flag('frame-in-body', line));
  return [...frames, ...headings, ...linkLists(elements)];
}

/** Paragraphs or items that are nothing but links to articles, as lists of related articles are. */
function linkLists(elements: Body['elements']): readonly Flag[] {
  const links = elements.filter(
    (element) => element.name === 'a' && element.attribs.href?.includes('.shtml') === true && standsAlone(element),
  );
  const told = links.slice(0, MOST_OF_A_KIND).map((link) => textOf(link, EXCERPT));
  return links.length < 2 ? [] : [flag('frame-in-body', `links alone: ${told.join(', ')}`)];
}

function standsAlone(link: Element): boolean {
  const block = link.parent;
  if (block === null || !('name' in block) || !/^(?:p|li|div)$/.test(block.name)) return false;
  const length = solidLength(textOf(link));
  return length > 0 && length === solidLength(textOf(block));
}

/** What stands above such a block. */
export const HEADING =
  /^(?:相关(?:阅读|推荐|新闻|文章|链接)|推荐阅读|热门(?:评论|推荐)|全部评论|最新评论|网友评论|发表评论|猜你喜欢|最新闻|快讯|作者最近文章|小编最近文章)\s*(?:[:：].{0,60}|\d*条?)?$/;

/** What editors write; a paste from elsewhere brings classes and ids along, but only to these. */
const ORDINARY: ReadonlySet<string> = new Set(
  (
    'a abbr b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em embed figcaption figure ' +
    'font h1 h2 h3 h4 h5 h6 hr i iframe img ins kbd li mark object ol p param picture pre q rp rt ruby s samp small source span ' +
    'strike strong sub sup table tbody td tfoot th thead tr track tt u ul var video audio wbr o:p'
  ).split(' '),
);
/** Of these, a name shows that a program made them, not an editor. */
const BLOCKS: ReadonlySet<string> = new Set(['div', 'ul', 'ol', 'dl']);
const KNOWN_BLOCK = /^(?:.*center.*|.*caption.*|content-(?:pic|quote).*|Mso\w+|ql-.*|ke-.*|text-\w+|list-\w+)$/i;
const HIDDEN = /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])/i;

/** More than a flag's detail can show. */
const EXCERPT = 500;

function elementsIn({ elements, strays }: Body): readonly Flag[] {
  const told = (element: Element) => `${nameOf(element)} inside the body: ${textOf(element, EXCERPT)}`;
  const unknown = elements.values().filter((each) => isUnknown(each) && !strays.includes(each) && hasContent([each]));
  const hidden = elements.values().filter((each) => isHidden(each) && hasContent([each]));
  return [
    ...unknown.take(MOST_OF_A_KIND).map((element) => flag('unknown-block', told(element))),
    ...hidden.take(MOST_OF_A_KIND).map((element) => flag('hidden-text', told(element))),
  ];
}

function isHidden({ attribs }: Element): boolean {
  return HIDDEN.test(attribs.style ?? '') || attribs.hidden !== undefined;
}

function isUnknown({ name, attribs }: Element): boolean {
  if (!ORDINARY.has(name)) return true;
  if (!BLOCKS.has(name)) return false;
  const names = `${attribs.class ?? ''} ${attribs.id ?? ''}`.split(/\s+/).filter((each) => each !== '');
  return names.some((each) => !KNOWN_BLOCK.test(each));
}

/** A text between paragraphs stands in none; a body without paragraphs is written with `<br>`. */
function bareText({ tree, strays }: Body): readonly Flag[] {
  const nodes = tree.contents().toArray();
  const has = (name: string) => nodes.some((node) => node.type === 'tag' && node.name === name);
  if (!has('p') || has('br')) return [];
  return nodes
    .filter((node) => node.type === 'text' && node.data.trim() !== '' && !strays.includes(node))
    .map((node) => flag('unaccounted-text', `text inside the body: ${textOf(node, EXCERPT)}`));
}

function length({ bodies, article }: Reading): readonly Flag[] {
  const lines = bodies.flatMap((body) => body.lines);
  const characters = lines.reduce((sum, line) => sum + solidLength(line), 0);
  const shows = bodies.some(({ amount }) => amount.pictures > 0);
  const flags: Flag[] = [];
  const summary = solidLength(article.summary ?? '');
  if (!shows && characters < summary)
    flags.push(flag('body-too-short', `${characters} characters, the summary has ${summary}`));
  const last = lines.at(-1) ?? '';
  if (!shows && UNFINISHED.test(last)) flags.push(flag('body-ends-abruptly', last.slice(-30)));
  return flags;
}

/** What no text ends with. */
export const UNFINISHED = /[，、；,（“‘《【(—]$/;
