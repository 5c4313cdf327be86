/** Checks of the text as a text: it is whole, it is there once, all of it is the article's, and none of it is markup. */
import { type Flag, flag } from '../flags.ts';
import type { Site } from '../site/address.ts';
import type { Body } from './body.ts';
import { readByline } from './byline.ts';
import { notesOf, strayAt, strayReference } from './characters.ts';
import { type CheckInput, comparableText, MOST_OF_A_KIND } from './check-input.ts';
import { solidLength, textOf } from './column.ts';
import { absoluteUrl, type Element, oneLine } from './html.ts';
import { checkForms } from './line-forms.ts';
import type { Line } from './lines.ts';
import { PICTURE } from './picture-address.ts';
import { beginsInside, gapInNumbers, hasEnd, seen, stopsShort, trailsOff } from './sentences.ts';

export function checkText(input: CheckInput): readonly Flag[] {
  return [...checkWhole(input), ...checkOnce(input), ...checkOwn(input), ...checkPlain(input), ...checkForms(input)];
}

// Whole: each line is a sentence or has the form of something else, and nothing says that there is more to read.

/** A body shorter than its summary, lines that stop in the middle of a sentence, and lines about the rest of the text. */
function checkWhole({ bodies, article }: CheckInput): readonly Flag[] {
  const lines = bodies.flatMap(({ printed }) => printed);
  const flags: Flag[] = [];
  const characters = lines.reduce((sum, { text }) => sum + solidLength(text), 0);
  const summary = solidLength(article.summary ?? '');
  if (lines.every(({ shown }) => shown.length === 0) && characters < summary)
    flags.push(flag('body-too-short', `${characters} characters, the summary has ${summary}`));
  for (const { text } of lines) {
    const printed = text.length > LONGEST_COUNT ? null : COUNT.exec(text);
    const count = Number(printed?.[1] ?? printed?.[2] ?? 0);
    if (count > 2 * characters) flags.push(flag('body-too-short', `${characters} characters, counted: ${text}`));
  }
  const captions = new Set(bodies.flatMap(({ pictures }) => [...pictures.captions.lines]));
  const cut = lines.filter((line, i) => isCut(line, lines[i + 1]) && !captions.has(line));
  const last = lines.at(-1)?.text ?? '';
  const texts = lines.flatMap(({ text, holder }) => (text === '' || holder !== null ? [] : [seen(text)]));
  const gap = gapInNumbers(lines.map(({ text, holder }) => ({ text: seen(text), isAside: holder !== null })));
  return [
    ...flags,
    ...texts.filter(beginsInside).map((text) => flag('text-incomplete', `begins inside a sentence: ${text}`)),
    ...(trailsOff(last) ? [flag('text-incomplete', `trails off: …${last.slice(-30)}`)] : []),
    ...(gap === null ? [] : [flag('text-incomplete', `no number before: ${gap}`)]),
    ...cut.slice(0, MOST_OF_A_KIND).map(({ text }) => flag('text-incomplete', `stops short: …${text.slice(-30)}`)),
    ...lines.filter((line) => speaksOfRest(line, article.url)).map(({ text }) => flag('text-incomplete', text)),
  ];
}

/** How long the text is by a line of its own. */
const COUNT = /(?:本文|全文|全篇)[约共计有\s]{0,4}(\d{3,7})\s?字|字数\s?[:：]?\s?(?:约|共)?\s?(\d{3,7})/;
const LONGEST_COUNT = 40;
const LONGEST_SUBHEAD = 60;
/** Lines of verse end with a comma. */
const LONGEST_VERSE = 20;

function isCut(line: Line, next: Line | undefined): boolean {
  const { text, place, holder, align, isStrong } = line;
  if (text === '' || place === 'heading' || place === 'caption' || place === 'code' || holder !== null) return false;
  if (align !== null && !/[，、,]$/.test(text)) return false;
  if (isStrong && solidLength(text) <= LONGEST_SUBHEAD && !/[，、,]$/.test(text)) return false;
  if (next !== undefined && /[，、,]$/.test(text) && solidLength(text) <= LONGEST_VERSE) return !isVerse(next);
  return stopsShort(text, { isLast: next === undefined });
}

function isVerse({ text }: Line): boolean {
  return text !== '' && solidLength(text) <= LONGEST_VERSE;
}

