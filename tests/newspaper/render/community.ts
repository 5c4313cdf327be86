/** The page of a community post (site.md, 2.8). */

import type { Edition } from '../write/edition.ts';
import { openRandom } from '../write/random.ts';
import type { Story } from '../write/story.ts';
import { bodyHtml } from './body.ts';
import { commentsHtml } from './comments.ts';
import { attribute, text } from './html.ts';

/** @param part a part counted from 1, or the whole text (`page=0`) */
export function communityPage(edition: Edition, story: Story, part: number | 'whole'): string {
  const { truth, parts } = story;
  const { images } = edition.origins;
  const [author] = truth.columnists;
  const uid = /uid=(\d+)/.exec(author?.url ?? '')?.[1] ?? '';
  const shown = part === 'whole' ? parts : parts.slice(part - 1, part);
  const random = openRandom(edition.options.seed, 'comments', story.slot.id);
  return `<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>${text(truth.title)}</title>
<meta name="keywords" content="风闻">
<link rel="stylesheet" href="/static/css/post.css?20260801">
<script src="/static/js/jquery.min.js"></script>
<style>${STYLE}</style>
</head>
<body>
<div class="header"><a href="/">风闻社区</a> <a href="/main/index?page=1&order=3">广场</a></div>
<div class="container">
<div class="article-content">
	<h1>${text(truth.title)}</h1>
	<div class="user-box user-info-box">
		<div class="user-avatar popup-user" user-id="${uid}"><img src="${images}/bbs/avatar/2026/${uid}.jpg"></div>
		<div class="user-main">
			<h4><a href="/user/personal-homepage?uid=${uid}" target="_blank">${text(author?.name ?? '')}</a></h4>
			<p><span class="time1">${text(truth.clock.published ?? '')}</span> <span>发表于良渡省</span> <span>${story.slot.id % 9000} 阅读</span></p>
		</div>
	</div>
	<div class="article-txt">
		<div class="article-txt-content">${bodyHtml(shown, 'fengwen')}</div>
		${part === 'whole' || parts.length === 1 ? '' : `<div class="article-expand-more"><a href="${attribute(story.path)}&page=0">展开全文</a></div>`}
	</div>
	${part === 'whole' || parts.length === 1 ? '' : pagination(story, part)}
	<div class="share-box"><span>分享到</span></div>
	<div class="user-box user-info-box article-bottom-user"><h4><a href="/user/personal-homepage?uid=${uid}">${text(author?.name ?? '')}</a></h4></div>
	<div class="author-article"><h4>作者文章</h4><p>更多帖子</p></div>
</div>
${commentsHtml(random, { docId: story.docId, bytes: 12_000, images })}
<div class="hot-topic-nav bottom-hot-topic-nav"><a href="/topic/post-list?topic_id=12&page=1&order=1">热门话题</a></div>
</div>
</body>
</html>
`;
}

function pagination({ path, parts }: Story, part: number): string {
  const items = parts.map((_, index) => {
    const n = index + 1;
    return `<li${n === part ? ' class="active"' : ''}><a href="${attribute(path)}&page=${n}">${n}</a></li>`;
  });
  return `<ul class="pagination">${items.join('')}<li class="expand-all"><a href="${attribute(path)}&page=0">全文</a></li></ul>`;
}

const STYLE =
  '.article-txt-content p { line-height: 1.9; margin: 0 0 16px; } .user-avatar img { width: 48px; border-radius: 50%; }';
