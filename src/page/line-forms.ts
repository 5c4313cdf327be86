/** The forms that lines of an article have. A short line of none of them is in doubt: a button, a remark, an advertisement. */
import { type Flag, flag } from '../flags.ts';
import { readByline } from './byline.ts';
import { type CheckInput, MOST_OF_A_KIND } from './check-input.ts';
import { solidLength } from './column.ts';
import type { Line } from './lines.ts';
import { isNumbered, isNumberedNote, seen } from './sentences.ts';

/** Shorter lines are no paragraphs; what is longer is a sentence or stops short of its end. */
const SHORTEST_PARAGRAPH = 40;

export function checkForms({ bodies, article }: CheckInput): readonly Flag[] {
  const lines = bodies.flatMap(({ printed }) => printed);
  if (!lines.some(isParagraph)) return []; // a video or a picture with a line of its own
  const captions = new Set(bodies.flatMap(({ pictures: { captions: found } }) => [...found.lines, ...found.unclear]));
  const odd = lines.flatMap((line, i) => {
    const isKnown = captions.has(line) || line.text === article.byline?.text || hasForm(line, lines[i + 1]);
    return isKnown ? [] : [i];
  });
  // Subheads that are not set as such come several times, each between paragraphs.
  const subheads = new Set(odd.filter((i) => isSubhead(lines, i)));
  const rest = subheads.size < 2 ? odd : odd.filter((i) => !subheads.has(i));
  return rest.slice(0, MOST_OF_A_KIND).map((i) => flag('unknown-line', lines[i]?.text ?? ''));
}

function isParagraph({ text }: Line): boolean {
  return solidLength(text) >= SHORTEST_PARAGRAPH;
}

function isSubhead(lines: readonly Line[], i: number): boolean {
  const [before, line, after] = [lines[i - 1], lines[i], lines[i + 1]];
  const isBetween = before !== undefined && after !== undefined && (isParagraph(before) || before.shown.length > 0);
  return (
    isBetween &&
    isParagraph(after) &&
    line?.align === null &&
    /^[^\d]*\p{Script=Han}{2}/u.test(line.text) &&
    !/^.{1,4}[:：]/.test(line.text)
  );
}

/** A sentence, or a quotation. */
const SENTENCE = /(?:[。！？!?…～~]|[^.]\.)[”’"'」』）)】\]》〉]{0,3}$|”$/;
/** What opens and closes an article without being a sentence of it. */
const CREDITS: readonly RegExp[] = [
  /^[（(]\p{Script=Han}{2,4}(?:[、\s]\p{Script=Han}{2,4})+[）)]$/u, // names alone
  /^[（(][^（）()]{0,12}本文[^（）()]{0,20}[）)]$/, // a remark on the text
  /^[（(【[]?\s*(?:图|文|摄影?|摄制|视频|作者|编剧|记者|通讯员|编译|翻译|译者?|整理|采访|撰文|口述|来源|据|原载|译自|资料)\s*[/／:：｜|\s]/,
  /^[（(【[]?\s*(?:完|全文完|本文(?:系|来自)|本报|新华社|观察者网)/, // an end, and where the text is from
  /^[（(【[]?\s*.{0,20}(?:记者|电|讯|译|整理|综合|摄)\s*[）)】\]]?$/,
  /^[（(【[]?\s*(?:.{2,12}\d{1,2}月\d{1,2}日|\d{4}[年./-]\d{1,2})/, // a place with its day
  /^\p{Script=Han}{2,8}[，,]\s?.{0,12}[年月日春夏秋冬夜晨]$/u, // a place with its season
  /^[（(【[]?\s*(?:——|[*※]\s?\p{Script=Han})/u, // a signature, a note
];
/** Who speaks to the reader in a short line of his own is no writer of the news. */
const CALL =
  /扫码|二维码|长按|星标|点赞|点个|在看|三连|关注(?:我们|作者|微信|公众号)|公众号[:：]|订阅|下单|抢购|选购|优惠|到手价|领券|小程序|加微信|客户端|APP|应用|刷新|隐私政策|Cookie|插件|浏览器|侵权|免责|转载|版权归|会员|登录|登陆|付费|点击|加载|网络异常|省略|未完|[单双]击|分享到|[上下]一[篇页]|听新闻|书面授权|以上内容|以下是.{0,8}(?:改写|润色)/i;
/** What is announced by a label without being a sentence. */
const ANNOUNCED =
  /^(?:时间|地点|主持人?|嘉宾|对话|受访|讲者|原文|原标题|出处|制图|制作|统筹|校对|监制|策划|文字|剪辑|数据)\p{Script=Han}{0,6}[:：]\S/u;
const LONGEST_CALL = 45;

function hasForm({ text, shown, place, holder, isStrong, isLink }: Line, next: Line | undefined): boolean {
  const words = seen(text);
  if (words === '' || isLink || shown.length > 0 || holder !== null) return true;
  if (!/[\p{L}\p{N}]/u.test(words)) return !/[，、；：。`]/.test(words); // a divider, a row of dots
  const length = solidLength(words);
  if (
    length <= LONGEST_CALL &&
    place === null &&
    CALL.test(words.replace(/“[^“”]*”/g, '')) &&
    !/^本文系观察者网|^[【（]?本文来自/.test(words)
  )
    return false;
  if (place !== null || length >= SHORTEST_PARAGRAPH || SENTENCE.test(words)) return true;
  if (/\p{Script=Han}.{0,4}[:：；;—，、,]$/u.test(words)) return next !== undefined; // what follows is looked at elsewhere
  if (isStrong || isNumbered(words) || isNumberedNote(words)) return true;
  return (
    CREDITS.some((form) => form.test(words)) ||
    readByline([words]) !== null ||
    /^https?:/.test(words) ||
    ANNOUNCED.test(words)
  );
}
