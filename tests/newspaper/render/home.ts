/** The home page: headline, three columns, and the disorder of the real one (site.md, 3.2). */
import type { Edition } from '../write/edition.ts';
import { headOf, type Story } from '../write/story.ts';
import { authorIndexHtml, documentHtml } from './furniture.ts';
import { attribute, text } from './html.ts';

export function homePage(edition: Edition): string {
  const stories = edition.listings.find(({ form }) => form === 'home')?.stories ?? [];
  const posts = stories.filter(({ truth }) => truth.era === 'fengwen');
  const opinion = stories.filter(({ truth }) => truth.columnists.length > 0 && truth.era !== 'fengwen');
  const news = stories.filter(({ truth }) => truth.columnists.length === 0 && truth.era !== 'fengwen');
  const [headline, ...others] = news;
  const { images, community } = edition.origins;
  const content = `${carousel(others.slice(0, 2))}
${headline === undefined ? '' : headlineHtml(headline, others.slice(0, 2))}
<!-- 旧版快讯 start
<ul class="img-List"><li><h4 class="module-title"><a href="/politics/2018_05_27_458044.shtml" target="_blank">已经撤下的旧条目</a></h4></li></ul>
旧版快讯 end -->
<ul class="three-coloum fix">
<li>
	<div class="module-news-header"><span>评论&nbsp;&nbsp;|&nbsp;&nbsp;研究</span><a href="../mainnews-sp/" target="_blank">更多</a></div>
	<ul class="Review-item">
${opinion.map((story) => reviewItem(story, images)).join('\n')}
	</ul>
</li>
<li class="middle">
	<ul class="img-List">
${others.map((story, index) => newsItem(story, index === 0 ? advertisement(images) : '')).join('\n')}
	</ul>
</li>
<li>
	<div class="module-fengwen-list">
		<ul class="fengwen-list">
${posts.map((story) => postItem(story, community)).join('\n')}
		</ul>
	</div>
</li>
</ul>
${authorIndexHtml(edition.options.seed)}`;
  return documentHtml({ title: '观察者网-首页', head: HEAD, content, images });
}

const HEAD = `    <meta name="Keywords" content="观察者网" />
    <meta name="Description" content="运河、图书馆、桥与茶，每天都有新鲜事。              " />
`;

/** The carousel of 2026, which says the same several times. */
function carousel(stories: readonly Story[]): string {
  const links = stories.map((story) => `<a href="${link(story)}">${text(story.truth.listTitle)}</a>`).join('\n');
  return Array.from({ length: 3 }, () => `<div class="content-topnews-box-neo-box">\n${links}\n</div>`).join('\n');
}

function headlineHtml(story: Story, related: readonly Story[]): string {
  const { listTitle } = story.truth;
  return `<div class="content-headline">
	<h3><a href="${link(story)}" target="_blank">${text(listTitle)}</a></h3>
	<a href="${link(story)}" target="_blank" data-sensor="图片"><img alt="${attribute(listTitle)}" src="${attribute(story.cover)}" border="0"></a>
	<ul class="content-headline-other">
		<li>${interact(story)}</li>
${related.map((other) => `\t\t<li class="c_hidden">· <a href="${link(other)}?s=sywglbt" target="_blank">${text(other.truth.listTitle)}</a></li>`).join('\n')}
	</ul>
</div>`;
}

function reviewItem(story: Story, images: string): string {
  const { truth } = story;
  const authors = truth.columnists.map(({ name, title, url }) => {
    const slug = url?.split('/').at(-1) ?? '';
    const head = headOf(images, slug);
    return `<div class="author-intro fix"><a href="../${slug}" title="${attribute(name)}" target="_blank"><img original="${head}" class="lazy height45" data-original="${head}" alt="${attribute(name)}"></a>
			<p><a href="../${slug}" target="_blank">${text(name)}</a><span>${text(title ?? '')}</span></p></div>`;
  });
  return `		<li>
			<h4 class="module-title"><a href="${link(story)}" target="_blank">${text(truth.listTitle)}</a></h4>
			${authors.join('\n\t\t\t')}
			<a href="${link(story)}" class="module-img" target="_blank"><img class="lazy height142" data-original="${attribute(story.cover)}!cmspn?watermark/2/text/MDA6MjQ6MDI=" alt="${attribute(truth.listTitle)}"></a>
			<p class="module-artile">${text(truth.summary ?? '')}
				<a href="${link(story)}"  target="_blank">[全文]</a>
			</p>
			${interact(story)}
		</li>`;
}

/** One of 要闻; `inside` is what stands in the item and should not: list items are never closed in order here. */
function newsItem(story: Story, inside: string): string {
  const { truth, slot } = story;
  const picture = attribute(story.cover);
  const writer =
    truth.staff[0] === undefined ? '' : `<span class="module-interact-creator">${text(truth.staff[0].name)}</span>`;
  return `		<li style="padding-top:0;">
			<h4 class="module-title"><a href="${link(story)}" target="_blank">${text(truth.listTitle)}</a></h4>
			<!-- 有浮层图片 start -->
			<div class="fastRead-img"><a href="${link(story)}" target="_blank"><img jiandu_id="${slot.id}" original="${picture}" class="lazy height259" data-original="${picture}" alt="${attribute(truth.listTitle)}"></a></div>
			${writer}${interact(story)}
${inside}		</li>`;
}

/** An advertisement: a list item inside a list item. */
function advertisement(images: string): string {
  return `	<li style="padding-top:0px;">
	<a href="https://member.guancha.cn/gw-gift/index" target="_blank"><img src="${images}/tg/20260701135606131.png" alt="活动" class='advertise'></a></li>
`;
}

function postItem(story: Story, community: string): string {
  const { truth, path } = story;
  const url = community + path;
  return `			<li>
				<h4 class="module-title"><a href="${url}" target="_blank">${text(truth.listTitle)}</a></h4>
				<div class="fengwen-list-img"><a href="${url}" target="_blank"><img class="lazy height142" data-original="${attribute(story.cover)}" alt="${attribute(truth.listTitle)}"></a></div>
				<div class="module-interact" style="padding:15px 0;">
					<a href="${truth.columnists[0]?.url ?? ''}" target="_blank" class="fengwen-list-user">${text(truth.columnists[0]?.name ?? '')}</a>
					<a href="${url}" class="fengwen-interact interact-attention" target="_blank">${story.slot.id % 9000}</a>
				</div>
			</li>`;
}

function interact(story: Story): string {
  const { topic } = story.truth;
  const key =
    topic === null
      ? ''
      : `<a href="${new URL(topic.url).pathname}?s=syztbq" class="interact-key" target="_blank">${text(topic.name)}</a>`;
  return `<div class="module-interact"><a href="${link(story)}" class="interact-attention" data-sensor="阅读数" target="_blank">阅读 ${story.slot.id % 90_000}</a>
				<a href="${link(story)}#comment" class="interact-comment" target="_blank">${story.slot.id % 700}</a>${key}</div>`;
}

function link(story: Story): string {
  return decodeURI(story.path);
}
