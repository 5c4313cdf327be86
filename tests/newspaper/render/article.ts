/** The page of a www article, whole: classic and of the new CMS, which share one skeleton (site.md, 2.2). */

import type { Edition } from '../write/edition.ts';
import { openRandom } from '../write/random.ts';
import { headOf, type Story } from '../write/story.ts';
import { bodyHtml } from './body.ts';
import { commentsHtml } from './comments.ts';
import { documentHtml } from './furniture.ts';
import { attribute, scriptJson, scriptString, text } from './html.ts';
import { recommendedHtml, rightColumnHtml } from './right-column.ts';

export interface ArticlePage {
  readonly edition: Edition;
  readonly story: Story;
  /** A part, counted from 1, or the whole article on one page. */
  readonly part: number | 'whole';
  /** What the page should weigh; comments make up the difference. */
  readonly pageBytes: number;
}

/** The page with its article in place. */
export function articlePage(page: ArticlePage): string {
  return framed(page, leftColumn(page));
}

/** The page as a shell: the same article, but put in its place by the page's own script. */
export function appShellPage(page: ArticlePage): string {
  const left = scriptJson(leftColumn(page));
  return framed(
    page,
    `<div id="app"></div>
<script>document.getElementById('app').parentNode.innerHTML = ${left};</script>`,
  );
}

function framed(page: ArticlePage, left: string): string {
  const { story, edition } = page;
  const { truth } = story;
  const content = `<!-- 二栏 start -->
<ul class="two-coloum fix">
<li class="left left-main" style="position:relative;bottom:43px;">
${left}
</li>
${rightColumnHtml(edition, story)}
</ul>
<!-- 二栏 end -->
<div class="full_nav1"><a href="/Feedback/2016_11_24_381671.shtml" target="_blank" class="sendcomment"></a></div>
${linkedData(story)}`;
  return documentHtml({
    title: truth.title,
    head: head(page),
    content,
    images: edition.origins.images,
  });
}

function head({ story }: ArticlePage): string {
  const mobile = `https://m.guancha.cn${decodeURI(story.path)}`;
  return `    <meta name="mobile-agent" content="format=xhtml;url=${mobile}">
    <link rel="alternate" media="only screen and (max-width: 970px)"     href="${mobile}" >
    <meta name="mobile-agent" content="format=html5;url=${mobile}">
    <meta name="Keywords" content="">
    <meta name="Description" content="${attribute(story.truth.summary ?? '')}">
    <script type="text/javascript">
        var _API_URL = "http://api.guancha.cn", _CMT_URL = "http://comment.guancha.cn", _DOC_ID="${story.docId}"; _AD_SWITCH="1";
    </script>
`;
}

/** Everything in `li.left-main`, in the order of the real skeleton. */
function leftColumn(page: ArticlePage): string {
  const { edition, story, part } = page;
  const { truth, parts } = story;
  const modern = truth.era === 'cms-2026';
  const shown = part === 'whole' ? parts : parts.slice(part - 1, part);
  const inside = bodyHtml(shown, truth.era);
  const article = `<h3>${text(truth.title)}</h3>
${signature(page)}<!-- 分享 -->
${shareHtml('')}
${times(page)}
<div class="content all-txt">
${modern ? '        ' : ''}${inside}
</div>
${modern ? bottomAd(edition.origins.images) : ''}${part === 'whole' || parts.length === 1 ? '' : pageSelector(story, part)}${shareFoot(page)}
${keywords(page)}
${others(page)}
${special(page)}
${members(edition.origins.images)}
<div style="clear:both;"></div>
`;
  const random = openRandom(edition.options.seed, 'comments', story.slot.id);
  const recommended = recommendedHtml(edition, story);
  const weight = FRAME_BYTES + Buffer.byteLength(article) + Buffer.byteLength(recommended);
  const comments = commentsHtml(random, {
    docId: story.docId,
    bytes: page.pageBytes - weight,
    images: edition.origins.images,
  });
  return article + comments + recommended;
}

/** What the frame round the left column weighs. */
const FRAME_BYTES = 26_000;