/** What is left to read, and beside it what a reader is to do for it. */
const REST =
  '(?:全文|余下|剩余|后续内容|更多(?:精彩)?内容|完整(?:内容|文章|版|报道)|隐藏(?:的)?内容|正文|下一页|下页|剩下的?(?:内容|部分))';
const ACT =
  '(?:点击|点此|点这里|戳|展开|查看|阅读|可读|可见|解锁|登录|登陆|注册|订阅|开通|购买|付费|扫码|扫描|长按|下载|打开|前往|会员|观察员|继续)';
const CALL_FOR_REST = new RegExp(`${ACT}[^。，！？]{0,12}${REST}|${REST}[^。！？]{0,12}${ACT}`);
/** Nothing but the way to the rest. */
const FOLD =
  /^[（(【[<《]?\s*(?:(?:点击|继续|展开|查看|阅读|显示)(?:此处|这里)?(?:展开|查看|阅读|显示|加载)?(?:全文|余下全文|余下|更多|剩余\S{0,12}|下一页|全部)?|余下全文|全文|更多|[上下]一页|[上下]页|未完待续|未完|待续|next\s*page|read\s*more|continue\s*reading|(?:第\s*)?\d{1,2}\s*[/／]\s*\d{1,2}(?:\s*页)?)\s*[）)\]】>》.…。»›↓▼]{0,3}$/i;
/** Numbers of pages, and words for the pages before and behind. */
const NUMBERS =
  /^(?:(?:首页|上一页|上页|<|«)\s*)?(?:\[?\d{1,2}\]?[\s|]+){1,40}\[?\d{0,2}\]?\s*(?:\.{3}|…)?\s*(?:下一页|下页|尾页|末页|余下全文|>|»|\s){0,6}$/;
const LONGEST_CALL = 60;

function speaksOfRest({ text, links, holder }: Line, url: string): boolean {
  const words = seen(text);
  if (links.some((link) => isFold(link, url))) return true;
  if (words.length > LONGEST_CALL)
    return /(?:点击|登录|订阅|下载|扫码|开通)\S{0,16}(?:阅读|查看|解锁)(?:全文|余下|剩余|完整)/.test(words);
  if (FOLD.test(words) || (holder === null && NUMBERS.test(words) && /\d\D+\d|页/.test(words))) return true;
  return CALL_FOR_REST.test(words) && !hasSentenceOf(words);
}

/** A sentence that tells of somebody is none that calls on the reader. */
function hasSentenceOf(words: string): boolean {
  return /[“”]|(?:他|她|记者|网友|有人|用户|读者)[^，。]{0,12}(?:点击|阅读|查看|购买|下载)/.test(words);
}

const OWN = /全文|更多|详情|展开|继续|余下|查看/;

