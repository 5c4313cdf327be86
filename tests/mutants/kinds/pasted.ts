/** What comes along where text is copied from elsewhere, recognised, translated or masked by a program. */
import { inBody, inPage, kindsOf, type MutantKind, plain, type Words } from '../kind.ts';

function line(write: (words: Words) => string, where: 'inside' | 'end' | 'top' = 'inside'): MutantKind['make'] {
  return (original, words) =>
    inBody(original, ({ $, prose, append, prepend }) => {
      if (prose.length < 3) return false;
      const html = `<p>${write(words)}</p>`;
      if (where === 'top') prepend(html);
      else if (where === 'end') append(html);
      else $(words.pick(prose.slice(0, -1))).after(html);
      return true;
    });
}

function inText(change: (text: string, words: Words) => string): MutantKind['make'] {
  return (original, words) =>
    inBody(original, ({ $, prose }) => {
      const p = prose.length < 2 ? undefined : words.pick(prose);
      if (p === undefined) return false;
      const [old, now] = [$(p).text(), change($(p).text(), words)];
      $(p).text(now);
      return plain(now) !== plain(old);
    });
}

export const PASTED: readonly MutantKind[] = kindsOf('B', {
  'the tail of a copied answer': line(
    ({ pick, name, random }) =>
      pick([
        `作者：${name()} 链接：https://www.zh.example/q/${random.int(1, 999)} 来源：知乎 著作权归作者所有`,
        `编辑于 2022-0${random.int(1, 9)}-11 · 著作权归作者所有`,
        `———————————————— 版权声明：本文为博主原创文章，附上原文出处链接`,
        `转自 ${name()} 的微博，${random.int(1, 12)}分钟前 来自 手机客户端`,
      ]),
    'end',
  ),
  'small print of a mail': line(
    ({ pick, name }) =>
      pick([
        '发自我的手机',
        'Sent from my iPhone',
        `&gt; ${name()} 写道：`,
        '-----原始邮件-----',
        '抄送：全体',
        '附件：终稿v3.docx',
      ]),
    'end',
  ),
  'times of a transcript': inText((text, { random }) =>
    text
      .split('，')
      .map((part, i) => (i % 2 === 0 ? `[00:${String(random.int(10, 59))}:${String(10 + i)}]${part}` : part))
      .join('，'),
  ),
  'lines of subtitles': line(
    ({ sentence, random }) =>
      `${random.int(1, 99)}<br>00:01:${random.int(10, 29)},000 --&gt; 00:01:${random.int(30, 59)},500<br>${sentence()}`,
  ),
  'numbers of citations': inText((text, { random }) =>
    text.replace(/。/g, () => `[${random.int(1, 30)}]。`).replace(/$/, '[来源请求]'),
  ),
  'masks for words': inText((text, { pick }) =>
    text.replace(
      /(?<=\p{Script=Han})\p{Script=Han}{2}(?=\p{Script=Han})/u,
      pick(['**', '***', '××', '■■', '□□', '__', '口口', 'XX']),
    ),
  ),
  'a mark of ownership in a sentence': inText(
    (text, { pick, random }) =>
      `${text.slice(0, 12)}${pick(['（www.copy.example）', `【${random.hex(4)}网首发】`, '@三汊口搬运', 'Ｗww．copy．example'])}${text.slice(12)}`,
  ),
  'a translation beside the words': (original) =>
    inBody(original, ({ $, prose }) => {
      const p = prose[1];
      if (p === undefined) return false;
      $(p).append(
        '<font style="vertical-align: inherit;"><font style="vertical-align: inherit;">The new lock of the canal was opened on Tuesday.</font></font>',
      );
      return true;
    }),
  'the text in another language by a program': (original) =>
    inBody(original, ({ $, prose }) => {
      for (const p of prose)
        $(p).html(
          '<font style="vertical-align: inherit;">The people of the town said that it was slow but it was right.</font>',
        );
      return prose.length > 2;
    }),
  'text by lines of a fixed length': (original) =>
    inBody(original, ({ $, prose }) => {
      for (const p of prose) {
        const text = $(p).text().trim().replace(/[<>&]/g, '');
        $(p).replaceWith((text.match(/.{1,18}/gsu) ?? []).map((part) => `<p>${part}</p>`).join(''));
      }
      return prose.length > 2 && !/&(?:lt|gt|amp);/.test(original.body) && [{}];
    }),
  'letters read wrongly by a machine': inText((text, { pick }) =>
    text.replaceAll('，', pick(['，，', ',,', '. ,', '､'])).replaceAll('。', pick(['。。', ' o ', '〇', 'O'])),
  ),
  'a page number and a running head': line(({ pick, random, place }) =>
    pick([
      `第 ${random.int(2, 90)} 页`,
      `- ${random.int(2, 90)} -`,
      `${place()}年鉴 ${random.int(100, 400)}`,
      `P${random.int(1, 40)} / ${random.int(41, 90)}`,
    ]),
  ),
  'remarks of a word processor': line(({ pick, name }) =>
    pick([
      `[批注1]: ${name()}`,
      '错误!未找到引用源。',
      '错误!未定义书签。',
      '单击此处输入文字。',
      '格式化: 字体: 宋体',
      'PAGE \\* MERGEFORMAT',
      'HYPERLINK "http://a.example"',
    ]),
  ),
  'an instruction to or from a machine': line(({ pick }) =>
    pick([
      '好的，以下是改写后的文章：',
      '作为一个人工智能语言模型，我无法',
      '请根据以上内容生成摘要',
      '希望以上内容对您有帮助！',
      '（字数：约800字）',
      '```',
      '当然可以！下面是为您润色的版本',
    ]),
  ),
  'a line in the direction of another script': inText(
    (text, { pick }) =>
      `${text.slice(0, 10)}${pick(['\u202e', '\u202e\u202d', '\u2067'])}${[...text.slice(10)].reverse().join('')}`,
  ),
  'sound of a keyboard': line(({ pick, random }) =>
    pick(['，，，，', 'aaaaaaaa', '……。。。', 'ddfgh', '；；；', `${random.hex(8)}`, '嗯嗯嗯', '12345']),
  ),
});

