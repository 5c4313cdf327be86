/**
 * What can stand in an article's own frame and is not its text. No article has such a body: one that speaks of nothing but
 * the page itself, or a long one that shares nothing with all that the page says of it.
 */
import { FENGWEN } from '../site/layouts.ts';
import { comparableText } from './check-input.ts';
import { MEDIA } from './column.ts';
import { readSummary, readTitle } from './fields.ts';
import type { FoundArticle } from './find-article.ts';
import { elementsBelow, linesOf } from './html.ts';
import { partOf, shingles } from './likeness.ts';
import type { ParsedPage } from './page.ts';

export interface Notice {
  /** `withdrawn`: the article is gone. `loading`: scripts would bring it. `members`: others alone get it. `foreign`: it is something else's text. */
  readonly kind: keyof typeof SIGNS | 'foreign';
  /** What is there instead, in its own words. */
  readonly text: string;
}

/** In characters; news of one sentence is as short, but names somebody or something. */
const LONGEST_NOTICE = 80;
const MOST_LINES = 3;
/** So much of a notice is of its own few words; white space and punctuation do not count. */
const LEAST_COVERED = 0.85;
/** That speaks of the page and to its reader, and shares no pair of characters with headline, summary or share settings. */
const LEAST_COVERED_OF_STRANGE = 0.5;

/** A text of this length shares some pairs of characters with its headline: of 36 news texts at least 11 % of the pairs. */
const LEAST_TEXT = 200;
const LEAST_PAIRS = 12;
const LEAST_SHARED = 0.07;
/** A further part need not come back to the headline. */
const FURTHER_PART = /\/\d{4}_\d{2}_\d{2}_\d+_(?:[2-9]|[1-9]\d{1,2})\.shtml|[?&]page=[2-9]/;

/** Null for a body that may be the article's. */
export function readNotice(page: ParsedPage, found: FoundArticle): Notice | null {
  const lines = linesOf(found.body.contents());
  const text = lines.join(' ');
  const title = readTitle(found) ?? '';
  const there = shingles(text, 2);
  const said = [title, readSummary(page) ?? '', ...shareTexts(page)].map((each) => shingles(each, 2));
  if (lines.length <= MOST_LINES && text.length <= LONGEST_NOTICE) {
    const sharesNothing = said.every((pairs) => [...there].every((pair) => !pairs.has(pair)));
    const kind = kindOfNotice(title === '' ? text : text.replaceAll(title, ''), sharesNothing);
    return kind === null || hasMedia(found, kind) ? null : { kind, text };
  }
  if (found.layout === FENGWEN || text.length < LEAST_TEXT || FURTHER_PART.test(page.page.url)) return null;
  const names = said.filter(({ size }) => size >= LEAST_PAIRS);
  if (names.length === 0 || names.some((pairs) => partOf(pairs, there) >= LEAST_SHARED)) return null;
  return { kind: 'foreign', text: `${text.slice(0, LONGEST_NOTICE)}…` };
}

/** `bdText` and `bdDesc` of the share settings (site.md, 2.3). */
function shareTexts({ html }: ParsedPage): readonly string[] {
  return [...html.matchAll(/\bbd(?:Text|Desc)\s*:\s*(?:'([^'\n]{0,500})'|"([^"\n]{0,500})")/g)].map(
    ([, single, double]) => single ?? double ?? '',
  );
}

/** What shows something without text makes a body; beside a notice of withdrawal only what was uploaded, no drawing of a page that is not there. */
function hasMedia({ body }: FoundArticle, kind: Notice['kind']): boolean {
  const media = elementsBelow(body.toArray()).filter(({ name }) => MEDIA.has(name));
  return kind === 'withdrawn'
    ? media.some(({ name, attribs }) => name !== 'img' || /\d{8}|[0-9a-f]{16}/.test(attribs.src ?? ''))
    : media.length > 0;
}

// The words of notices. They name nothing in the world: whatever article speaks of a page says as well whose page it is.

