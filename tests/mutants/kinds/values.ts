/** Fields whose printed value is none, has another form, or holds more than the field. */
import type { CheerioAPI } from 'cheerio';
import type { Element } from 'domhandler';
import { type Change, inPage, kindsOf, type MutantKind, type Sight, type Words } from '../kind.ts';

/** What stands where a template or a script was not filled in. */
const PLACEHOLDERS = [
  'null',
  'undefined',
  '{{value}}',
  ['$', '{name}'].join(''),
  '[object Object]',
  'NaN',
  '<%= v %>',
  '#NAME?',
  '%s',
  'N/A',
  '暂无',
  '无',
  '--',
  '待补',
  'None',
  '@author',
];

interface Field {
  readonly selector: string;
  /** Only of elements whose text begins so; the value stands behind it. */
  readonly label: string;
}

const FIELDS: Readonly<Record<string, Field>> = {
  'the source': { selector: 'li.left-main > div.time > span', label: '来源：' },
  'the editors': { selector: 'ul.article-other > li', label: '责任编辑:' },
  'the original title': { selector: 'ul.article-other > li', label: '原标题：' },
  'the keywords': { selector: 'div.key-word a', label: '' },
  'the columnist': { selector: 'ul.author .author-intro p a', label: '' },
  'the staff writer': { selector: 'ul.editor .editor-intro p a', label: '' },
  'the author of a post': { selector: '.article-content > .user-box .user-main h4 a', label: '' },
  'the topic': { selector: 'div.img-special .right_title h4 a', label: '' },
  'the time': { selector: 'li.left-main > div.time:not([style]) > span:first-child, .user-main .time1', label: '' },
  'the last update': { selector: 'li.left-main > div.time > span', label: '最后更新: ' },
  'the headline': { selector: 'li.left-main > h3, .article-content > h1', label: '' },
};

function elementOf($: CheerioAPI, { selector, label }: Field): Element | undefined {
  return $<Element, string>(selector)
    .toArray()
    .find((each) => $(each).text().trim() !== '' && $(each).text().trim().startsWith(label.trim()));
}

function printedValue($: CheerioAPI, field: Field, element: Element): string {
  return $(element).text().trim().slice(field.label.trim().length).replace(/\s+/g, ' ').trim();
}

/** Changes one field's printed value; what `change` gives stands behind the label as HTML. */
function written(
  name: string,
  change: (
    value: string,
    words: Words,
  ) => { readonly html: string; readonly sees?: (truth: Record<string, unknown>) => readonly Sight[] } | null,
): MutantKind['make'] {
  const field = FIELDS[name];
  return (original, words) =>
    inPage(original, ($): Change => {
      const element = field === undefined ? undefined : elementOf($, field);
      if (element === undefined || field === undefined) return false;
      const done = change(printedValue($, field, element), words);
      if (done === null) return false;
      $(element).html(field.label + done.html);
      return done.sees === undefined ? true : done.sees({ ...original.truth });
    });
}

const placeholders = Object.keys(FIELDS).map((name): [string, MutantKind['make']] => [
  `a placeholder for ${name}`,
  written(name, (_, words) => ({ html: words.pick(PLACEHOLDERS).replaceAll('<', '&lt;') })),
]);

const escaped = ['the source', 'the editors', 'the original title', 'the columnist', 'the headline', 'the topic'].map(
  (name): [string, MutantKind['make']] => [
    `escaped markup in ${name}`,
    written(name, (value, words) => ({
      html: words.pick([
        `&lt;b&gt;${value}&lt;/b&gt;`,
        `${value}&amp;nbsp;`,
        `&amp;ldquo;${value}&amp;rdquo;`,
        `${value}\\n`,
        `${value}&lt;br/&gt;`,
      ]),
    })),
  ],
);

