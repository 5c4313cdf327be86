/**
 * The forms that the values of an article have: what is a headline, a source, a keyword, a clock. A value of another form
 * is kept as printed and doubted. People have forms of their own.
 */
import { type Flag, flag } from '../flags.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';
import { type CheckInput, MOST_OF_A_KIND } from './check-input.ts';
import { textOf } from './column.ts';
import { readTimes } from './fields.ts';
import { inColumn } from './find-article.ts';
import { elementsBelow, isElement, oneLine } from './html.ts';
import { hasAddressForm } from './pictures.ts';

/** A value and its field's name, for people. */
interface Value {
  readonly field: string;
  readonly text: string;
  readonly isLike: (text: string) => boolean;
}

/** Values that have not the form of their field. */
export function checkValues(input: CheckInput): readonly Flag[] {
  return valuesOf(input)
    .filter(({ text, isLike }) => !isLike(text))
    .map(({ field, text }) => flag('value-unlike', `${field}: ${text}`));
}

function valuesOf(input: CheckInput): readonly Value[] {
  const { article, found, address, site } = input;
  const { title, originalTitle, source, keywords, topic, summary } = article;
  const isHeadline = address.date === null ? isPostHeadline : isNewsHeadline;
  const { clock } = found.layout.fields;
  const printed = readTimes(found);
  const pictures = article.images.slice(0, MOST_PICTURES).map(({ src }) => src);
  const each = (field: string, texts: readonly (string | null | undefined)[], isLike: Value['isLike']) =>
    texts.flatMap((text) => (text ? [{ field, text, isLike }] : []));
  return [
    ...each('title', [title], isHeadline),
    ...each('mark in the title', marksIn(input), () => false),
    ...each('original title', [originalTitle], isNewsHeadline),
    ...each('source', [source], isSource),
    ...each('keyword', keywords, isKeyword),
    ...each('keyword again', repeatedIn(keywords), () => false),
    ...each('link of a keyword', strangeKeywordLinks(input), () => false),
    ...each('topic', [topic?.name], isKeyword),
    ...each('topic beside its picture', otherTopics(input), () => false),
    ...each('topic’s address', [topic?.url], (url) => isTopicAddress(url, site)),
    ...each('summary', [summary], isProse),
    ...each('picture', pictures, (src) => hasAddressForm(src, site)),
    // One that says nothing has a flag of its own.
    ...each('time', [article.clock.published && printed.published, printed.updated], (text) => clock.test(text)),
  ];
}

// Words. Programs leave their own marks where a value is missing or was written twice over: braces, tags, character
// references, escapes, addresses. In words a bracket of that kind holds Chinese, if it stands there at all.

const HAN = '\\p{Script=Han}';
/** Letters, digits and the marks that stand between them; the rest is an alternative each. */
const WORDS = new RegExp(
  [
    `^(?:[\\p{L}\\p{M}\\p{N}\\s.,:;?!'"()*+\\-%#@$^~=|…]`,
    `[\\p{P}\\p{S}\\p{Cf}\\p{Co}](?<![\\x00-\\x7f])`, // Chinese marks; what shows nothing has a flag of its own
    `[{[<](?=[\\s%{]{0,3}${HAN})`,
    `[}\\]>](?<=${HAN}[\\s%}]{0,3}.)`,
    `\\\\(?=${HAN})`,
    `_(?=${HAN})`,
    `_(?<=${HAN}.)`,
    `&(?!#?\\w{1,31};)`,
    `/(?!/))+$`,
  ].join('|'),
  'u',
);
/** What programs and editors print for a value that is not there. */
const NO_VALUE =
  /(?:^|[^A-Za-z])(?:null|undefined|NaN)(?:$|[^A-Za-z])|^(?:none|nil|true|false|n\/a|无|空|暂无|未知|待补|待定|默认|测试)$|object Object/i;
const HAS_HAN = new RegExp(HAN, 'u');

function isWords(text: string, most: number): boolean {
  return text.length <= most && WORDS.test(text) && !NO_VALUE.test(text) && !LABEL.test(text) && !/www\.\w/i.test(text);
}

/** Of an article: in Chinese, without the name of the site behind it. */
export function isNewsHeadline(text: string): boolean {
  return HAS_HAN.test(text) && text.replace(/\s+/g, '').length >= SHORTEST_HEADLINE && isPostHeadline(text);
}

/** Of a community post, which may be all in Latin letters. */
export function isPostHeadline(text: string): boolean {
  return isWords(text, LONGEST_HEADLINE) && /\p{L}/u.test(text) && !/[-_—|]\s?(?:观察者网|风闻)/.test(text);
}

