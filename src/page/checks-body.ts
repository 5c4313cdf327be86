/** Checks of the body: everything in it belongs to the article, and nothing is missing. */
import { type Flag, type FlagCode, flag } from '../flags.ts';
import type { Article } from '../model.ts';
import { type Body, isWhole, partUrls, readBody } from './body.ts';
import { type CheckInput, comparableText, MOST_OF_A_KIND } from './check-input.ts';
import { countText, nameOf, solidLength, textOf } from './column.ts';
import { readTitle } from './fields.ts';
import { findArticle } from './find-article.ts';
import { type AnyNode, type Element, oneLine } from './html.ts';
import { isPlaceholder, PICTURE, pictureAddress } from './picture-address.ts';

/** Foreign blocks, bare text, and an end that is none. */
export function checkBody(input: CheckInput): readonly Flag[] {
  const { bodies } = input;
  return [...bodies.flatMap((body) => [...frameInside(body), ...bareText(body)]), ...length(input)];
}

/** Blocks of the frame that noise rules took out of the body, and the headings of such blocks. */
function frameInside({ removed, lines, elements }: Body): readonly Flag[] {
  const frames = removed.filter(({ rule }) => 'frame' in rule).map(({ rule }) => flag('frame-in-body', rule.name));
  const headings = lines.filter((line) => HEADING.test(line)).map((line) => flag('frame-in-body', line));
  return [...frames, ...headings, ...linkLists(elements)];
}

/** Paragraphs or items that are nothing but links to articles, as lists of related articles are. */
function linkLists(elements: Body['elements']): readonly Flag[] {
  const blocks = new Map<AnyNode, number>(); // how much text each has
  const links = elements.filter(
    (element) =>
      element.name === 'a' && element.attribs.href?.includes('.shtml') === true && standsAlone(element, blocks),
  );
  const excerpts = links.slice(0, MOST_OF_A_KIND).map((link) => textOf(link, EXCERPT));
  return links.length < 2 ? [] : [flag('frame-in-body', `links alone: ${excerpts.join(', ')}`)];
}

function standsAlone(link: Element, blocks: Map<AnyNode, number>): boolean {
  const block = link.parent;
  if (block === null || !('name' in block) || !/^(?:p|li|div)$/.test(block.name)) return false;
  const whole = blocks.get(block) ?? countText([block]).characters;
  blocks.set(block, whole);
  return whole > 0 && whole === countText([link]).characters;
}

/** What stands above such a block. */
export const HEADING =
  /^(?:相关(?:阅读|推荐|新闻|文章|链接)|推荐阅读|热门(?:评论|推荐)|全部评论|最新评论|网友评论|发表评论|猜你喜欢|最新闻|快讯|作者最近文章|小编最近文章)\s*(?:[:：].{0,60}|\d*条?)?$/;

/** More than a flag's detail can show. */
const EXCERPT = 500;

/** A text between paragraphs stands in none; a body without paragraphs is written with `<br>`. */
function bareText({ tree, unclaimed }: Body): readonly Flag[] {
  const nodes = tree.contents().toArray();
  const outside = new Set(unclaimed);
  const has = (name: string) => nodes.some((node) => node.type === 'tag' && node.name === name);
  if (!has('p') || has('br')) return [];
  return nodes
    .filter((node) => node.type === 'text' && node.data.trim() !== '' && !outside.has(node))
    .map((node) => flag('unaccounted-text', `text inside the body: ${textOf(node, EXCERPT)}`));
}