/** Addresses of pictures that lead nowhere, or elsewhere than the page thought: a reader sees no picture there. */
const ADDRESSES: Readonly<Record<string, (src: string, words: Words) => string>> = {
  'on the editor’s own disk': (_, { pick }) =>
    pick(['file:///C:/Users/a/Desktop/1.jpg', 'C:\\Users\\a\\1.jpg', 'file:///tmp/msohtmlclip1/01/clip_image002.jpg']),
  'inside the house': (src, { pick }) =>
    pick([
      'http://192.168.1.3/upload/1.jpg',
      'http://localhost:8080/a.jpg',
      'http://cms.intra/pic/1.jpg',
      src.replace('https://i.guancha.cn', 'http://10.0.0.8'),
    ]),
  'of a mail or a paste': (_, { pick }) =>
    pick([
      'cid:image001.jpg@01D7',
      'blob:https://www.guancha.cn/1d-2',
      'webkit-fake-url://a-b/image.tiff',
      'content://media/1',
      'about:blank',
      'javascript:void(0)',
    ]),
  'without its scheme': (src) => src.replace('https://', ''),
  'with a broken scheme': (src, { pick }) =>
    src.replace('https://', pick(['https:/', 'htps://', 'https//', 'https://https://', 'https:////'])),
  'with a name that was not filled in': (src, { pick }) =>
    src.replace(
      /[^/]+?(?=[?!]|$)/,
      pick(['null', 'undefined', '{{src}}', '[object Object]', ['$', '{img}'].join(''), '']),
    ),
  'of a picture that says that there is none': (_, { pick }) =>
    `https://i.guancha.cn/images/${pick(['blank.gif', 'default.png', 'nopic.jpg', 'loading.gif', 'grey.png', 'spacer.gif', 'placeholder.svg'])}`,
  'of a counter of visitors': (_, { random }) => `https://count.example/p.gif?id=${random.hex(6)}`,
};

export const PICTURE_ADDRESSES: readonly MutantKind[] = kindsOf(
  'A',
  Object.fromEntries(
    Object.entries(ADDRESSES).map(([name, write]): [string, MutantKind['make']] => [
      `a picture’s address ${name}`,
      (original, words) =>
        inPage(original, ($) => {
          const images = $('.all-txt p > img[src], .article-txt-content p > img[src]').toArray();
          const image = images.find(({ attribs }) => attribs.src?.startsWith('https://i.guancha.cn/news') === true);
          if (image === undefined) return false;
          image.attribs.src = write(image.attribs.src ?? '', words);
          return [];
        }),
    ]),
  ),
);
