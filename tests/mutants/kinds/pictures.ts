/** Captions in other forms and places, lines that are none, and pictures and players in other markup. */
import { inBody, inPage, kindsOf, type MutantKind, plain, type Words } from '../kind.ts';

/** How the paragraph below a picture may be written and is its caption all the same. */
const CAPTIONS: Readonly<Record<string, (text: string, words: Words) => string>> = {
  'a figcaption': (text) => `<figcaption>${text}</figcaption>`,
  'a class': (text, { pick }) =>
    `<p class="${pick(['img-caption', 'pic-desc', 'photo-note', 'image-info', 'tuzhu'])}">${text}</p>`,
  'a block with a class': (text, { pick }) =>
    `<div class="${pick(['caption', 'img_desc', 'pic-txt', 'tu-shuo'])}">${text}</div>`,
  'a grey by function': (text, { pick }) =>
    `<p style="color:${pick(['rgb(153, 153, 153)', 'rgba(0,0,0,.5)', 'hsl(0,0%,60%)', 'darkgray', '#888', 'rgb(127 127 127)'])}">${text}</p>`,
  'small letters': (text, { pick }) =>
    `<p>${pick([`<small>${text}</small>`, `<span style="font-size:12px">${text}</span>`, `<font size="2">${text}</font>`])}</p>`,
  'slanted letters': (text, { pick }) =>
    `<p>${pick([`<em>${text}</em>`, `<i>${text}</i>`, `<span style="font-style:italic">${text}</span>`])}</p>`,
  'centred by an attribute of a block': (text, { pick }) =>
    pick([
      `<div align="center">${text}</div>`,
      `<center>${text}</center>`,
      `<p align="middle">${text}</p>`,
      `<p style="text-align:-webkit-center">${text}</p>`,
    ]),
  'a mark before it': (text, { pick }) =>
    `<p>${pick(['▲', '△', '图：', '图注：', '图说：', '↑ ', '【图】', '图为', '图1：', '上图：'])}${text}</p>`,
  'a source behind it': (text, { pick }) =>
    `<p>${text}${pick(['（图源：望潮周刊）', ' 图/澜江日报', '｜视觉三汊', ' 新华社图', '（摄影：岑听澜）', ' ©青禾图片'])}</p>`,
  'short words without an end mark': (text) => `<p>${text}</p>`,
  'a heading of low rank': (text, { pick }) => pick([`<h6>${text}</h6>`, `<h5>${text}</h5>`]),
};

const captions = Object.entries(CAPTIONS).map(([name, write]): [string, MutantKind['make']] => [
  `a caption by ${name}`,
  (original, words) =>
    inBody(original, ({ $, pictures }) => {
      const all = pictures.filter(({ caption }) => caption !== null);
      const chosen = all.length === 0 ? undefined : words.pick(all);
      if (chosen === undefined || chosen.caption === null) return false;
      const old = plain($(chosen.caption).text());
      if (old.length > 60) return false;
      const html = write($(chosen.caption).text().trim(), words);
      const now = plain($(`<div>${html}</div>`).text());
      $(chosen.caption).replaceWith(html);
      const { truth } = original;
      // With or without its mark it is the caption.
      const at = truth.captions.indexOf(old);
      return [
        {
          text: truth.text.replace(old, () => now),
          captions: (value: unknown) => isCaption(value, truth.captions, at, old, now),
        },
      ];
    }),
]);

function isCaption(value: unknown, before: readonly string[], at: number, old: string, now: string): boolean {
  return (
    Array.isArray(value) &&
    value.length === before.length &&
    value.every((each, i) => (i === at ? [old, now].includes(String(each)) : each === before[i]))
  );
}

/** Pictures and their captions wrapped together: the caption's text and the picture stay. */
const FRAMES: Readonly<Record<string, (image: string, caption: string) => string>> = {
  'a figure': (image, caption) => `<figure>${image}<figcaption>${caption}</figcaption></figure>`,
  'a table': (image, caption) => `<table><tr><td>${image}</td></tr><tr><td>${caption}</td></tr></table>`,
  'one paragraph with a line break': (image, caption) => `<p>${image}<br>${caption}</p>`,
  'a definition list': (image, caption) => `<dl><dt>${image}</dt><dd>${caption}</dd></dl>`,
  'two blocks in a block': (image, caption) =>
    `<div class="pic-box"><div class="pic">${image}</div><div class="txt">${caption}</div></div>`,
  'a block with the caption first': (image, caption) =>
    `<p align="center"><span style="color:#999999;">${caption}</span></p><p align="center">${image}</p><p></p>`,
  'a link round the picture': (image, caption) =>
    `<p align="center"><a href="https://i.guancha.cn/big.html">${image}</a></p><p>${caption}</p>`,
  'an empty paragraph between': (image, caption) =>
    `<p align="center">${image}</p><p>&nbsp;</p><p align="center"><span style="color:#999999;">${caption}</span></p>`,
};

