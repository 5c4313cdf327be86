/** Text that says or shows that some of it is missing, or is there twice. */
import { inBody, inSource, isPost, kindsOf, type MutantKind, type Original, type Words } from '../kind.ts';

/** Cuts the body after some paragraph and puts a line there that says so. */
function cutWith(lines: (words: Words, original: Original) => readonly string[], bare = false): MutantKind['make'] {
  return (original, words) =>
    inBody(original, ({ $, prose, append }) => {
      const at = words.random.int(1, Math.max(1, prose.length - 3));
      const first = prose[at];
      if (prose.length < 4 || first === undefined) return false;
      $(first).nextAll().remove();
      const line = words.pick(lines(words, original));
      append(
        bare ? line : words.pick([`<p>${line}</p>`, `<p style="text-align:center">${line}</p>`, `<div>${line}</div>`]),
      );
      return true;
    });
}

const LINES: Readonly<Record<string, MutantKind['make']>> = {
  'a fold line': cutWith(({ random }) => [
    '展开全文',
    '点击展开剩余内容',
    `展开剩余${random.int(20, 90)}%`,
    '阅读全文 ∨',
    '查看更多',
    '点击阅读全文>>',
    '全文展开',
    '展开阅读',
    '……（点击查看全文）',
    '显示全部',
    '继续阅读 ↓',
    '余下内容请点开',
  ]),
  'a wall for members': cutWith(({ random }) => [
    `本文为会员专享内容，剩余${random.int(300, 4000)}字`,
    '登录后可阅读全文',
    '开通会员继续阅读',
    '该内容仅限订阅用户查看',
    '试读结束，购买后解锁全文',
    '以下内容需付费阅读',
    '扫码登录，解锁后面的内容',
    '成为观察员，阅读完整版',
    'Subscribe to continue reading',
  ]),
  'a link to itself': cutWith((_, { address }) =>
    ['[全文]', '全文', '阅读原文', '【详细】', '更多>>', '详情'].map((word) => `<a href="${address.url}">${word}</a>`),
  ),
  'a word for the next page': cutWith(() => [
    '下一页',
    '下页 >',
    '点击进入下一页',
    '请看下页',
    '（下转第二版）',
    'Next',
  ]),
  'page numbers without addresses': cutWith(({ random }) => [
    Array.from({ length: random.int(2, 5) }, (_, i) => i + 1).join(' '),
    '1 <a href="javascript:;">2</a> <a href="javascript:;">3</a>',
    '[1] [2] [3] 下一页',
    '第1页 共3页',
    '1/4',
    '首页 上一页 1 2 3 末页',
  ]),
  'a promise of more': cutWith(() => [
    '（未完待续）',
    '未完',
    '待续',
    '（后文略）',
    '（以下省略）',
    '敬请期待下篇',
    '（节选）',
    '更新中……',
    '本文正在更新，请稍后刷新',
    '详细内容稍后补充',
  ]),
  'a call for the app': cutWith(() => [
    '打开客户端阅读全文',
    '下载APP查看完整内容',
    '在应用中打开，体验更佳，全文约5分钟',
    '请使用微信扫码阅读',
    '更多内容请到客户端查看',
  ]),
  'a message of an error': cutWith(({ random }) => [
    '加载失败，请重试',
    '网络异常，点击重新加载',
    `Error ${random.int(500, 599)}`,
    'Warning: include(): failed to open stream',
    '内容加载出错',
    'Loading...',
    '服务器开小差了',
    'Uncaught TypeError: undefined is not a function',
  ]),
  'a class for the fold': (original, words) =>
    inBody(original, ({ $, prose }) => {
      if (prose.length < 4) return false;
      $(prose.slice(2, 3)).nextAll().remove();
      $.root().append(
        `<div class="${words.pick(['fold-mask', 'unfold-btn', 'read-more', 'paywall', 'show-all'])}"><a href="javascript:;">${words.pick(['展开', '更多', '解锁'])}</a></div>`,
      );
      return true;
    }),
};

/** Ends in the middle of a sentence, as a cut at a fixed length leaves it. */
function stopInside(text: string, words: Words): string | null {
  const marks = [...text.matchAll(/[。！？；]/g)].map(({ index }) => index);
  const end = marks.at(-2) ?? -1;
  const sentence = text.slice(end + 1);
  if (sentence.length < 14) return null;
  const cut = text.slice(0, end + 1 + words.random.int(5, sentence.length - 6));
  return /[。！？；：”’…]$/.test(cut) ? null : cut;
}

