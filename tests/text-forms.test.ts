/** Text that is incomplete, there twice, foreign, or markup is flagged with its words; whole texts of all forms are not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { FlagCode } from '../src/flags.ts';
import { extract } from '../src/page/extract.ts';
import { stopsShort } from '../src/page/sentences.ts';
import { classicPage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';

const ONE = '镇上的茶馆今天照常开门，门前的水泥路刚刚修好，老街坊都来坐了一坐。';
const TWO = '掌柜说，新到的春茶只有三十斤，卖完就要等到清明以后才会再有。';
const THREE = '码头上的渡船每逢初一十五停航检修，渔民们趁着这两天补网晒鱼。';
const p = (...texts: readonly string[]) => texts.map((text) => `<p>${text}</p>`).join('');
const PICTURE = '<p align="center"><img src="https://i.guancha.cn/news/a.jpg"></p>';

const WHOLE: Readonly<Record<string, string>> = {
  sentences: p(ONE, TWO, THREE),
  'a question, an exclamation, an ellipsis': p(
    '谁来喝茶？',
    '今天开门！',
    '茶还热着……',
    '“请坐。”',
    '“请坐”他说（笑）',
  ),
  'a colon before a quotation': p('掌柜在门口的木牌上用毛笔写了这样一段话，字写得很大，路过的人都看得见：', `“${ONE}”`),
  'a colon before a list': `${p('茶馆里一共有下面几样东西，都是掌柜从各地的旧货市场上一件一件收来的：')}<ul><li>铜壶</li><li>竹椅</li></ul>${p(ONE)}`,
  'a dateline and a credit': p('青禾镇1月28日电', ONE, '（完）', '2022年1月28日'),
  subheads: p(
    ONE,
    '<strong>灶台上的火为什么要从早到晚一直烧着不能熄灭呢，掌柜的回答是这样</strong>',
    TWO,
    '二、新茶',
    THREE,
  ),
  'subheads that are not set': p(
    ONE,
    '茶馆的一天',
    TWO,
    '好学生，差学生',
    THREE,
    '第一把壶成了“古董”？',
    ONE.replace('今天', '昨天'),
  ),
  'a speaker': p('观察者网：几点开门？', '石砚：八点。'),
  'a table': `${p(ONE)}<table><tr><td>年份</td><td>一百二十斤春茶，其中明前的有三十斤，其余都是雨前，一共分给四十户人家</td></tr></table>`,
  verse: p('茶馆的门，', '开在水边，', '一把铜壶，', '烧了百年。'),
  'an enumeration with semicolons': p(
    '（一）修好门前的水泥路，宽度不小于三米，两边种上柳树；',
    '（二）换掉漏水的屋瓦，共计一千二百片，由窑厂供应。',
  ),
  notes: p(
    ONE,
    '[1] 石砚：《青禾镇茶馆志》，青禾镇文化站，1998年内部印行，第12页',
    '注：本表不含腊月和正月，也不含停业检修的日子',
  ),
  'a caption that is long': `${p(ONE)}${PICTURE}<p align="center"><span style="color:#999999;">青禾镇老码头重新通航的第一天，渡船载着街坊过河，摄于一九五八年的秋天清晨</span></p>${p(TWO)}`,
  'a link in a sentence': p(`此前本报有<a href="/a/2022_01_02_5.shtml">报道</a>。${ONE}`),
  'a source with a link': p(
    ONE,
    '原文链接：<a href="https://tea.example/1">茶讯</a>',
    '<a href="https://tea.example/1">https://tea.example/1</a>',
  ),
  'quoted markup': p('旁注写着“&amp;lt;”，意思是小于；模板里写着{{ 茶馆 }}，没有人填。水位&lt;3米。'),
  'a question mark typed in haste': p('茶馆为什么不开门?掌柜说是修路。', '道格拉斯?穆雷来过这里。'),
  'people who read on': p('他说，点击阅读全文的人不多，“下载之后就忘了”，所以茶馆的故事要写短一些才好。'),
  'a rule between sections': `${p(ONE)}<hr>${p(TWO)}`,
  'numbers of notes': p(`${ONE.slice(0, -1)}[1]。`, '[1] 石砚：《青禾镇茶馆志》'),
  'masks, times and signs in quotation marks': p(
    '木牌上写着“**茶馆，，[12:30]开门”，官网（www.tea.example）也这样写，据@茶讯说。',
  ),
  'Latin words': p('“AI”和GDP都写在O型的木牌上，书名是Tea and Water，二〇二二年印。'),
  'a divider': p(ONE, '***', TWO, '……', THREE, '◆◆◆'),
  'items that differ in their numbers': p(
    '茶客1：住在青禾镇东街，是一位渡工，初一来喝茶，十五回家。',
    '茶客2：住在青禾镇东街，是一位渡工，初一来喝茶，十五回家。',
  ),
  'numbers that start anew': p('一、铜壶', ONE, '二、竹椅', TWO, '一、茶碗', THREE),
  'a question twice': p('茶好喝吗？', ONE, '茶好喝吗？', TWO),
  'a pulled quotation': `${p(`“${ONE}”`, TWO)}<blockquote>“${ONE}”</blockquote>${p(THREE)}`,
};

const INCOMPLETE: Readonly<Record<string, string>> = {
  'the last stops in mid-sentence': p(ONE, '掌柜说，新到的春茶只有三十斤，卖完就要等到清明以后'),
  'the last stops after a sentence': p(ONE, `${TWO}他又说`),
  'with a comma': p(ONE, '掌柜说，'),
  'with a colon': p(ONE, '掌柜说：'),
  'one in the middle stops': p(ONE, '掌柜说，新到的春茶只有三十斤，卖完就要等到清明以后才会', THREE),
  'one in the middle ends with a comma': p(ONE, '掌柜说，新到的春茶只有三十斤，卖完就要等到清明以后，', THREE),
  'with a picture in the article': `${p(ONE)}${PICTURE}${p(TWO, '掌柜说，新到的春茶只有三十斤，卖完就要等到清明以后')}`,
  'long without any mark': p(
    ONE,
    '掌柜说新到的春茶只有三十斤卖完就要等到清明以后才会再有所以街坊们都来得很早排着队等开门',
  ),
  'an item': `${p(ONE)}<ul><li>铜壶</li><li>竹椅有十二把，都是掌柜从各地的旧货市场上一件一件收</li></ul>${p(TWO)}`,
  'a fold line': p(ONE, '展开全文'),
  'a fold line with more words': p(ONE, '点击展开剩余70%内容'),
  'the members’ wall': p(ONE, '本文为会员专享，开通会员后可阅读全文。'),
  'an app’s wall': p(ONE, '下载客户端，继续阅读余下内容'),
  'a login': p(ONE, '登录后查看完整内容'),
  'the whole text behind a link': p(ONE, `${TWO}<a href="${NEWS_URL}">[全文]</a>`),
  'a link to itself': p(ONE, `${TWO}<a href="${NEWS_URL}?x=1">查看更多详情</a>`),
  'a link that a script follows': p(ONE, `${TWO}<a href="javascript:;">展开</a>`),
  'next page': p(ONE, '下一页'),
  'next page in English': p(ONE, 'Next page &gt;'),
  'page numbers without addresses': p(ONE, '1 2 3 下一页'),
  'page numbers': p(ONE, '1 2 3 4'),
  'a page of pages': p(ONE, '第1/3页'),
  'to be continued': p(ONE, '（未完待续）'),
};

const TWICE: Readonly<Record<string, string>> = {
  'a paragraph': p(ONE, TWO, ONE, THREE),
  'a paragraph, set otherwise': p(ONE, TWO, `<span> ${ONE.replace('，', ' ，')}</span>`),
  'all of it': p(ONE, TWO, THREE, ONE, TWO, THREE),
  'a paragraph in itself': p(ONE + ONE, TWO),
  'a draft above it': p(`${ONE}${TWO}${THREE}`.replace('，老街坊都来坐了一坐', ''), `${ONE}${TWO}${THREE}`),
  'half of it, cut into other paragraphs': p(ONE + TWO, THREE, ONE, TWO),
};

const FOREIGN: Readonly<Record<string, string>> = {
  'a link alone': p(ONE, '<a href="https://shop.example/1">老街同款紫砂壶限时特惠</a>', TWO),
  'a label with a link': p(ONE, '延伸阅读：<a href="/a/2022_01_02_5.shtml">另一家茶馆的故事</a>', TWO),
  'a label with two links': p(
    '推荐：<a href="/a/2022_01_02_5.shtml">甲</a> <a href="/a/2022_01_02_6.shtml">乙</a>',
    ONE,
  ),
  'a frame that plays nothing': `${p(ONE)}<iframe src="https://shop.example/b/1"></iframe>${p(TWO)}`,
  'a picture that leads to a shop': `${p(ONE)}<p><a href="https://shop.example/c"><img src="https://i.guancha.cn/news/a.jpg"></a></p>${p(TWO)}`,
  'a call to buy': p(ONE, '同款铜壶正在特卖。<a href="https://shop.example/1">点击购买</a>', TWO),
  'a marked advertisement': p(ONE, '广告', TWO),
  'an advertisement with words': p(ONE, '【广告】老街茶庄春茶上市，欢迎选购。', TWO),
  'a summary by a machine': p('AI摘要：镇上的茶馆照常开门。', ONE),
  'a remark on it': p('以上内容由AI自动生成，仅供参考。', ONE),
  'a headline behind a rule': `${p(ONE)}<hr><h2>酒馆关门了</h2>${p(TWO)}`,
  'a strong headline behind a rule': `${p(ONE)}<hr>${p('<strong>酒馆关门了</strong>', TWO)}`,
  'a second byline beside the first': p('【文/石砚】', '【文/柳青】', ONE, TWO, THREE),
  'a second byline': p('【文/石砚】', ONE, TWO, THREE, '一', '二', '三', '【文/柳青】', '酒馆关门。'),
  'a second dateline': p(ONE, '2022-01-27 08:30:00 来源：晚报', TWO),
};

const MARKUP: Readonly<Record<string, string>> = {
  'a space': p('茶馆&amp;nbsp;照常开门。'),
  quotes: p('&amp;ldquo;请坐。&amp;rdquo;'),
  'by number': p('茶馆&amp;#8226;照常开门。'),
  tags: p('&lt;p&gt;茶馆照常开门。&lt;/p&gt;'),
  'a picture': p('茶馆&lt;img src="a.jpg"&gt;照常开门。'),
  'a template': p('来源：{{source}}，茶馆照常开门。'),
  'another template': p('编辑：$', '{editor.name}。').replace('</p><p>', ''),
  'a third template': p('&lt;%= title %&gt;茶馆照常开门。'),
  escapes: p('\\u8336\\u9986照常开门。'),
  'a line’s end': p('茶馆照常开门。\\n掌柜说，请坐。'),
  'no value': p('茶馆照常开门。undefined'),
  nothing: p(ONE, 'null'),
  'an object': p('[object Object]'),
  'a comment': p('茶馆--&gt;照常开门。'),
  'a forum’s code': p('[b]茶馆[/b]照常开门。'),
  markdown: p('见[茶讯](https://tea.example/1)。'),
  data: p('{"title":"茶馆","id":5}'),
  code: p('var x = 5; document.write(x);'),
  'a style': p('.tea { color: red; }'),
  'bytes of an address': p('茶馆 %E8%8C%B6%E9%A6%86 照常开门。'),
};

const UNKNOWN: Readonly<Record<string, string>> = {
  'a button': p(ONE + TWO, '收藏 128'),
  'a row of the frame': p(ONE + TWO, '字号：A- A A+'),
  'a remark with a label': p(ONE + TWO, '改：标题太长', ONE.replace('今天', '昨天') + THREE),
  'stops alone': p(ONE + TWO, '；；；', ONE.replace('今天', '昨天') + THREE),
  'a remark in brackets': p(ONE + TWO, '【待补】', ONE.replace('今天', '昨天') + THREE),
  'a word in another language': p(ONE + TWO, 'test'),
  'a call to follow': p(ONE + TWO, '扫码关注我们，每天一篇好文章。'),
  'headlines one after the other': p(ONE + TWO, '酒馆关门了', '书店开张了'),
};

const MORE_INCOMPLETE: Readonly<Record<string, string>> = {
  'one begins inside a sentence': p(ONE, `，${TWO}`),
  'three dots': p(ONE, '掌柜说，新到的春茶只有三十斤...'),
  'an open quotation': p(ONE, '掌柜说：“新到的春茶只有三十斤。'),
  'a number is missing': p('一、铜壶', ONE, '二、竹椅', TWO, '四、茶碗', THREE),
};

describe('whole texts', () => {
  for (const [name, body] of Object.entries(WHOLE)) it(name, () => assert.deepEqual(flagsOf(body), []));
});

for (const [code, forms] of Object.entries({
  'text-incomplete': { ...INCOMPLETE, ...MORE_INCOMPLETE },
  'unknown-line': UNKNOWN,
  'text-twice': TWICE,
  'text-foreign': FOREIGN,
  'markup-as-text': MARKUP,
} satisfies Partial<Record<FlagCode, typeof WHOLE>>)) {
  describe(code, () => {
    for (const [name, body] of Object.entries(forms)) {
      it(name, () => {
        const flags = flagsOf(body);
        assert.ok(
          flags.some((each) => each.code === code && each.detail.length > 1),
          JSON.stringify(flags),
        );
      });
    }
  });
}

describe('characters that were lost, and what no line of the news holds', () => {
  for (const [name, body] of Object.entries({
    'two commas': p('茶馆今天，，照常开门。'),
    'a comma of another keyboard': p('茶馆今天､照常开门。'),
    'a circle for a stop': p('茶馆今天照常开门〇掌柜请坐。'),
    'a mask': p('茶馆**照常开门，门前的水泥路××修好。'),
    'a time': p('[00:12:30]茶馆照常开门。'),
    'a number without its note': p('茶馆照常开门[3]。'),
    'a remark': p('茶馆照常开门。[来源请求]'),
    'a plain text’s mark': p('## 茶馆照常开门。'),
    code: p('茶馆照常开门。$(".tea").hide();掌柜请坐。'),
    data: p('茶馆照常开门。', 'QWxsIHRoZSB3b3JsZCBpcyBhIHN0YWdlLCBhbmQgYWxsIHRoZSBtZW4='),
    'another language': p('茶馆照常开门。The tea house is open as it was.'),
    'a label inside': p('茶馆今天【茶讯首发】照常开门。'),
    'an address inside': p('茶馆今天（www.tea.example）照常开门。'),
    'an account inside': p('茶馆今天@茶讯搬运照常开门。'),
    'a word of two widths': p('茶馆Ｔea照常开门。'),
    'in the middle of a word': p('茶?今天照常开门，门前的水泥路刚刚修好。'),
    several: p('掌柜姓?，名??，是青禾镇人。'),
  }))
    it(name, () =>
      assert.deepEqual(
        flagsOf(body).map(({ code }) => code),
        ['damaged-text'],
      ),
    );
});

describe('sentences', () => {
  const clause = fc
    .array(fc.constantFrom(...'茶馆今天照常开门前的水泥路刚修好老街坊都来坐'), { minLength: 5, maxLength: 30 })
    .map((characters) => characters.join(''));
  const sentence = fc.array(clause, { minLength: 1, maxLength: 4 }).map((clauses) => clauses.join('，'));

  it('one with an end is whole; cut before its end it is not, wherever it is long enough to be no label', () => {
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 4 }), fc.nat(), (sentences, at) => {
        const text = `${sentences.join('。')}。`;
        assert.equal(stopsShort(text, { isLast: true }), false);
        const cut = text.slice(0, 1 + (at % (text.length - 1)));
        if (cut.endsWith('。')) return;
        const isLong = cut.length > 40 || cut.includes('。');
        if (isLong || cut.endsWith('，')) assert.equal(stopsShort(cut), true, cut);
      }),
    );
  });
});

function flagsOf(body: string) {
  const page = pageOf(classicPage({ body }));
  return extract([page], { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' }, SITE).flags;
}
