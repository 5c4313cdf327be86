/** The pages that are no articles: stubs, walls, and pages of the site that only look like one from outside. */
import { clock } from '../write/calendar.ts';
import type { Edition } from '../write/edition.ts';
import type { Story } from '../write/story.ts';
import { documentHtml } from './furniture.ts';
import { scriptJson, text } from './html.ts';

/** A title, a time in the American manner, and a script that leads elsewhere (site.md, 7.2 and 7.3). */
export function stubPage(edition: Edition, story: Story): string {
  const [date = '', time = ''] = clock(story.slot.time).split(' ');
  const [year, month, day] = date.split('-');
  const content = `<ul class="two-coloum fix">
<li class="left left-main" style="position:relative;bottom:43px;">
<h3>${text(story.truth.title)}</h3>
<div class="time fix">
	<span>${month}/${day}/${year} ${time}</span>
</div>
<script type="text/javascript">window.location.href=${scriptJson(story.truth.leadsTo)};</script>
</li></ul>`;
  return documentHtml({
    title: story.truth.title,
    head: '',
    content,
    images: edition.origins.images,
  });
}

/** The challenge to visitors that look like programs: a script sets a cookie and asks again. */
export function challengePage(): string {
  return `<html><head><meta charset="utf-8"><script>
var a = 0; for (var i = 0; i < 1000; i++) { a = (a * 31 + i) % 65521; }
document.cookie = '${CHALLENGE_COOKIE}=' + a + '; path=/';
location.reload();
</script></head><body></body></html>
`;
}

/** The name of the cookie that the challenge's script sets. */
export const CHALLENGE_COOKIE = 'acw_sc__v2';

/** A slider for the visitor to move. */
export function captchaPage(): string {
  return `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>访问验证</title></head>
<body><div class="captcha-box" id="captcha"><h3>访问验证</h3><p>请按住滑块，拖动到最右边</p><div class="captcha-slider"><span class="captcha-handle"></span></div></div>
<script>var captchaToken = 'x-9f2c';</script></body></html>
`;
}

/** A page of the site with its frame and no article. */
export function plainPage(edition: Edition, title: string): string {
  const content = `<div class="about-main"><h2>${text(title)}</h2><div class="about-text"><p>本页介绍编辑部的地址与电话。来稿请寄良渡路九号。</p></div></div>`;
  return documentHtml({
    title: `${title}-观察者网`,
    head: '',
    content,
    images: edition.origins.images,
  });
}

/** What a server in front of the site answers by itself. */
export function errorPage(status: number, reason: string): string {
  return `<html>
<head><title>${status} ${reason}</title></head>
<body>
<center><h1>${status} ${reason}</h1></center>
<hr><center>nginx</center>
</body>
</html>
`;
}