const runOn: Readonly<Record<string, MutantKind['make']>> = {
  'the source with the editor behind it': written('the source', (value, words) => ({
    html: `${value}${words.pick([' 责任编辑：', '　编辑：', ' 作者：', ' 记者：', '｜责编 '])}${words.name()}`,
    sees: () => [{}],
  })),
  'the source with the time behind it': written('the source', (value, words) => ({
    html: `${value}${words.pick([' ', '　'])}2026-0${words.random.int(1, 9)}-1${words.random.int(0, 9)} 08:3${words.random.int(0, 9)}`,
    sees: () => [{}],
  })),
  'the label of the source twice': written('the source', (value, words) => ({
    html: `${words.pick(['来源：', '来源:', '稿源：'])}${value}`,
    sees: () => [{}],
  })),
  'a sentence for the source': written('the source', (_, words) => ({ html: words.sentence() })),
  'an address for the source': written('the source', (_, words) => ({
    html: `https://www.${words.random.hex(6)}.example/${words.random.hex(4)}.html`,
  })),
  'a number for the source': written('the source', (_, words) => ({ html: String(words.random.int(10, 99999)) })),
  'the editor with a second role': written('the editors', (value, words) => ({
    html: ` ${value} ${words.pick(['审核：', '校对：', '监制:', '二审：', '终审 ', '美编：'])}${words.name()}`,
    sees: () => [{}],
  })),
  'two editors joined by a word': written('the editors', (value, words) => {
    const other = words.name();
    return {
      html: ` ${value}${words.pick(['和', '与', ' & ', '及', '+'])}${other}`,
      sees: () => [{ editors: [...value.split(' '), other] }],
    };
  }),
  'two editors joined by a mark': written('the editors', (value, words) => {
    const other = words.name();
    return {
      html: ` ${value}${words.pick(['、', '，', '/', '；', '｜', ' | ', '·', '—', '\\'])}${other}`,
      sees: () => [{ editors: [...value.split(' '), other] }],
    };
  }),
  'the editor in brackets or with a title': written('the editors', (value, words) => ({
    html: words.pick([
      ` （${value}）`,
      ` 记者${value}`,
      ` 实习生 ${value}`,
      ` ${value}（实习）`,
      ` @${value}`,
      ` ${value} 编辑`,
    ]),
    sees: () => [{}],
  })),
  'a number for the editor': written('the editors', (_, words) => ({
    html: words.pick([
      ` PN${words.random.int(100, 999)}`,
      ` ${words.random.int(1000, 99999)}`,
      ' admin',
      ` user_${words.random.hex(4)}`,
    ]),
  })),
  'a sentence for the editor': written('the editors', (_, words) => ({ html: ` ${words.sentence()}` })),
  'the original title with another label behind it': written('the original title', (value, words) => ({
    html: `${value}${words.pick([' 来源：', '　责任编辑：', ' 作者：'])}${words.name()}`,
    sees: () => [{}],
  })),
  'all keywords in one link': (original, words) =>
    inPage(original, ($) => {
      const links = $('div.key-word a')
        .toArray()
        .filter((a) => $(a).text().trim() !== '');
      if (links.length < 2) return false;
      links
        .slice(0, 1)
        .map((first) =>
          $(first).text(links.map((a) => $(a).text()).join(words.pick([',', '，', '、', ' ', ';', '|']))),
        );
      for (const link of links.slice(1)) $(link).remove();
      return [{}];
    }),
  'a sentence among the keywords': (original, words) =>
    inPage(original, ($) => $('div.key-word').append(`<a href="#">${words.sentence()}</a>`).length > 0),
  'a button among the keywords': (original, words) =>
    inPage(
      original,
      ($) =>
        $('div.key-word').append(
          `<a href="javascript:;">${words.pick(['更多', '展开', '+关注', '查看全部', '>>', '下载APP', '订阅'])}</a>`,
        ).length > 0 && [{}],
    ),
  'the columnist with a title in the link': written('the columnist', (value, words) => ({
    html: `${value}${words.pick([' 教授', '（作家）', '：专栏', ' 等', '/文', '｜学者'])}`,
    sees: () => [{}],
  })),
  'two columnists in one link': written('the columnist', (value, words) => {
    const other = words.name();
    return {
      html: `${value}${words.pick(['、', '，', ' / ', '和', ' & '])}${other}`,
      sees: () => [{ columnists: bothOf(value, other) }],
    };
  }),
  'two people in one box': (original, words) =>
    inPage(original, ($) => {
      const box = $('ul.author .author-intro p, ul.editor .editor-intro p').first();
      const [first, other] = [box.find('a').first().text(), words.name()];
      box.append(`<a href="../x">${other}</a><span>${words.place()}大学教授</span>`);
      const field = box.closest('ul.author').length > 0 ? 'columnists' : 'staff';
      return box.length > 0 && [{ [field]: bothOf(first, other) }];
    }),
  'the columnist without a link': (original) =>
    inPage(original, ($) => {
      const link = $('ul.author .author-intro p a, ul.editor .editor-intro p a').first();
      link.replaceWith(link.text());
      return link.length > 0;
    }),
  'a button beside the columnist': written('the columnist', (value, words) => ({
    html: `${value}${words.pick(['+关注', ' 已认证', ' V', '>', ' 的文章', '专栏'])}`,
    sees: () => [{}],
  })),
  'the headline with a badge': written('the headline', (value, words) => ({
    html: words.pick([
      `<span class="tag">视频</span>${value}`,
      `${value}<em>独家</em>`,
      `[图]${value}`,
      `${value} <i>NEW</i>`,
      `<b>置顶</b>${value}`,
    ]),
    sees: () => [{}],
  })),
  'the headline with the site behind it': written('the headline', (value, words) => ({
    html: `${value}${words.pick(['-观察者网', '_观察者网', ' | 观察者网', '—风闻社区', '- 首页'])}`,
    sees: () => [{}],
  })),
  'the headline twice in its element': written('the headline', (value, words) => ({
    html: `${value}${words.pick(['', ' ', '<br>'])}${value}`,
  })),
  'the headline cut short': written('the headline', (value, words) => {
    const cut = value.slice(0, Math.max(3, Math.floor(value.length / 2)));
    return value.length < 8 ? null : { html: `${cut}${words.pick(['…', '...', '……', ''])}` };
  }),
};

/** True of a list of people that has these two. */
function bothOf(first: string, second: string): (people: unknown) => boolean {
  return (people) =>
    Array.isArray(people) &&
    [first, second].every((name) => people.filter((each) => String(each).split(' ')[0] === name).length === 1);
}

export const VALUES: readonly MutantKind[] = kindsOf('A', {
  ...Object.fromEntries([...placeholders, ...escaped]),
  ...runOn,
});
