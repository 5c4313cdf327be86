/** What stands round every page of the www site: head, navigation, scripts, foot. */
import { authorIndex } from '../write/people.ts';
import { openRandom } from '../write/random.ts';
import { attribute, text } from './html.ts';

/** A whole document. `head` goes behind the common lines of the head, `content` between navigation and foot. */
export function documentHtml(page: {
  readonly title: string;
  readonly head: string;
  readonly content: string;
  readonly images: string;
}): string {
  return `<!DOCTYPE html>
<html lang="zh-cmn-Hans">
<head>
    <meta charset="utf-8">
    <meta http-equiv="X-UA-Compatible" content="IE=edge,chrome=1">
    <meta name="author" content="name, email@gmail.com">
    <link rel="stylesheet" type="text/css" href="../css/public.css?20260827">
    <link rel="stylesheet" type="text/css" href="../css/main.css?20260826">
    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
    <meta http-equiv="content-language" content="zh-CN">
	<meta http-equiv="Cache-Control"  content="no-transform" />
	<meta http-equiv="Cache-Control"  content="no-siteapp" />
    <meta name="applicable-device" content="pc">
${page.head}    <link href="${page.images}/images/favorite.ico" rel="shortcut icon"/>
    <script type="text/javascript" src="../js/jquery-1.8.2.min.js"></script>
    <title>${text(page.title)}</title>
    <style>${STYLE}</style>
    <script src="/static/api/js/share.js?cdnversion=20190040911111"></script>
</head>
<body>
<div class="content">
${navigation(page.images)}
<div class="main content-main">
${page.content}
</div>
</div>
${foot()}
</body>
</html>
`;
}

const SECTIONS = [
  ['/?s=dhshouye', '首页'],
  ['/column/CaiJing?s=dhcaijing', '财经'],
  ['/column/GuoJi·ZhanLue?s=dhguojizhanlue', '国际'],
  ['/column/JunShi?s=dhjunshi', '军事'],
  ['/column/qiche?s=dhqiche', '观出行'],
  ['/column/ChanJing?s=dhchanjing', '产经'],
  ['/column/GongYe·KeJi?s=dhgongyekeji', '科技'],
  ['/column/ChengShi?s=dhchengshi', '城事'],
  ['/mainnews-gd/', '滚动'],
  ['/video/gczvideo/list.html', '视频'],
] as const;

function navigation(images: string): string {
  const cells = SECTIONS.map(
    ([href, name]) =>
      `\t\t\t<div class="header-nav-cell j-nav-cell">\n\t\t\t\t<a href="${href}" title="${name}">${name}</a>\n\t\t\t</div>`,
  );
  return `<!-- 导航 start -->
<div class="header-index">
	<div class="header-index-box">
		<a href="/" target="_blank"><img src="../images/mian-logo.png" style="padding:13px 0;"></a>
		<div class="header-index-nav">
${cells.join('\n')}
		</div>
		<div class="header-index-right"></div>
		<div class="header-index-app" id="header-index-app"><i></i><span>APP下载</span></div>
		<div class="header-index-erweima">
			<img src="${images}/app-erweima.png?20190610">
			<p>扫一扫</p>
			<p>下载观察者APP</p>
		</div>
	</div>
</div>
<!-- 导航 end -->`;
}

/** The index of columnists, letter by letter: on the real site a mark of the home page. */
export function authorIndexHtml(seed: number): string {
  const letters = authorIndex(openRandom(seed, 'authors'), 11).map(({ letter, writers }) => {
    const links = writers.map(({ name, slug }) => `<a href="../${attribute(slug)}/list_1.shtml">${text(name)}</a>`);
    return `\t\t\t<dl class="fix">\n\t\t\t\t<dt>${letter}</dt>\n\t\t\t\t<dd>${links.join(' ')} </dd>\n\t\t\t</dl>`;
  });
  return `<div class="module-news mt15">
	<div class="module-news-header"><span>专栏作家 Columnist</span></div>
	<div class="module-news-main">
		<ul class="writer-list fix"><li>
${letters.join('\n')}
		</li></ul>
	</div>
</div>`;
}

function foot(): string {
  return `<div class="footer">
	<p><a href="/about/about.shtml">关于我们</a> | <a href="/about/Copyright.shtml">版权声明</a> | <a href="/about/sitemap.shtml">网站地图</a></p>
</div>
<script type="text/javascript">${SCRIPT}</script>
<script type="text/javascript" src="https://stat.example/h.js?8ab1"></script>
<div class="full_nav" style="display:none;">
	<a href="#comment" class="gocomment"><img src="/images/chat_icon.png" alt="评论"></a>
	<a href="javascript:;" class="gotop"><img src="/images/gotop.png" alt="返回顶部"></a>
</div>
<script type="text/javascript" src="../js/main.js?20260828"></script>`;
}

/** Rules in the number that the site's pages carry inline. */
const STYLE = Array.from(
  { length: 60 },
  (_, index) => `
        .nav-cell-${index} > a, .sub-menu-${index} {
            position: relative;
            height: ${20 + index}px;
            padding: 0 ${index % 12}px;
            line-height: ${22 + index}px;
            color: #${(index * 4099 + 0x101010).toString(16).slice(0, 6)};
        }`,
).join('\n');

/** Handlers in the number that the site's pages carry inline. */
const SCRIPT = Array.from(
  { length: 30 },
  (_, index) => `
$(function () {
    $('.j-box-${index}').hover(function () {
        $(this).find('.layer-${index}').show().css('top', ${index * 3} + 'px');
    }, function () {
        $(this).find('.layer-${index}').hide();
    });
});`,
).join('');
