/** Text of somebody else's in the body, with a mark of its own: an ad, a list, another article. */
import { inBody, kindsOf, type MutantKind, type Original, type Words } from '../kind.ts';

function block(
  write: (words: Words, original: Original) => string,
  where: 'inside' | 'end' | 'top' = 'inside',
): MutantKind['make'] {
  return (original, words) =>
    inBody(original, ({ $, prose, append, prepend }) => {
      if (prose.length < 3) return false;
      const html = write(words, original);
      if (where === 'top') prepend(html);
      else if (where === 'end') append(html);
      else $(words.pick(prose.slice(0, -1))).after(html);
      return true;
    });
}

const p = (text: string) => `<p>${text}</p>`;
const BRANDS = ['三汊牌雨靴', '雾岭毛尖', '望潮角民宿', '云台电饭锅', '霜溪蜂蜜'];
const SHOPS = [
  'https://item.shop.example/8812.html',
  'https://s.click.market.example/t?e=x',
  'https://mall.example/p/77',
  'https://u.jd.example/abc',
];

export const FOREIGN: readonly MutantKind[] = kindsOf('B', {
  'an ad with its mark': block(({ pick, sentence }) => {
    const [mark, brand] = [
      pick(['广告', '推广', '赞助内容', '【广告】', 'AD', '本文由赞助商提供', '商业推广', 'Sponsored']),
      pick(BRANDS),
    ];
    return pick([
      p(`${mark}`) + p(`${brand}，限时八折，${sentence()}`),
      p(`${mark}：${brand}，每箱立减30元`),
      p(`<strong>${mark}</strong> ${brand}新品上市`),
      p(`${brand}，买二送一（${mark}）`),
    ]);
  }),
  'a link to a shop alone': block(({ pick }) =>
    p(`<a href="${pick(SHOPS)}">${pick(['点击购买', '立即抢购', '去看看', '领券下单'])}${pick(BRANDS)}</a>`),
  ),
  'a price and a call to buy': block(({ pick, random }) =>
    p(
      `${pick(BRANDS)} 到手价${random.int(19, 399)}元，${pick(['戳图购买', '扫码下单', '点击下方小程序', '加微信xk2026'])}`,
    ),
  ),
  'a call to follow': block(
    ({ pick }) =>
      p(
        pick([
          '扫码关注我们，每天一篇好文章。',
          '欢迎关注微信公众号：三汊口笔记',
          '长按识别二维码，加入读者群',
          '觉得不错，点个“在看”吧',
          '记得点赞、转发、收藏三连',
          '关注作者，第一时间看更新',
        ]),
      ),
    'end',
  ),
  'a call to subscribe inside': block(({ pick }) =>
    p(
      pick([
        '点击上方蓝字关注我们',
        '加入观察员，与编辑面对面',
        '下载观察者客户端，资讯抢先看',
        '↓↓↓ 点击下方名片 ↓↓↓',
        '星标我们，不错过推送',
      ]),
    ),
  ),
  'further reading': block(({ pick, headline }) => {
    const links = [headline(), headline()].map((title) =>
      p(`<a href="/politics/2022_01_0${pick([1, 2, 3])}_620${pick([111, 222, 333])}.shtml">${title}</a>`),
    );
    return (
      p(pick(['延伸阅读', '延伸阅读：', '相关报道', '推荐阅读', '往期回顾', '更多精彩', '热文推荐', '专题链接'])) +
      links.join('')
    );
  }, 'end'),
  'further reading in one line': block(({ pick, headline }) =>
    p(
      `${pick(['延伸阅读：', '相关阅读｜', '此前报道：', '点击查看：', '>>>'])}<a href="/a/2022_01_02_620111.shtml">${headline()}</a>`,
    ),
  ),
  'further reading without links': block(
    ({ pick, headline }) => p(pick(['延伸阅读', '猜你喜欢', '大家都在看', '编辑推荐'])) + p(headline()) + p(headline()),
    'end',
  ),
  'a summary by a machine': block(
    ({ pick, sentence }) =>
      pick([
        p('AI摘要') + p(sentence()),
        p(`【AI总结】${sentence()}`),
        p(`智能摘要：${sentence()}`),
        p(`本摘要由人工智能生成：${sentence()}`),
        p('要点速览') + p(`1. ${sentence()}`),
      ]),
    'top',
  ),
  'a second article behind a line': block(
    ({ pick, headline, paragraph }) =>
      `${pick(['<hr>', '<hr/><br>', p('————————'), '<hr style="border:1px">'])}${pick([`<h3>${headline()}</h3>`, `<h2>${headline()}</h2>`, p(`<strong>${headline()}</strong>`)])}${p(`【文/观察者网 ${pick(['岑溪舟', '狄听澜'])}】`)}${p(paragraph())}${p(paragraph())}`,
    'end',
  ),
  'a second article behind its headline': block(
    ({ headline, paragraph, pick }) =>
      `${pick([`<h1>${headline()}</h1>`, `<h3>${headline()}</h3>`])}${p(paragraph())}${p(paragraph())}`,
    'end',
  ),
  'another article’s body pasted below': (original) => {
    const other = original.others.article;
    return other === null
      ? null
      : inBody(original, ({ append }) => {
          append(other.body);
          return true;
        });
  },
  'comments of readers': block(
    ({ pick, name, sentence }) =>
      p(pick(['网友评论', '精选留言', '热评', '读者留言：'])) +
      [1, 2].map(() => p(`${name()}：${sentence()}`)).join(''),
    'end',
  ),
  'comments as a block': block(
    ({ sentence }) =>
      `<div class="gc-comment"><ul><li class="cmt-item"><h5><a>远山</a></h5><div class="comment-txt">${sentence()}</div></li></ul></div>`,
    'end',
  ),
  'related links as a block': block(
    ({ headline }) =>
      `<ul class="new-left-list"><li><h4><a href="/a/2026_10_01_902111.shtml">${headline()}</a></h4><p>另一篇的摘要。</p></li></ul>`,
    'end',
  ),
  'an unknown box': block(
    ({ random, pick }) =>
      `<section class="promo-${random.hex(4)}"><p>${pick(['扫码关注我们，每天一篇好文章。', '今日话题：你怎么看？', '活动报名中'])}</p></section>`,
  ),
  'buttons of sharing': block(
    ({ pick }) =>
      p(pick(['分享到：微信 微博 QQ空间', '分享 收藏 点赞 128', '转发至朋友圈', '复制链接', '赞(36) 踩(2)'])),
    'end',
  ),
  'a row of the frame': block(
    ({ pick, random }, { truth }) =>
      p(
        pick([
          `2026-10-0${random.int(1, 9)} 16:19:35　来源：澜江日报`,
          `字号：A- A A+`,
          `阅读 ${random.int(100, 99999)}`,
          `责任编辑：岑听澜`,
          `标签：${truth.keywords.join(' ') || '民生 工程'}`,
          '上一篇：无　下一篇：渡口的灯',
          '当前位置：首页 > 政治 > 正文',
        ]),
      ),
    'end',
  ),
  'a bar for listening': block(
    ({ pick, random }) => p(pick([`听新闻 00:00 / 0${random.int(1, 9)}:32`, '▶ 语音播报', '朗读全文', '倍速 1.0x'])),
    'top',
  ),
  'a vote': block(
    ({ pick, sentence }) =>
      pick([
        p('投票') + p(`○ ${sentence()}`) + p('○ 不清楚'),
        p('你认为呢？ A. 支持 B. 反对 （单选）'),
        '<form><p>你怎么看</p><input type="radio"><label>支持</label><button>投票</button></form>',
      ]),
    'end',
  ),
  'a notice about cookies': block(
    ({ pick }) =>
      p(
        pick([
          '本网站使用Cookie以改善体验，继续浏览即表示同意。',
          '我们更新了隐私政策，请查看。',
          '检测到您使用了广告拦截插件，请关闭后刷新',
          '当前浏览器版本过低，请升级',
        ]),
      ),
    'top',
  ),
  'rights of another house': block(
    ({ pick, place }) =>
      p(
        pick([
          `版权归${place()}日报所有，未经许可不得转载`,
          '本文来源于网络，如有侵权请联系删除',
          '免责声明：本站转载仅为传播信息，不代表本站观点',
          `凡注明“来源：${place()}网”的作品，转载须经书面授权`,
        ]),
      ),
    'end',
  ),
  'a form to sign in': block(
    () => '<form action="/login"><input name="u"><p>请输入手机号</p><button>登录</button></form>',
  ),
  'an ad as a frame': block(({ pick, random }) =>
    pick([
      `<iframe src="https://ads.example/${random.hex(6)}"></iframe>`,
      `<ins class="adsbygoogle" data-ad-slot="${random.int(1, 999)}"></ins><p>广告</p>`,
      `<a href="https://ads.example/c"><img src="https://ads.example/b/${random.hex(6)}.gif"></a>`,
    ]),
  ),
  'an ad picture of the site’s own': block(
    ({ random }) => `<p><img src="https://i.guancha.cn/tg/2026/${random.hex(6)}.jpg"></p><p>点击图片参加活动</p>`,
  ),
  'words linked to ads': (original, words) =>
    inBody(original, ({ $, prose }) => {
      const at = prose.length < 2 ? undefined : words.pick(prose);
      if (at === undefined) return false;
      $(at).append(`<a href="${words.pick(SHOPS)}" class="kw-ad">${words.pick(BRANDS)}</a>`);
      return true;
    }),
  'a note of the editors’ own': block(({ pick, name }) =>
    p(
      pick([
        `${name()}，这段要不要删？`,
        '【编辑注：此处存疑】',
        '改：标题太长',
        '（一审 岑 二审 狄 三审）',
        '发布前删除本行',
        `@${name()} 配图`,
      ]),
    ),
  ),
});