const CUTS: Readonly<Record<string, MutantKind['make']>> = {
  'the last paragraph stops in a sentence': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const at = prose[words.random.int(2, Math.max(2, prose.length - 1))];
      const cut = at === undefined ? null : stopInside($(at).text(), words);
      if (at === undefined || cut === null) return false;
      $(at).text(cut).nextAll().remove();
      return true;
    }),
  'the last paragraph stops in a sentence, a picture follows': (original, words) =>
    inBody(original, ({ $, prose, append }) => {
      const at = prose[Math.max(2, prose.length - 2)];
      const cut = at === undefined ? null : stopInside($(at).text(), words);
      if (at === undefined || cut === null) return false;
      $(at).text(cut).nextAll().remove();
      append(`<p><img src="https://i.guancha.cn/news/mainland/${words.random.hex(32)}.jpg"></p>`);
      return true;
    }),
  'a middle paragraph stops in a sentence': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const at = prose.length < 4 ? undefined : prose[words.random.int(1, prose.length - 3)];
      const cut = at === undefined ? null : stopInside($(at).text(), words);
      if (at === undefined || cut === null) return false;
      $(at).text(cut);
      return true;
    }),
  'a paragraph begins inside a sentence': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const at = prose.length < 4 ? undefined : prose[words.random.int(1, prose.length - 2)];
      if (at === undefined) return false;
      $(at).text(
        $(at)
          .text()
          .trim()
          .replace(/^.{1,12}?[，、：]/, words.pick(['，', '、', '”', '）', '的'])),
      );
      return /^[，、”）]/.test($(at).text());
    }),
  'three dots for the rest': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const at = prose[Math.max(2, prose.length - 3)];
      const cut = at === undefined ? null : stopInside($(at).text(), words);
      if (at === undefined || cut === null) return false;
      $(at)
        .text(cut + words.pick(['…', '...', '……', '[…]', '…（略）']))
        .nextAll()
        .remove();
      return true;
    }),
  'a quotation that does not close at the end': (original, words) =>
    inBody(original, ({ $, prose, append }) => {
      if (prose.length < 4) return false;
      $(prose.slice(2, 3)).nextAll().remove();
      append(`<p>${words.name()}说：“${words.sentence().replace(/[“”]/g, '')}</p>`);
      return true;
    }),
  'numbered sections with one missing': (original, words) =>
    inBody(original, ({ $, prose }) => {
      if (prose.length < 5) return false;
      const marks = words.pick([
        ['一、', '二、', '四、'],
        ['第一，', '第二，', '第四，'],
        ['1. ', '2. ', '5. '],
        ['（一）', '（二）', '（四）'],
      ]);
      for (const [i, mark] of marks.entries())
        $(prose.slice(i + 1, i + 2)).before(`<p><strong>${mark}${words.headline()}</strong></p>`);
      return true;
    }),
  'an anchor of the parts is missing': (original) =>
    original.body.includes('id="page_3"')
      ? inSource(original, /<a id="page_2"><\/a>[\s\S]*?(?=<a id="page_3">)/, '')
      : null,
  'a list of pages beside a post': (original, words) =>
    isPost(original)
      ? inSource(
          original,
          /<div class="share-box"/,
          `<ul class="pagination"><li class="active"><a>1</a></li>${Array.from({ length: words.random.int(1, 4) }, (_, i) => `<li><a href="javascript:;" data-page="${i + 2}">${i + 2}</a></li>`).join('')}</ul><div class="share-box"`,
        )
      : null,
};

const TWICE: Readonly<Record<string, MutantKind['make']>> = {
  'a paragraph twice in a row': (original, words) =>
    inBody(
      original,
      ({ $, prose }) => prose.length > 2 && $(words.pick(prose)).after((_, html) => `<p>${html}</p>`).length > 0,
    ),
  'a paragraph twice, far apart': (original) =>
    inBody(original, ({ $, prose, append }) => {
      if (prose.length < 4) return false;
      append($.html(prose[1]));
      return true;
    }),
  'the whole text twice': (original) =>
    inBody(original, ({ $, append, prose }) => {
      if (prose.length < 2) return false;
      append($.html());
      return true;
    }),
  'every paragraph twice': (original) =>
    inBody(original, ({ $, prose }) => {
      for (const p of prose) $(p).after($.html(p));
      return prose.length > 1;
    }),
  'a paragraph twice in one': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const p = prose.length < 2 ? undefined : words.pick(prose);
      if (p === undefined) return false;
      $(p).text($(p).text().trim().repeat(2));
      return true;
    }),
  'a draft of a paragraph above it': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const p = prose.length < 3 ? undefined : words.pick(prose);
      if (p === undefined) return false;
      const draft = $(p)
        .text()
        .trim()
        .replace(/\d+/g, String(words.random.int(100, 999)))
        .replace(/，[^，。]*。/, '。');
      if (draft === $(p).text().trim()) return false;
      $(p).before(`<p>${draft}</p>`);
      return true;
    }),
  'deleted and inserted words side by side': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const p = prose.length < 2 ? undefined : words.pick(prose);
      if (p === undefined) return false;
      $(p).append(`<del>${words.sentence()}</del><ins>${words.sentence()}</ins>`);
      return true;
    }),
  'a picture twice': (original) =>
    inBody(original, ({ $, pictures }) => {
      const chosen = pictures[0];
      if (chosen === undefined) return false;
      $(chosen.block).after($.html(chosen.block));
      return true;
    }),
  'the headline again as the first line': (original) =>
    inBody(original, ({ prepend }) => {
      prepend(`<p>${original.truth.title}</p>`);
      return true;
    }),
};

export const INCOMPLETE: readonly MutantKind[] = kindsOf('B', {
  ...Object.fromEntries(Object.entries(LINES).map(([name, make]) => [`cut, with ${name}`, make])),
  ...CUTS,
  ...TWICE,
});
