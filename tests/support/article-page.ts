/** Pages of the site's layouts in small, with text of their own, as the fetch room would hand them on. */

import { type ParsedPage, parsePage } from '../../src/page/page.ts';
import type { Site } from '../../src/site/address.ts';
import { fetchedPage, type PageParts } from './fetched-page.ts';

export const SITE: Site = {
  www: 'https://www.guancha.cn',
  community: 'https://user.guancha.cn',
  images: ['https://i.guancha.cn'],
};
export const NEWS_URL = 'https://www.guancha.cn/ZaoCha/2022_01_28_900.shtml';
export const POST_URL = 'https://user.guancha.cn/main/content?id=77';

/** A page with this source, 200 and complete unless said otherwise; fetched on 2022-01-29 at noon in Beijing. */
export function pageOf(html: string, but: Partial<PageParts> = {}): ParsedPage {
  const url = but.url ?? NEWS_URL;
  return parsePage(
    fetchedPage({
      url,
      body: new TextEncoder().encode(html),
      fetchedAt: '2022-01-29T04:00:00.000Z',
      ...but,
    }),
  );
}

export interface Pieces {
  readonly title?: string;
  readonly head?: string;
  readonly people?: string;
  readonly times?: string;
  readonly body?: string;
  /** Between the body and the comments. */
  readonly foot?: string;
}

const TIMES =
  '<div class="time fix"><span>2022-01-28 10:30:43</span><span>字号：<a>A-</a></span><span>来源：晨报</span></div>';
const BODY = '<p>\n\t茶馆今天照常开门。\n</p>\n';

/** A www page as it was from 2017 to September 2026. */
export function classicPage({
  title = '茶馆开门了',
  head = '',
  people = '',
  times = TIMES,
  body = BODY,
  foot = '',
}: Pieces = {}): string {
  return `<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="author" content="name, email@gmail.com">${head}
<title>${title}</title></head><body><div class="content"><ul class="two-coloum fix"><li class="left left-main">
<h3>${title}</h3>${people}<div class="share"><span>分享到：</span></div>${times}
<div class="content all-txt">${body}</div>${foot}${alwaysThere(foot)}<a name="comment" id="comment"></a>
<div class="gc-comment" id="comments-container" data-id="1"><h3>评论</h3><div class="time fix"><span>2001-01-01 00:00:00</span></div></div>
</li><li class="right"><h3>排行</h3></li></ul></div></body></html>
`;
}

/** A www page of the CMS in use since September 2026. */
export function cmsPage(pieces: Pieces = {}): string {
  const times = pieces.times ?? TIMES.replace('</div>', '<span class="postpage-view"></span></div>');
  return classicPage({
    ...pieces,
    times,
    foot: `<div class="content-bottom-ad"><img src="/ad.png"></div>${pieces.foot ?? ''}`,
  });
}

/** A community post. */
export function fengwenPage({
  title = '我的茶馆',
  times = '3小时前',
  body = '<p>欢迎来坐。</p>',
  foot = '',
}: Pieces = {}): string {
  return `<!DOCTYPE html><html><head><title>${title}</title></head><body><div class="article-content"><h1>${title}</h1>
<div class="user-box"><div class="user-avatar popup-user" user-id="5"></div><div class="user-main">
<h4><a href="/user/personal-homepage?uid=5">茶客甲</a></h4><p><span class="time1">${times}</span></p></div></div>
<div class="article-txt"><div class="article-txt-content">${body}</div></div>
<div class="user-box user-info-box article-bottom-user"><div class="user-main"><h4><a href="/u/6">茶客乙</a></h4></div></div>
</div>${foot}</body></html>
`;
}

/** The two blocks that every article has behind its body, as far as the foot does not bring them. */
function alwaysThere(foot: string): string {
  const keywords = foot.includes('key-word') ? '' : '<div class="key-word fix mt15"></div>';
  return keywords + (foot.includes('article-other') ? '' : '<ul class="article-other"></ul>');
}

/** A mobile page; what its foot says is the caller's. */
export function mobilePage({
  title = '茶馆开门了',
  times = '2022-01-28 10:30',
  body = BODY,
  foot = '',
}: Pieces = {}): string {
  return `<!DOCTYPE html><html><head><title>${title}</title></head><body><section class="textPageCont">
<div class="textPageContInner"><h1>${title}</h1><div class="time">${times}</div>${body}</div>${foot}
<div class="downloadBtn-box">打开客户端</div></section></body></html>
`;
}

/** The home page: the author index shows it, and so does its title beside many links. */
export const HOME = `<html><head><title>观察者网-中国关怀 全球视野</title></head><body><dl>${[...'ABCDEFG']
  .map((letter) => `<dt>${letter}</dt><dd><a href="../${letter}/list_1.shtml">${letter}</a></dd>`)
  .join('')}</dl></body></html>`;