/** A link that unfolds, or that leads to the article itself. */
function isFold(link: Element, url: string): boolean {
  const words = oneLine(textOf(link, LONGEST_CALL));
  if (words !== '' && FOLD.test(words)) return true;
  return OWN.test(words) && absoluteUrl(link.attribs.href, url)?.replace(/[?#].*$/, '') === url;
}

// Once: no paragraph and no half of the text is there again.

/** Shorter paragraphs may be said twice: questions, refrains. */
const SHORTEST_REPEATED = 20;
/** More of the text's sentences than this do not come twice, in characters: leads and pulled quotations do. */
const MOST_REPEATED = 0.25;

function checkOnce({ bodies, article }: CheckInput): readonly Flag[] {
  const seenLines = new Set<string>();
  const sentences = new Set<string>();
  let [all, again] = [0, 0];
  const flags: Flag[] = article.images
    .filter(({ src }, i) => article.images[i - 1]?.src === src)
    .map(({ src }) => flag('text-twice', src));
  const [first, second] = bodies[0]?.lines ?? [];
  if (second !== undefined && comparableText(first ?? '') === comparableText(article.title))
    flags.push(flag('text-twice', `the headline: ${first}`));
  let before = '';
  for (const { text, place, isStrong } of bodies.flatMap(({ printed }) => printed)) {
    if (isDraft(before, text)) flags.push(flag('text-twice', text));
    if (text !== '') before = text;
    const plain = comparableText(text).replace(/[\p{P}\p{S}]/gu, '');
    if (plain.length < SHORTEST_REPEATED) continue;
    if (isStrong || place === 'quote') continue; // pulled out of the text
    if (seenLines.has(plain) || isDoubled(plain)) flags.push(flag('text-twice', text));
    seenLines.add(plain);
    for (const sentence of comparableText(text).split(/[。！？；]/)) {
      all += sentence.length;
      if (sentences.has(sentence)) again += sentence.length;
      if (sentence.length >= SHORTEST_REPEATED) sentences.add(sentence);
    }
  }
  if (flags.length === 0 && again > all * MOST_REPEATED)
    flags.push(flag('text-twice', `${again} of ${all} characters`));
  return flags.slice(0, MOST_OF_A_KIND);
}

/** Fewer clauses may come in two paragraphs one behind the other. */
const LEAST_OF_DRAFT = 4;

/** Two states of one paragraph: but for its numbers, all of the shorter one stands in the other. Equally long are items. */
function isDraft(one: string, other: string): boolean {
  const [a = [], b = []] = [one, other].map(clausesOf).toSorted((x, y) => x.length - y.length);
  if (a.length < LEAST_OF_DRAFT || a.length === b.length || a[0] !== b[0] || /[:：]/.test(a[0] ?? '')) return false;
  const known = new Set(b);
  return a.every((clause) => known.has(clause));
}

function clausesOf(text: string): readonly string[] {
  return comparableText(text)
    .replace(/\d+/g, '0')
    .split(/[，。！？；]/)
    .filter((clause) => clause !== '');
}

function isDoubled(text: string): boolean {
  const half = text.length / 2;
  return half >= SHORTEST_REPEATED && Number.isInteger(half) && text.startsWith(text.slice(half));
}

// Its own: no line is a link, an advertisement, or the beginning of another article.

function checkOwn(input: CheckInput): readonly Flag[] {
  return input.bodies.flatMap((body) => [...foreignLines(body, input), ...secondArticle(body, input)]);
}

/** A label that says whose the words below are, where they are not the author's. */
const MARK =
  /^[【[（(〔]?\s*(?:广告|推广|赞助(?:内容)?|商业推广|AD|AI\s*(?:摘要|总结|速览|导读|生成)|智能(?:摘要|总结))\s*(?:[】\]）)〕:：|｜]|$|\s)|(?:内容|摘要|全文|文章)?由\s*(?:AI|人工智能|大模型)\s*(?:自动)?(?:生成|总结)/i;
/** What calls on the reader to go elsewhere. */
const CALL = /^[【[（(>»]?\s*(?:点击|立即|马上|戳|点此|去|前往|扫码|长按).{0,12}$/;
/** Labels of links that belong to the text: where it comes from. */
const SOURCES = /原文|来源|出处|译自|参考|引用|作者|转自|链接$/;

function foreignLines({ printed, players }: Body, { site }: CheckInput): readonly Flag[] {
  const frames = players.media.filter(({ kind, src }) => kind === 'iframe' && !PLAYS.test(src)).map(({ src }) => src);
  const lines = printed
    .filter((line) => isForeign(line, site))
    .map(({ text, links }) => text || (links[0]?.attribs.href ?? ''));
  return [...frames, ...lines].slice(0, MOST_OF_A_KIND).map((text) => flag('text-foreign', text));
}

/** An address of a player says what it plays. */
const PLAYS = /video|play|embed|live|vod|audio|music|[/.]v[./]|tv|map|\.(?:mp[34]|m3u8|flv|swf|s?html?)\b/i;

/** A picture that leads to another house; to a picture it would be its own larger form. */
function leadsAway(href: string, { www }: Site): boolean {
  const host = /^(?:https?:)?\/\/([^/?#:]{1,200})/i.exec(href)?.[1];
  const own = new URL(www).hostname.replace(/^www\./, '');
  return host !== undefined && !`.${host}`.endsWith(`.${own}`) && !PICTURE.test(href);
}

function isForeign({ text, links, isLink, shown }: Line, own: Site): boolean {
  const words = seen(text);
  if (words === '' && shown.length > 0) return links.some(({ attribs }) => leadsAway(attribs.href ?? '', own));
  if (words.length < LONGEST_LINE && MARK.test(words)) return true;
  if (links.length === 0 || words === '') return false;
  if (isLink) return !SOURCES.test(words) && !links.every(({ attribs }) => isAddress(words, attribs.href ?? ''));
  const linked = links.reduce((sum, link) => sum + solidLength(textOf(link)), 0);
  const label = /^([^：:。，]{1,12})[：:]/.exec(words)?.[1];
  if (label !== undefined && linked + label.length + 1 >= solidLength(words)) return !SOURCES.test(label);
  return links.some((link) => CALL.test(oneLine(textOf(link, LONGEST_CALL))));
}

const LONGEST_LINE = 400;

/** A source that is named by its address. */
function isAddress(words: string, href: string): boolean {
  return /^(?:https?:\/\/|www\.)/i.test(words) || href.startsWith('mailto:');
}

/** A date with the time, and a source behind it at most. */
const DATELINE =
  /^(?:发布时间|时间|日期)?[:：]?\s*\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s+来源.{0,30}|\s*\S{0,16})$/;

/** What stands once in an article, at its head: here it stands in the text. */
function secondArticle({ printed }: Body, { article, bodies }: CheckInput): readonly Flag[] {
  const flags: Flag[] = [];
  const isFirst = bodies[0]?.printed === printed;
  for (const [i, line] of printed.entries()) {
    const words = seen(line.text);
    if (words === '' || words.length > LONGEST_LINE) continue;
    if (DATELINE.test(words)) flags.push(flag('text-foreign', `a dateline: ${words}`));
    else if (line.isBehindRule && i > 0 && (line.place === 'heading' || line.isStrong) && !hasEnd(words))
      flags.push(flag('text-foreign', `a headline behind a rule: ${words}`));
    else if (isSecondByline(words, article.byline, { isBelow: i >= HEAD || !isFirst }))
      flags.push(flag('text-foreign', `a second byline: ${words}`));
  }
  return flags.slice(0, MOST_OF_A_KIND);
}

/** So many lines may stand before and beside the byline. */
const HEAD = 6;

/** Beside the byline only one in a bracket of its own is a second one, and only if it names nobody whom the first names. */
function isSecondByline(
  words: string,
  byline: CheckInput['article']['byline'],
  { isBelow }: { readonly isBelow: boolean },
): boolean {
  if (byline === null || words === byline.text) return false;
  if (!isBelow && (!/^[【[（(]\s?文/.test(words) || words.startsWith(byline.text))) return false;
  const second = readByline([words]);
  const names = new Set(byline.credits.flatMap((credit) => credit.names));
  return second !== null && (isBelow || !second.credits.some((credit) => credit.names.some((name) => names.has(name))));
}

// Plain: what a reader sees is language, not markup, a template or code.

const TAGS =
  'p|div|span|br|a|img|strong|b|em|i|u|font|table|tr|td|tbody|ul|ol|li|h[1-6]|script|style|iframe|video|section|article|blockquote|center|hr|input|button|form|svg';
/** Each with why it is no writing. What stands in quotes is quoted: `“&lt;”`. */
const MARKUP: readonly RegExp[] = [
  new RegExp(`</?(?:${TAGS})(?:\\s[^<>]{0,300})?/?>`, 'i'),
  /&(?:nbsp|lt|gt|amp|quot|[lr][ds]quo|hellip|mdash|ndash|middot|emsp|ensp|bull|times|copy|#\d{2,6}|#x[0-9a-f]{2,6});/i,
  /\{\{\s*[\w$.|()[\]' -]{1,60}\s*\}\}|\$\{\s*[\w$.]{1,60}\s*\}|<%[=-]?|%>|\{%\s*\w[\w .='"]{0,60}\s*%\}|\{\/?(?:if|foreach|loop)\b|\[#[\w.]+\]/,
  /\[object Object\]|(?<![\w'"])(?:undefined|NaN)(?![\w'"])/,
  /\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[nrt](?:\\[nrt]|\p{Script=Han}|$)/iu,
  /<!--|-->|\]\]>|<!\[CDATA\[/,
  /\[\/?(?:img|url|b|i|u|quote|color|size|align)(?:=[^\]]{0,80})?\]/i,
  /!?\[[^\]\n]{0,80}\]\((?:https?:)?\/\/|\*\*\p{Script=Han}[^*]{0,60}\*\*/u,
  /\{"[\w-]{1,30}":|"[\w-]{1,30}":\s?["{[]/,
  /\b(?:function\s*\w{0,30}\s*\(|var\s+\w+\s*=|document\.(?:write|getElement|createElement)|window\.\w+\s*=|console\.log\()/,
  /\[email.protected\]|\ba:\d+:\{|data:\w+\/\w+;base64,/,
  /(?:^|[\s}])[.#]?[\w-]{1,40}\s*\{\s*[a-z-]{2,30}\s*:\s*[^{};]{1,60};/,
];
/** A line that is nothing else. */
const EMPTY_VALUE = /^(?:null|none|nil|false|true|undefined|nan)$/i;

function checkPlain({ bodies }: CheckInput): readonly Flag[] {
  const flags: Flag[] = [];
  const lines = bodies.flatMap(({ printed }) => printed);
  const notes = notesOf(lines.map(({ text }) => text));
  for (const { text, place, links } of lines) {
    if (text === '' || place === 'code') continue;
    const found = MARKUP.map((form) => form.exec(text)).find((match) => match !== null && !isQuoted(text, match));
    if (found != null) flags.push(flag('markup-as-text', excerpt(text, found.index)));
    else if (EMPTY_VALUE.test(text) || isEscaped(text, links)) flags.push(flag('markup-as-text', text));
    const damaged = lostCharacter(text) ?? strayAt(text) ?? strayReference(text, notes);
    if (damaged !== null) flags.push(flag('damaged-text', excerpt(text, damaged)));
  }
  return flags.slice(0, MOST_OF_A_KIND);
}

function isQuoted(text: string, { index, 0: found }: RegExpExecArray): boolean {
  return /[“‘「『"'`]/.test(text[index - 1] ?? '') && /[”’」』"'`]/.test(text[index + found.length] ?? '');
}

/** Han characters as bytes of an address, outside of one. */
function isEscaped(text: string, links: readonly Element[]): boolean {
  return links.length === 0 && /(?:^|[^\w/=?&%-])(?:%[0-9A-F]{2}){6}/i.test(text);
}

function excerpt(text: string, at: number): string {
  return text.slice(Math.max(0, at - 15), at + 30);
}

/** Characters of which foreign names are made; between two of them the site stores `·` as `?` (site.md, 6). */
const OF_NAMES =
  /[阿埃艾爱安昂奥澳巴班邦包保鲍贝本比彼别宾波伯博勃布茨查柴达大戴丹当道德登邓迪蒂丁东杜顿多恩尔法凡范菲费芬丰冯佛弗福富盖甘冈戈格葛贡古圭哈海汉豪赫黑亨洪侯胡华怀霍基吉加贾简杰捷金卡凯坎康考柯科克肯库夸拉莱赖兰朗劳勒雷里理力利莉丽连良列林琳隆卢鲁路伦罗洛马玛迈麦曼毛梅门蒙米密敏明摩莫默姆木穆拿纳娜南内尼妮涅宁纽努诺欧帕潘庞佩彭皮平珀普奇齐琪恰钱乔切琼丘让热仁日荣茹儒瑞若撒萨塞赛桑瑟森莎沙山珊尚绍舍申什圣施史舒斯丝思苏索塔泰坦汤陶特滕提田廷图托瓦万旺威韦维魏温文翁沃乌伍武西希锡夏香肖谢辛欣休雪逊雅亚延扬耶叶伊以易因英尤于约云赞泽扎詹章珍芝治朱卓兹子佐]/;
const ASKS = /什么|谁|哪|几|多少|怎|为何|何|吗|呢|吧|么|是否|能否|可否|是不是|有没有|[^\p{Script=Han}]|啊|嘛/u;
const CLAUSE = 30;

/** Where a `?` stands for a character that was lost: before a comma, or between Han characters, where nobody asks and no name is. */
function lostCharacter(text: string): number | null {
  const run = /(\S)\1{19}|\p{Script=Han}[□■▯◻▢]\p{Script=Han}/u.exec(text);
  if (run !== null && !/^[-—_=*·.…]/u.test(run[0])) return run.index;
  for (const { index, 0: marks } of text.matchAll(/\?{1,8}(?=[\p{Script=Han}，、。；])/gu)) {
    const before = text[index - 1] ?? '';
    const after = text[index + marks.length] ?? '';
    if (!/\p{Script=Han}/u.test(before)) continue;
    if (marks.length === 1 && OF_NAMES.test(before) && OF_NAMES.test(after)) continue;
    const clause =
      text
        .slice(Math.max(0, index - CLAUSE), index)
        .split(/[，。；：！？?,]/u)
        .at(-1) ?? '';
    if (!/\p{Script=Han}/u.test(after) || !ASKS.test(clause)) return index;
  }
  return null;
}
