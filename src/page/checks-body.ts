/** Checks of the body: everything in it belongs to the article, and nothing is missing. */
import { type Flag, type FlagCode, flag } from '../flags.ts';
import type { Article } from '../model.ts';
import { type Body, isWhole, partUrls, readBody } from './body.ts';
import { type CheckInput, comparableText } from './check-input.ts';
import { nameOf, textOf } from './column.ts';
import { readTitle } from './fields.ts';
import { findArticle } from './find-article.ts';
import type { AnyNode, Element } from './html.ts';
import { isPlaceholder, PICTURE, pictureAddress } from './picture-address.ts';

/** Foreign blocks, and bare text. */
export function checkBody({ bodies }: CheckInput): readonly Flag[] {
  return bodies.flatMap((body) => [...frameInside(body), ...bareText(body)]);
}

/** Blocks of the frame that noise rules took out of the body, and the headings of such blocks. */
function frameInside({ removed, lines }: Body): readonly Flag[] {
  const frames = removed.filter(({ rule }) => 'frame' in rule).map(({ rule }) => flag('frame-in-body', rule.name));
  const headings = lines.filter((line) => HEADING.test(line)).map((line) => flag('frame-in-body', line));
  return [...frames, ...headings];
}

/** What stands above such a block. */
export const HEADING =
  /^(?:相关(?:阅读|推荐|新闻|文章|链接)|推荐阅读|热门推荐|(?:热门|全部|最新|网友|发表|精选|读者)?(?:评论|留言)|热评|猜你喜欢|最新闻|快讯|作者最近文章|小编最近文章)\s*(?:[:：].{0,60}|\d*条?)?$/;

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

// Pictures and players of the body: each has a usable address, and a caption that is clearly one.

export function checkPictures({ bodies, article }: CheckInput): readonly Flag[] {
  const images = bodies.flatMap(({ elements }) => elements.filter(({ name }) => name === 'img'));
  const unaddressed = images.flatMap((image) => {
    const src = pictureAddress(image, article.url);
    const hidden = unreadAddress(image);
    if (src !== null && !isPlaceholder(src, { data: false }) && (hidden === null || PICTURE.test(src))) return [];
    return [flag('picture-without-address', `${src ?? 'nothing'}; ${JSON.stringify(image.attribs)}`)];
  });
  return [
    ...unaddressed,
    ...bodies.flatMap(({ pictures, players }) => [
      ...pictures.captions.unclear.map(({ text }) => flag('caption-unread', text)),
      ...players.unaddressed.map((element) => flag('media-without-address', nameOf(element))),
      ...players.scripted.map((where) => flag('media-by-script', where)),
    ]),
  ];
}

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
  const lost = missingAnchor(first);
  if (lost !== null) flags.push(flag('parts-missing', `no anchor page_${lost}`));
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

/** The single-page form has an anchor where each part after the first begins. */
function missingAnchor({ index }: CheckInput['first']): number | null {
  const numbers = new Set(
    index.withId.map(({ attribs }) => Number(/^page_(\d{1,3})$/.exec(attribs.id ?? '')?.[1] ?? 1)),
  );
  for (let n = 2; n < Math.max(...numbers); n++) if (!numbers.has(n)) return n;
  return null;
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