function length({ bodies, article }: CheckInput): readonly Flag[] {
  const lines = bodies.flatMap((body) => body.lines);
  const characters = lines.reduce((sum, line) => sum + solidLength(line), 0);
  const shows = bodies.some(({ textCount }) => textCount.pictures > 0);
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

// The text account: every character of the column is accounted for, and every block that prints something gave a value.

/** What no rule knows, a account that does not close, and fields that are empty though their block is not. */
export function checkColumn({ bodies, account, article }: CheckInput): readonly Flag[] {
  const { characters, pictures } = account.missing;
  const open =
    characters !== 0 || pictures !== 0 ? [flag('ledger-open', `${characters} and ${pictures} pictures`)] : [];
  const unclaimed = bodies.flatMap(({ column }) => [
    ...column.before.toArray().map((node) => unclaimedBlock(node, 'above the body, kept')),
    ...column.after.toArray().map((node) => unclaimedBlock(node, 'below the body, kept')),
    ...column.elsewhere.toArray().map((node) => unclaimedBlock(node, 'left out')),
  ]);
  const unread = account.rows.flatMap(({ disposition, name }) =>
    disposition === 'field' && name !== null && isEmpty(article, name) ? [flag('unread-field', name)] : [],
  );
  return [...open, ...unclaimed, ...unread];
}

function unclaimedBlock(node: AnyNode, place: string): Flag {
  const code: FlagCode = node.type === 'text' ? 'unaccounted-text' : 'unknown-block';
  return flag(code, `${nameOf(node)} ${place}: ${textOf(node, EXCERPT)}`);
}

function isEmpty(article: CheckInput['article'], field: string): boolean {
  if (field === 'published' || field === 'updated') return article.clock[field] === null;
  const value = article[field as keyof Omit<Article, 'flags'>];
  return value === null || (Array.isArray(value) && value.length === 0);
}

// Pictures of the body: each has a usable address, and stands in a paragraph where its caption can be found.

export function checkPictures({ bodies, article }: CheckInput): readonly Flag[] {
  const images = bodies.flatMap(({ elements }) => elements.filter(({ name }) => name === 'img'));
  const loose = images
    .filter((image) => captionLine(image) !== '')
    .map((image) => flag('caption-unread', captionLine(image)));
  return images
    .flatMap((image) => {
      const src = pictureAddress(image, article.url);
      const hidden = unreadAddress(image);
      if (src !== null && !isPlaceholder(src, { data: false }) && (hidden === null || PICTURE.test(src))) return [];
      return [flag('picture-without-address', `${src ?? 'nothing'}; ${JSON.stringify(image.attribs)}`)];
    })
    .concat(loose);
}

/** The short line below a picture on a page that breaks lines with `<br>` instead of paragraphs; empty where there is none. */
function captionLine(image: Element): string {
  let sawBreak = false;
  let line = '';
  for (let node = image.next; node !== null; node = node.next) {
    const isBreak = node.type === 'tag' && node.name === 'br';
    if (isBreak && line !== '') break;
    sawBreak ||= isBreak;
    if (node.type === 'tag' && !isBreak && !INLINE.includes(node.name)) return '';
    if (node.type === 'text' || node.type === 'tag') line += oneLine(textOf(node));
  }
  return sawBreak && line.length <= SHORT ? line : '';
}

const INLINE = ['span', 'font', 'strong', 'em', 'b', 'i', 'a'];
const SHORT = 80;

const READ = ['src', 'data-original', 'data-src', 'original', 'url', 'alt', 'title', 'srcset'];

/** The address of a picture in an attribute that a rule reads only where `src` is a placeholder; null if there is none. */
function unreadAddress({ attribs }: Element): string | null {
  return Object.entries(attribs).find(([name, value]) => !READ.includes(name) && PICTURE.test(value))?.[1] ?? null;
}

// The parts of an article: all are there, belong together, and meet without a gap or an overlap.

/** Missing, repeated, foreign and overlapping parts, and a single-page form that says something else. */
export function checkParts(input: CheckInput): readonly Flag[] {
  const { first, parts, bodies, article } = input;
  const flags: Flag[] = [];
  const named = partUrls(first).length + 1;
  if (parts.length < named && !isWhole(first)) flags.push(flag('parts-missing', `${parts.length} of ${named}`));
  if (article.pages < parts.length)
    flags.push(flag('parts-disagree', `${parts.length} parts were read, ${article.pages} of them differ`));
  for (const [i, part] of parts.entries()) {
    const found = findArticle(part);
    const title = found === null ? null : readTitle(found);
    if (i > 0 && title !== null && !withoutNumber(title).startsWith(withoutNumber(article.title)))
      flags.push(flag('parts-disagree', `part ${i + 1} is titled ${title}`));
    const last = bodies[i - 1]?.lines.at(-1);
    const next = bodies[i]?.lines[0];
    if (last !== undefined && next !== undefined && comparableText(last) === comparableText(next))
      flags.push(flag('parts-disagree', `parts ${i} and ${i + 1} both have: ${next}`));
  }
  return [...flags, ...againstSingle(input)];
}

/** The single-page form is the first part again, or all of them. */
function againstSingle({ bodies, others, article, site }: CheckInput): readonly Flag[] {
  const found = others.single === null ? null : findArticle(others.single);
  if (others.single === null || found === null) return [];
  const single = comparableBody([readBody(others.single, found, article.url, site)]);
  const agrees = single === comparableBody(bodies) || single === comparableBody(bodies.slice(0, 1));
  return agrees ? [] : [flag('parts-disagree', `the single-page form has ${single.length} characters of its own`)];
}

function comparableBody(bodies: readonly Body[]): string {
  return bodies.map(({ lines }) => comparableText(lines.join(''))).join('');
}

/** A later part may be titled with its number, `…（2）`. */
function withoutNumber(title: string): string {
  return comparableText(title).replace(/[（(]\d+[）)]$/, '');
}