const frames = Object.entries(FRAMES).map(([name, write]): [string, MutantKind['make']] => [
  `picture and caption in ${name}`,
  (original, words) =>
    inBody(original, ({ $, pictures }) => {
      const all = pictures.filter(({ caption, block }) => caption !== null && plain($(block).text()) === '');
      const chosen = all.length === 0 ? undefined : words.pick(all);
      if (chosen === undefined || chosen.caption === null) return false;
      const caption = $(chosen.caption).text().trim();
      if (caption.length > 60) return false;
      const html = write($.html(chosen.image), caption);
      $(chosen.block).replaceWith(html);
      $(chosen.caption).remove();
      return true;
    }),
]);

/** Lines right below a picture that are no captions, however they are set. */
const NO_CAPTIONS: Readonly<Record<string, (words: Words) => string>> = {
  'a centred subhead': ({ headline, pick }) =>
    `<p style="text-align:center"><strong>${pick(['一、', '02 ', '三 ', '（四）', ''])}${headline()}</strong></p>`,
  'a bold subhead': ({ headline }) => `<p><strong>${headline()}</strong></p>`,
  'a numbered subhead': ({ headline, pick }) => `<p>${pick(['一、', '（二）', '3. ', 'Part 4 '])}${headline()}</p>`,
  'a short sentence': ({ pick, place, name }) =>
    `<p>${pick([`${name()}没有回答。`, `那一年，${place()}下了雪。`, '事情并没有结束。'])}</p>`,
  'a quotation': ({ sentence }) => `<blockquote class="content-quote"><p>${sentence()}</p></blockquote>`,
  'a question': ({ place }) => `<p>那么，${place()}呢？</p>`,
  'a centred divider': ({ pick }) => `<p style="text-align:center">${pick(['* * *', '———', '●●●', '◆', '※※※'])}</p>`,
};

const noCaptions = Object.entries(NO_CAPTIONS).map(([name, write]): [string, MutantKind['make']] => [
  `no caption but ${name} below a picture`,
  (original, words) =>
    inBody(original, ({ $, pictures }) => {
      const all = pictures.filter(({ caption }) => caption !== null);
      const chosen = all.length === 0 ? undefined : words.pick(all);
      if (chosen === undefined || chosen.caption === null) return false;
      const old = plain($(chosen.caption).text());
      const html = write(words);
      $(chosen.caption).replaceWith(html);
      const { truth } = original;
      const at = truth.captions.indexOf(old);
      if (at < 0) return false;
      return [
        {
          text: truth.text.replace(old, () => plain($(`<div>${html}</div>`).text())),
          captions: truth.captions.with(at, ''),
        },
      ];
    }),
]);

/** A picture of the article in markup that browsers show, or that a script of the page fills in. */
const PICTURES: Readonly<Record<string, (src: string, words: Words) => string>> = {
  'a source of a picture element': (src) => `<picture><source srcset="${src}"><img alt=""></picture>`,
  'a set of sources': (src) => `<img srcset="${src} 2x" alt="">`,
  'a background': (src, { pick }) =>
    pick([
      `<div style="background-image:url(${src});height:300px"></div>`,
      `<p style="background:url('${src}') no-repeat;height:300px"></p>`,
      `<span style="content:url(${src})"></span>`,
    ]),
  'a drawing': (src, { pick }) =>
    `<svg width="500" height="300"><image ${pick(['href', 'xlink:href'])}="${src}" width="500"/></svg>`,
  'a button': (src) => `<input type="image" src="${src}">`,
  'an object': (src, { pick }) => pick([`<object data="${src}" type="image/jpeg"></object>`, `<embed src="${src}">`]),
  'an element of another system': (src, { pick }) =>
    pick([
      `<amp-img src="${src}" width="500" height="300"></amp-img>`,
      `<x-image src="${src}"></x-image>`,
      `<mip-img src="${src}"></mip-img>`,
      `<image src="${src}">`,
    ]),
  'an attribute for a script': (src, { pick }) =>
    `<img class="lazy" ${pick(['data-lazy', 'data-actualsrc', 'lay-src', 'data-echo', 'data-hi-res', '_src', 'zoomfile', 'file', 'v-lazy'])}="${src}" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`,
  'a block that a script fills': (src, { pick }) =>
    pick([
      `<div class="img-holder" data-img="${src}"></div>`,
      `<div data-props='{"src":"${src}"}'></div>`,
      `<p data-background="${src}"></p>`,
    ]),
  'a script': (src) => `<script>document.write('<img src="${src}">')</script>`,
  'a noscript': (src) => `<img src="https://i.guancha.cn/images/loading.gif"><noscript><img src="${src}"></noscript>`,
  'an inner document': (src) => `<iframe srcdoc="&lt;img src='${src}'&gt;"></iframe>`,
};