/** Each kind by what it alone says; the first that is found counts. */
const SIGNS = {
  withdrawn:
    /不存在|不见了|删除|删掉|下线|下架|撤下|撤回|撤稿|撤除|失效|过期|屏蔽|移除|移走|找不到|没找到|没有找到|未找到|未能找到|违规|审核|隐藏|notfound|deleted|removed|404/,
  loading: /加载|载入|读取中|缓冲|稍候|稍等|稍后|请等待|刷新|正在打开|努力打开|loading|pleasewait|javascript/,
  members: /登录|登陆|注册|会员|订阅|付费|购买|解锁|专享|开通|客户端|app|login|signin|subscribe/,
} as const;

const WORDS = new RegExp(
  [
    ...Object.values(SIGNS).map(({ source }) => source),
    '页面|网页|网站|网址|网络|文章|内容|正文|全文|原文|稿件|新闻|链接|地址|帖子|信息|资源|视频|图片|资讯|数据|服务器|系统|首页|主页|上一页|一文',
    '本文|本站|本页|此文|此页|该文|该页|该帖|您|你|用户|读者|访客|作者|发布者|发布人|发帖人|管理员|编辑|我们|浏览器|设备',
    '抱歉|对不起|遗憾|非常|十分|温馨|提示|友情|亲爱|谢谢|感谢|支持|配合|理解',
    'sorry|page|error|content|article|please|requested|request|looking|available|unavailable|does|exist|been|moved|longer|could|cannot|enable|the|you|your|was|has|not|are|for|this|that|may|have|is|it|to|or|no|by|in|of|a',
    '访问|查看|浏览|查找|寻找|打开|请求|点击|阅读|观看|显示|返回|跳转|前往|联系|尝试|重试|输入|搜索|要找|想看|检查|确认|启用|开启|允许|下载|扫码|使用|成为|继续|获取|更多|其他|其它|剩余|后续|完整|免费|试读',
    '无法|不能|不可|暂时|暂无|无权|权限|错误|出错|异常|失败|关闭|停用|丢失|走丢|迷路|转移|迁移|更改|变更|改名|繁忙|中断|不可用|努力|拼命|正在|可能|因为|由于|原因|版权|自动|已经|已被|或者|如果|如有|疑问|相关|规定|法律|法规|政策|要求|根据|按照|权利人',
    '看|找|请|的|了|或|已|被|是|在|中|因|由|其|将|为|到|至|该|此|本|这|篇|条|个|可|以|也|和|并|与|及|下|再|试|一|有|没|无|不|未|后|前|秒|里|处|所|要|让|会|能|去|来|哦|啦|吧|呢|啊|呀|哎|喔|吗|您好|\\d+',
  ].join('|'),
  'gi',
);

/** What a notice speaks of, and whom it speaks to or what it says that became of it. */
const OF_THE_PAGE = /页|链接|文章|内容|正文|稿件|帖/;
const TO_THE_READER = /您|你|请|抱歉|对不起|已|走丢|丢失|迷路/;
/** What says no more than that something is wrong. */
const WRONG = /无法|不能|不可|无权|错误|出错|异常|失败|暂无|关闭|转移|迁移|走丢|丢失|迷路/;

/** @param text without the headline, if that is named in it */
function kindOfNotice(text: string, sharesNothing: boolean): Notice['kind'] | null {
  const solid = comparableText(text)
    .replace(/[\p{P}\p{S}]/gu, '')
    .toLowerCase();
  if (/我(?!们)/.test(solid)) return null; // somebody tells of himself
  const covered = 1 - solid.replace(WORDS, '').length / Math.max(1, solid.length);
  const kinds = Object.keys(SIGNS) as (keyof typeof SIGNS)[];
  const sign = kinds.find((kind) => SIGNS[kind].test(solid)) ?? (WRONG.test(solid) ? 'withdrawn' : null);
  if (covered >= LEAST_COVERED) return sign;
  const isStrange = sharesNothing && OF_THE_PAGE.test(solid) && TO_THE_READER.test(solid);
  return isStrange && covered >= LEAST_COVERED_OF_STRANGE ? (sign ?? 'foreign') : null;
}