function signature({ story: { truth }, edition }: ArticlePage): string {
  const { images } = edition.origins;
  if (truth.columnists.length > 0) {
    const people = truth.columnists.map(({ name, title, url }) => {
      const slug = url?.split('/').at(-1) ?? '';
      const link = `<a href="../${slug}" target="_blank">`;
      return `<li><div class="author-intro fix">
	${link}<img alt="${attribute(name)}" title="${attribute(name)}" src="${headOf(images, slug)}" border="0" width="45"></a>
	<p>${link}${text(name)}</a><span>${text(title ?? '')}</span></p>
</div></li>`;
    });
    return `<ul class="author fix">\n${people.join('\n')}\n</ul>\n`;
  }
  if (truth.staff.length === 0) return '';
  const people = truth.staff.map(
    ({ name }) => `<li>
	<div class="editor-intro fix">
		<a href="" target="_blank"><img src="${images}/users/20230720101809949.png?imageMogr2/thumbnail/100x100"></a>
		<p><a href="" target="_blank">${text(name)}</a><span></span></p>
	</div>
</li>`,
  );
  return `<ul class="editor fix">\n${people.join('\n')}\n</ul>\n`;
}

function times({ story: { truth } }: ArticlePage): string {
  const { published, updated } = truth.clock;
  return `<div class="time fix">
	<span>${published ?? ''}</span>
	<span>字号：<a fSize="14px" class="current ft-s" href="javascript:void(0);">A-</a>
		<a fSize="18px" class="ft-zc" href="javascript:void(0);">A</a>
		<a fSize="22px" class="ft-b" href="javascript:void(0);">A+</a></span>
${truth.source === null ? '' : `\t<span>来源：${text(truth.source)}</span>\n`}${truth.era === 'cms-2026' ? '\t<span class="postpage-view"></span>\n' : ''}</div>
${updated === null ? '' : `<div class="time fix" style="padding:0"><span>最后更新: ${updated}</span></div>\n`}`;
}

/** The pages of an article in parts; `next` and `last` work by script only (site.md, 2.4). */
function pageSelector(story: Story, part: number): string {
  const at = (suffix: number | string) => decodeURI(story.path).replace('.shtml', `_${suffix}.shtml`);
  const numbers = story.parts.map((_, index) => {
    const n = index + 1;
    return n === part ? `<span href="${at(n)}" class="active">${n}</span>` : `<a href="${at(n)}">${n}</a>`;
  });
  const step = (name: string, to: number | string, label: string) =>
    `<a class="${name}" onclick="javascript:location.href='${at(to)}';">${label}</a>\n`;
  return `<div class="fix" id="select_page"><div class="module-page module-page-right">
${part > 1 ? step('prev', part - 1, '上一页') : ''}${numbers.join('\n')}
${part < story.parts.length ? step('next', part + 1, '下一页') : ''}${step('last', 's', '余下全文')}</div></div>
`;
}

function shareHtml(extra: string): string {
  const blocks = ['sina-2|tsina', 'qq-2|sqq', 'qq-z-2|qzone', 'weixin-2|weixin'].map((pair) => {
    const [name, command] = pair.split('|');
    return `<div class="share-block"><a class="${name}" data-cmd="${command}"></a></div>`;
  });
  return `<div class="share${extra}">
	<span>分享到：</span>
	<div class="share-box fl share-box-2" style="margin-top:0px;">${blocks.join('')}</div>
	<div class="other-box fr">
		<a class="collect ml10" title="收藏本文"><i></i><span id="count0"></span></a>
		<a class="comment ml10" href="#comment" title="查看评论"><i></i><span id="count2"></span></a>
	</div>
</div>`;
}

/** The second share bar, with the share settings and the form for complaints. */
function shareFoot({ story: { truth } }: ArticlePage): string {
  const names = truth.columnists.map(({ name }) => name).join('、');
  const complaints = ['违规内容', '垃圾广告', '不实信息', '其他'].map(
    (label, index) =>
      `<li><input name="accusation_type" type="radio" value="${index}" id="accusation${index}"><label for="accusation${index}">${label}</label></li>`,
  );
  return `${shareHtml(' fix')}
<script>
	window._bd_share_config = {
		common: {
			bdText : '${scriptString(truth.listTitle)}${names === '' ? '' : `-${scriptString(names)}`}-观察者网',
			bdDesc : '${scriptString(truth.summary ?? '')}',
			bdUrl : window.location.href,
			bdPic : '${truth.sharePicture ?? ''}'
		},
		share : [{ bdCustomStyle : "../css/share.css" }]
	}
</script>
<div class="accusation-down-list">
	<div class="acc-tips-body"><ul>${complaints.join('')}</ul><p><a target="_blank" href="//www.guancha.cn/broken-news/2017_03_28_400912_3.shtml">举报须知</a></p></div>
</div>`;
}