const markup = Object.entries(PICTURES).map(([name, write]): [string, MutantKind['make']] => [
  `a picture by ${name}`,
  (original, words) =>
    inBody(original, ({ $, pictures }) => {
      const plainOnes = pictures.filter(({ image }) =>
        /^https:\/\/i\.guancha\.cn\/[^!?'"]+\.(?:jpg|png)$/.test(image.attribs.src ?? ''),
      );
      const chosen = plainOnes.length === 0 ? undefined : words.pick(plainOnes);
      if (chosen === undefined) return false;
      $(chosen.image).replaceWith(write(chosen.image.attribs.src ?? '', words));
      return [
        {
          media: () => true,
        },
      ];
    }),
]);

/** A video that browsers show, or that a script of the page puts there. */
const VIDEOS: Readonly<Record<string, (src: string, words: Words) => string>> = {
  'a block that a script fills': (src, { pick, random }) =>
    pick([
      `<div id="player-${random.hex(4)}" class="prism-player" data-url="${src}"></div>`,
      `<div class="video-box" data-vid="${random.hex(12)}"></div>`,
      `<div id="id_video_container"></div><script>new TcPlayer('id_video_container',{"m3u8":"${src}"})</script>`,
    ]),
  'an object with parameters': (src) =>
    `<object width="480" height="400"><param name="movie" value="${src}"><param name="allowFullScreen" value="true"></object>`,
  'an attribute with JSON': (src) => `<div class="v" data-config='{"video":{"url":"${src}"}}'></div>`,
  'a poster in the background': (src, { random }) =>
    `<div class="play-btn" style="background:url(https://i.guancha.cn/${random.hex(8)}.jpg)" onclick="play('${src}')"></div>`,
  'an element of another system': (src, { pick, random }) =>
    pick([
      `<txp-player vid="${random.hex(11)}"></txp-player>`,
      `<mp-common-videosnap data-id="${random.hex(9)}"></mp-common-videosnap>`,
      `<amp-video src="${src}"></amp-video>`,
      `<bilibili-player bvid="BV1${random.hex(9)}"></bilibili-player>`,
    ]),
  'a source that a script sets': (src, { pick }) =>
    pick([
      `<video data-src="${src}" controls></video>`,
      `<video controls><source data-src="${src}"></video>`,
      `<video src="blob:https://www.guancha.cn/x" data-origin="${src}"></video>`,
      '<video controls></video>',
    ]),
  'a script alone': (src) => `<script>var videoUrl="${src}";initPlayer(videoUrl);</script>`,
  'a picture with a play mark': (src, { random }) =>
    `<a class="video-link" data-url="${src}"><img src="https://i.guancha.cn/news/mainland/${random.hex(32)}.jpg"><i class="play"></i></a>`,
  'a frame without an address': (src, { pick }) =>
    pick([
      `<iframe data-src="${src}"></iframe>`,
      `<iframe src="about:blank" data-url="${src}"></iframe>`,
      `<iframe src="javascript:;" name="${src}"></iframe>`,
    ]),
  'an applet': (src) => `<applet code="Player" width="300"><param name="src" value="${src}"></applet>`,
};

const videos = Object.entries(VIDEOS).map(([name, write]): [string, MutantKind['make']] => [
  `a video by ${name}`,
  (original, words) =>
    inBody(original, ({ $, prose }) => {
      const place = prose[1];
      if (place === undefined) return false;
      const src = `https://v.guancha.cn/${words.random.hex(20)}/${words.random.hex(8)}/video.m3u8`;
      $(place).after(
        words.pick(['<p>$</p>', '<p style="text-align:center;">$</p>', '$']).replace('$', () => write(src, words)),
      );
      const { truth } = original;
      return [
        {
          media: (media: unknown) => Array.isArray(media) && media.length > truth.media.length,
          images: () => true,
          captions: () => true,
        },
      ];
    }),
]);

export const PICTURE_KINDS: readonly MutantKind[] = kindsOf('A', {
  ...Object.fromEntries([...captions, ...frames, ...noCaptions, ...markup, ...videos]),
  'two pictures in a paragraph with one caption': (original) =>
    inBody(original, ({ $, pictures }) => {
      const chosen = pictures.find(({ caption }) => caption !== null);
      if (chosen === undefined) return false;
      const second = 'https://i.guancha.cn/news/mainland/0123456789abcdef0123456789abcdef.jpg';
      $(chosen.image).before(`<img src="${second}">`);
      const at = original.truth.images.indexOf(chosen.image.attribs.src ?? '');
      if (at < 0) return false;
      const { images, captions: before } = original.truth;
      return [
        {
          images: images.toSpliced(at, 0, second),
          captions: (value: unknown) =>
            Array.isArray(value) && value.length === before.length + 1 && value[at + 1] === before[at],
        },
      ];
    }),
  'a picture without an address': (original) =>
    inPage(
      original,
      ($) =>
        $('.all-txt p img, .article-txt-content p img').first().removeAttr('src').removeAttr('data-original').length >
        0,
    ),
});
