/** Text that the page does not show, by every way that a style or an element hides it. */
import { inBody, kindsOf, type MutantKind, type Original, plain, textWith, type Words } from '../kind.ts';

/** Attributes that hide the element which has them. */
const HIDING: Readonly<Record<string, readonly string[]>> = {
  'display none': [
    'style="display:none"',
    'style="display : none !important"',
    'style="color:#333;DISPLAY:NONE;"',
    'style="display:/**/none"',
  ],
  'the hidden attribute': ['hidden', 'hidden="until-found"', 'hidden=""'],
  visibility: ['style="visibility:hidden;"', 'style="visibility: collapse"'],
  opacity: [
    'style="opacity:0"',
    'style="opacity: 0.0;"',
    'style="opacity:0%"',
    'style="filter:opacity(0)"',
    'style="opacity:.01"',
  ],
  'a place outside the page': [
    'style="position:absolute;left:-9999px"',
    'style="position:fixed; top:-200vh"',
    'style="margin-left:-9000px"',
    'style="text-indent:-9999px;overflow:hidden"',
  ],
  clipping: [
    'style="position:absolute;clip:rect(0,0,0,0)"',
    'style="clip-path:inset(100%)"',
    'style="clip-path: circle(0)"',
  ],
  'a box without height': [
    'style="height:0;overflow:hidden"',
    'style="max-height:0px; overflow: hidden;"',
    'style="width:1px;height:1px;overflow:hidden"',
  ],
  'letters without size': [
    'style="font-size:0"',
    'style="font-size: 0px"',
    'style="font-size:1px;line-height:0"',
    'style="font: 0/0 a"',
  ],
  'letters in the colour of the paper': [
    'style="color:#fff"',
    'style="color:white"',
    'style="color: transparent;"',
    'style="color:rgba(0,0,0,0)"',
    'style="color:#ffffff;background:#fff"',
  ],
  'a transformation': [
    'style="transform:scale(0)"',
    'style="transform: translateX(-9999px)"',
    'style="transform:rotateY(90deg)"',
    'style="zoom:0.01"',
    'style="scale: 0"',
  ],
  'a layer below': ['style="position:relative;z-index:-1"', 'style="position:absolute;z-index:-999;top:0"'],
  'content that is not laid out': [
    'style="content-visibility:hidden"',
    'style="-webkit-text-fill-color:transparent"',
    'style="-webkit-text-security:disc"',
  ],
  'folding by lines': [
    'style="-webkit-line-clamp:0;display:-webkit-box;overflow:hidden"',
    'style="columns:1;max-block-size:0;overflow:clip"',
    'style="block-size:0;overflow:hidden"',
  ],
  'a class of the page': ['class="KLASS"', 'class="content-p KLASS"'],
};

/** A name that only this mutant has, with the rule of the page's own style sheet that hides it. */
function withClass(original: Original, attributes: string, { random }: Words) {
  const name = `u-${random.hex(5)}`;
  const rule = random.pick(['display:none', 'visibility:hidden', 'opacity:0', 'position:absolute;left:-9999px']);
  return {
    attributes: attributes.replace('KLASS', name),
    original: attributes.includes('KLASS')
      ? { ...original, head: original.head.replace('</head>', `<style>.${name}{${rule}}</style></head>`) }
      : original,
  };
}

const foreign = Object.entries(HIDING).map(([name, ways]): [string, MutantKind['make']] => [
  `foreign text hidden by ${name}`,
  (whole, words) => {
    const { attributes, original } = withClass(whole, words.pick(ways), words);
    return inBody(original, ({ $, prose }) => {
      if (prose.length < 2) return false;
      const tag = words.pick(['p', 'div', 'section', 'p']);
      $(words.pick(prose)).after(`<${tag} ${attributes}>${words.paragraph()}</${tag}>`);
      return true;
    });
  },
]);

const inline = Object.entries(HIDING).map(([name, ways]): [string, MutantKind['make']] => [
  `words in a sentence hidden by ${name}`,
  (whole, words) => {
    const { attributes, original } = withClass(whole, words.pick(ways), words);
    return inBody(original, ({ $, prose }) => {
      if (prose.length < 2) return false;
      const tag = words.pick(['span', 'i', 'font', 'em']);
      $(words.pick(prose)).append(
        `<${tag} ${attributes}>${words.pick([words.sentence(), words.name(), words.place()])}</${tag}>`,
      );
      return true;
    });
  },
]);