const LONGEST_HEADLINE = 150;
/** The shortest of 217 that lists printed in 2020 and 2026. */
const SHORTEST_HEADLINE = 4;

/** Some words in Chinese; a summary may name an address. */
function isProse(text: string): boolean {
  return (
    text.length <= 2 * LONGEST_SUMMARY &&
    HAS_HAN.test(text) &&
    isWords(text.replace(/https?:\/\/[\w./?=&%-]{1,200}/g, ''), LONGEST_SUMMARY)
  );
}

const LONGEST_SUMMARY = 2000;

/** Short, and no sentence; a number only as long as a year (`2022`). Some keywords of the site are lists set with spaces. */
export function isKeyword(text: string): boolean {
  return (
    isWords(text, LONGEST_KEYWORD) &&
    /\p{Script=Han}|[A-Z]|^\d{1,4}$/u.test(text) &&
    !/[。！？；;，,、@|]|\d{5}/.test(text)
  );
}

const LONGEST_KEYWORD = 30;

/** Of so many the address is looked at. */
const MOST_PICTURES = 1000;

/** No article has nearly so many keywords. */
const MOST_LINKS = 100;

function repeatedIn(texts: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return texts.filter((text) => seen.size === seen.add(text).size);
}

/** A headline is nothing but text: what else stands there with words in it is a badge, or another text. */
function marksIn({ found }: CheckInput): readonly string[] {
  const headline = inColumn(found.column, found.layout.fields.title).slice(0, 1).toArray();
  return elementsBelow(headline)
    .slice(0, MOST_OF_A_KIND)
    .map((each) => oneLine(textOf(each, LONGEST_HEADLINE)));
}

/** The picture of a topic's box has its name (site.md, 2.3); null where there is no box. */
function otherTopics({ found, article: { topic } }: CheckInput): readonly (string | undefined)[] {
  if (found.layout.fields.topic === null) return [];
  const pictures = inColumn(found.column, '> div.img-special > a img').toArray().filter(isElement);
  return pictures.map(({ attribs }) => attribs.alt).filter((name) => name !== topic?.name);
}

/** Each links to a search for itself (site.md, 2.3); null where the layout has none. */
function strangeKeywordLinks({ found }: CheckInput): readonly string[] {
  if (found.layout.fields.topic === null) return [];
  const links = inColumn(found.column, found.layout.fields.keywords ?? '')
    .toArray()
    .filter(isElement);
  return links.slice(0, MOST_LINKS).flatMap((link) => {
    const word = oneLine(textOf(link));
    const wanted = URL.parse(link.attribs.href ?? '', 'https://user.guancha.cn')?.searchParams.get('keyword');
    return word === '' || oneLine(wanted ?? '') === word ? [] : [`${word} → ${link.attribs.href}`];
  });
}

/**
 * The name of a paper, an agency, an account, or several of them: Chinese or Latin letters with short numbers
 * (`36氪`, `CCTV4`), joined, in brackets or in quotes. A colon stands only behind what kind of account it is.
 */
export function isSource(text: string): boolean {
  if (text.length > LONGEST_SOURCE) return false;
  const name = text.replace(/(?:公众号|视频号|微博|账号|ID)\s?[:：]/, ' ');
  return SOURCE.test(name) && /\p{Script=Han}|[A-Z]/u.test(name) && !NO_VALUE.test(name) && !LABELS.test(name);
}

const LONGEST_SOURCE = 60;
const SOURCE = /^(?!.*\d{5})[\p{Script=Han}A-Za-z\d ·•.&+@“”‘’"'《》〈〉「」（）()【】、，,/|｜—-]{2,40}$/u;
/** Words that the frame of a page prints before other values: one of them apart means that two values ran together. */
const NAME_OF_FIELD =
  '(?:责任编辑|责编|编辑|作者|记者|审核|校对|监制|原标题|标题|标签|关键词|字号|时间|阅读|评论|分享|来源|稿源)';
const LABEL = new RegExp(`(?:^|[\\s｜|（(])${NAME_OF_FIELD}\\s?[：:]`);
const LABELS = new RegExp(`(?:^|[\\s｜|（(])${NAME_OF_FIELD}(?:$|[\\s）)])|[来稿]源`);

/** A topic has a page of its own on the site, and is no article. */
function isTopicAddress(url: string, site: Site): boolean {
  return url.startsWith(`${site.www}/`) && parseArticleUrl(url, site) === null;
}