function keywords({ story: { truth }, edition }: ArticlePage): string {
  const link = (word: string) =>
    `<a style="color:#d06868" href="${edition.origins.community}/main/search?click=news&keyword=${encodeURIComponent(word)}">${text(word)}</a>`;
  const empty = truth.era === 'classic' ? link('') : '';
  return `<div class="key-word fix mt15">
	<span>标签 </span>${truth.keywords.map(link).join('')}${truth.keywords.length === 1 ? empty : ''}
</div>`;
}

function others({ story, edition }: ArticlePage): string {
  const { truth } = story;
  const url = `${edition.origins.www}${decodeURI(story.path)}`;
  const original = truth.originalTitle === null ? '' : `\t<li>原标题：${text(truth.originalTitle)}</li>\n`;
  const personal = truth.columnists.length > 0 ? '\t<span class="gray">本文仅代表作者个人观点。</span>\n' : '';
  const names = truth.editors.map((name) => `${text(name)}&nbsp;`).join('');
  const editors = names === '' ? '' : `\t<li>责任编辑:\n ${names}\n</li>\n`;
  return `<ul class="article-other">
${personal}${original}	<li id="context_endf">请支持独立网站，转发请注明本文链接：<a href="${url}">${url}</a></li>
${editors}</ul>`;
}

/** The topic's box and the box of the latest articles. */
function special({ story, edition }: ArticlePage): string {
  const { topic } = story.truth;
  const at = edition.stories.indexOf(story);
  const near = edition.stories
    .filter(({ truth }, index) => index > at && index < at + 8 && truth.era !== 'fengwen')
    .slice(0, 4);
  const lines = near.map(
    (other) =>
      `<div class="resemble-art-black c_hidden"><a href="${decodeURI(other.path)}">${text(other.truth.listTitle)}</a></div>`,
  );
  const slug = topic?.url.split('/').at(-1);
  const box =
    topic === null
      ? ''
      : `<div class="img-special">
	<a href="/${slug}"><img src="${edition.origins.images}/ColumnPic/2013/12/${slug}.png" alt="${attribute(topic.name)}"></a>
	<div class="right_title"><h4><a href="/${slug}">${text(topic.name)}</a></h4>${lines.join('')}</div>
</div>
`;
  return `${box}<div class="img-special" style="padding-bottom: 0px;">
	<h4 style="height:30px;line-height:30px;font-size:22px;">作者最近文章</h4>
	${lines.join('\n\t')}
</div>`;
}

function members(images: string): string {
  return `<div id="post-member"><h4><img src="${images}/vip-crown.gif?20160614"><a href="https://member.guancha.cn" target="_blank">观察员</a></h4>
	<div class="post-member-box" data-id="781"><img class="post-member-href" src="${images}/post/20260905180910973.jpg">
		<div class="post-member-title"><span class="post-member-href">会员来信选登</span></div><span>2026-09-07</span></div>
</div>`;
}

function bottomAd(images: string): string {
  return `<div class="content-bottom-ad">
	<div class="content-bottom-ad-image"><ul><li>
		<a href="https://member.guancha.cn/gcyquanyi/member.html" target="_blank"><img src="${images}/member/news_content_image.png?r=1791101976;" width="770px" alt="加入观察员"></a>
	</li></ul></div>
</div>
`;
}

/** The search engine's data: the address with a blank behind it, and the last update as its date (site.md, 2.3). */
function linkedData({ truth, path }: Story): string {
  const data = {
    '@context': 'https://ziyuan.baidu.com/contexts/cambrian.jsonld ',
    '@id': `http://www.guancha.cn${decodeURI(path)} `,
    appid: '1546608532556400',
    title: truth.title,
    images: [truth.sharePicture],
    pubDate: (truth.clock.updated ?? truth.clock.published ?? '').replace(' ', 'T'),
  };
  return `<script type="application/ld+json">${scriptJson(data, 4)}</script>`;
}