const own = Object.entries(HIDING).map(([name, ways]): [string, MutantKind['make']] => [
  `a paragraph of the article hidden by ${name}`,
  (whole, words) => {
    const { attributes, original } = withClass(whole, words.pick(ways), words);
    return inBody(original, ({ $, prose }) => {
      if (prose.length < 3) return false;
      const p = $(words.pick(prose));
      const text = p.text();
      p.replaceWith(`<p ${attributes}>${p.html()}</p>`);
      return [{ text: textWith(original, text, '') }];
    });
  },
]);

/** Elements whose content browsers do not lay out, or only behind a click. */
const CONTAINERS: Readonly<Record<string, (html: string, text: string) => string>> = {
  'a template': (html) => `<template>${html}</template>`,
  'a noscript': (html) => `<noscript>${html}</noscript>`,
  'closed details': (html) => `<details>${html}</details>`,
  'a closed dialog': (html) => `<dialog>${html}</dialog>`,
  'the fallback of an object': (html) => `<object type="application/x-none">${html}</object>`,
  'the fallback of a canvas': (html) => `<canvas width="10" height="10">${html}</canvas>`,
  'the fallback of a video': (html) => `<video src="https://v.guancha.cn/none.mp4">${html}</video>`,
  'a title of a drawing': (_, text) => `<svg width="1" height="1"><desc>${text}</desc><title>${text}</title></svg>`,
  'a data list': (_, text) => `<datalist><option>${text}</option></datalist>`,
};

const containers = Object.entries(CONTAINERS).map(([name, wrap]): [string, MutantKind['make']] => [
  `foreign text inside ${name}`,
  (original, words) =>
    inBody(original, ({ $, prose }) => {
      if (prose.length < 2) return false;
      const text = words.paragraph();
      $(words.pick(prose)).after(wrap(`<p>${text}</p>`, text));
      return name.includes('video') || name.includes('object') ? [{ media: () => true }] : true;
    }),
]);

/** Where a paragraph of the article may stand so that browsers show it, and a reader of the tree may miss it. */
const SHOWN: Readonly<Record<string, (html: string, text: string, id: string) => string>> = {
  'an inner document': (html) => `<iframe srcdoc="${html.replaceAll('"', '&quot;')}"></iframe>`,
  'an attribute that a style prints': (_, text, id) =>
    `<style>.${id}::after{content:attr(data-t)}</style><p class="${id}" data-t="${text}"></p>`,
  'a style sheet': (_, text, id) => `<style>.${id}::before{content:"${text}"}</style><p class="${id}"></p>`,
  'open details': (html) => `<details open>${html}</details>`,
  'an open shadow root': (html) => `<div><template shadowrootmode="open">${html}</template></div>`,
  'a script that writes it': (_, text) => `<script>document.write('<p>${text}</p>')</script>`,
  'a template that a script fills in': (html, _, id) =>
    `<template id="${id}">${html}</template><script>var t=document.getElementById("${id}");t.after(t.content)</script>`,
  'data for a script': (_, text, id) =>
    `<div id="${id}"></div><script type="application/json">${JSON.stringify({ html: `<p>${text}</p>` })}</script>`,
  'an attribute for a script': (_, text) => `<div class="lazy-text" data-content="${text}"></div>`,
  'the label of a field': (_, text) => `<input type="text" readonly value="${text}">`,
  'a comment that a script opens': (html) => `<!--${html}-->`,
  'a drawing': (_, text) => `<svg width="600" height="40"><text y="20">${text}</text></svg>`,
  'the alternative text of a lost picture': (_, text) => `<p><img alt="${text}"></p>`,
  'an encoded attribute': (_, text) => `<div data-b64="${Buffer.from(text).toString('base64')}"></div>`,
};

const shown = Object.entries(SHOWN).map(([name, wrap]): [string, MutantKind['make']] => [
  `a paragraph of the article in ${name}`,
  (original, words) =>
    inBody(original, ({ $, prose }) => {
      if (prose.length < 3) return false;
      const p = $(words.pick(prose));
      p.replaceWith(wrap(`<p>${p.html()}</p>`, plain(p.text()).replace(/["'<>&]/g, ''), `x${words.random.hex(5)}`));
      return [{ text: (text: unknown) => plain(String(text)) === original.truth.text, media: () => true }];
    }),
]);

export const HIDDEN: readonly MutantKind[] = kindsOf(
  'A',
  Object.fromEntries([...foreign, ...inline, ...own, ...containers, ...shown]),
);
