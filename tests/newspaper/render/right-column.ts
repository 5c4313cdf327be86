/** The columns of other articles beside and below an article: links that lead on, and traps for greedy selectors. */

import { clock } from '../write/calendar.ts';
import type { Edition } from '../write/edition.ts';
import type { Story } from '../write/story.ts';
import { attribute, text } from './html.ts';

/** `li.right`: search, headlines, members' posts, hottest, flash news. */
export function rightColumnHtml(edition: Edition, story: Story): string {
  const others = neighbours(edition, story, 18);
  return `<li class="right" style="position:relative;bottom:36px;">
<div class="search fix"><input value="请输入关键字！" id="txtkey" type="text"><a onclick="gotoUrl();">搜索</a></div>
<div class="head-inpost">
	<div class="head-inpost-header"><a href="/GuanChaZheTouTiao" target="_blank"><span>观察者头条</span></a></div>
${others
  .slice(0, 5)
  .map((other) => headInpost(other))
  .join('\n')}
</div>
<div class="member-right-box"><div class="member-right-column"><a href="https://member.guancha.cn/column/xinwenshiyanshi"><img src="${edition.origins.images}/column/20190708091846976.png"></a></div>
	<div class="time">2026-09-30 08:00:00</div><div class="content">会员专栏</div></div>
<div class="module-news-2">
	<div class="module-news-2-header"><span>最新闻 Hot</span></div>
	<div class="module-news-2-main"><ul class="hot-list-2">
${others
  .slice(5, 10)
  .map((other) => hot(other))
  .join('\n')}
	</ul></div>
</div>
<div class="kuaixun-new"><div class="kuaixun-new-header" id="news-focus-post"><span>快讯</span></div>
<div id="news-focus"><ul class="kuaixun-new-content">
${others
  .slice(10)
  .map((other) => flash(other))
  .join('\n')}
</ul></div></div>
</li>`;
}

/** 相关推荐, in the same block as the 要闻 list. */
export function recommendedHtml(edition: Edition, story: Story): string {
  const items = neighbours(edition, story, 6).map(
    (other) => `	<li class="fix" style="padding:15px 0 4px 0;border-bottom: 1px solid #cccccc;">
		<a href="${link(other)}?s=zwyxgtjdt" target="_blank" class="fl"><img src="${attribute(other.cover)}" alt="" width="150" height="106"></a>
		<div class="right fn" style="margin-left:180px;">
			<h4 class="module-title" style="height:52px"><a href="${link(other)}?s=zwyxgtjbt" target="_blank">${text(other.truth.listTitle)}</a></h4>
			<div class="module-interact" style="margin-top:28px;"><span style="color:#7b7b7b;font-size:14px;">${clock(other.slot.time).slice(0, 16)}</span></div>
		</div>
	</li>`,
  );
  return `<ul class="new-left-list" style="border:0px;">
	<div class="post-recommend">相关推荐</div>
${items.join('\n')}
</ul>`;
}

/** Ordinary www articles round about, never the article itself. */
function neighbours({ listings }: Edition, story: Story, count: number): readonly Story[] {
  const pool = listings
    .filter(({ form }) => form === 'news' || form === 'opinion')
    .flatMap(({ stories }) => stories.slice(0, 120));
  const others = pool.filter((other) => other !== story && other.truth.special === null);
  const start = others.length === 0 ? 0 : story.slot.id % others.length;
  return [...others.slice(start), ...others.slice(0, start)].slice(0, count);
}

function link(story: Story): string {
  return decodeURI(story.path);
}

function headInpost(story: Story): string {
  return `	<div class="head-inpost-box">
		<a href="${link(story)}?s=zwytt" target="_blank"><img src="${attribute(story.cover)}" alt="" width="100"></a>
		<div class="head-inpost-box-right"><a href="${link(story)}?s=zwytt" target="_blank" class="head-inpost-title">${text(story.truth.listTitle)}</a><span>评论 ${story.slot.id % 700}</span></div>
	</div>`;
}

function hot(story: Story): string {
  const { listTitle } = story.truth;
  return `		<li>
			<a href="${link(story)}?s=zwyzxw" target="_blank"><img src="${attribute(story.cover)}" alt="${attribute(listTitle)}" width="390" height="152"></a>
			<h4><a href="${link(story)}?s=zwyzxw" target="_blank">${text(listTitle)}</a></h4>
		</li>`;
}

function flash(story: Story): string {
  const { listTitle } = story.truth;
  return `	<li><a href="${link(story)}?s=zwykx" title="${attribute(listTitle)}" target="_blank">${text(listTitle)}</a></li>`;
}
