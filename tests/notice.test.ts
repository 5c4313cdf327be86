/** What may stand in an article's frame in place of its text, and the short texts that are articles. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Verdict } from '../src/model.ts';
import { judge } from '../src/page/judge.ts';
import { classicPage, fengwenPage, NEWS_URL, POST_URL, pageOf, SITE } from './support/article-page.ts';

const judged = (body: string, title = '茶馆开门了', head = ''): Verdict =>
  judge(pageOf(classicPage({ title, body, head })), SITE);

const WITHDRAWN = [
  '您访问的文章不存在或已下线',
  '您访问的页面不存在',
  '抱歉，您查看的内容已被删除',
  '该内容已被发布者删除',
  '此帖已被管理员删除。',
  '文章已过期',
  '该稿件因版权原因已撤下，请返回首页浏览其他内容',
  '根据相关法律法规，该内容无法显示',
  '此文章正在审核中',
  '404 Not Found',
  'Sorry, the page you requested was not found.',
  '《茶馆开门了》一文已被作者删除',
  '哎呀，页面走丢了，去首页看看吧',
  '<span>文章不存在</span><br>3秒后自动跳转到首页',
  '<img src="/images/404.png"><br>您要找的页面找不到了',
  '<a href="/">返回首页</a><p>很遗憾，该链接已失效</p>',
];
const LOADING = [
  '内容加载中……',
  '正在加载，请稍候',
  '数据加载失败，请点击重试',
  'Loading...',
  '此页面需要启用JavaScript才能查看',
];
const MEMBERS = ['本文为会员专享，请登录后阅读全文', '剩余内容请下载客户端查看', '订阅后可阅读完整文章'];
/** In words of their own, but of the page, to its reader, and of nothing that its headline names. */
const STRANGE = ['您要找的文章被外星人带走了', '抱歉，这篇文章去火星旅行了'];

/** News of one sentence, posts of pictures or players, and what surrounds those. */
const ARTICLES = [
  '茶馆开门了。',
  '茶馆的网站页面今天无法访问，掌柜说正在修复。',
  '某平台删除了两万条违规内容，关闭了三百个账号。',
  '本文系观察者网独家稿件，未经授权，不得转载。',
  '欢迎来坐。',
  '<img src="https://i.guancha.cn/news/origin/2022/01/28/20220128100207298.jpg">',
  '<img src="https://i.guancha.cn/news/mainland/3bc92d76b287474f9dd5c566531c35bf.jpg"><p>内容已删除</p>',
  '<p>视频加载中</p><video src="https://v.guancha.cn/1.mp4"></video>',
  '<p>请看视频</p><iframe src="https://v.guancha.cn/1.html"></iframe>',
];

describe('the text of a body', () => {
  for (const body of WITHDRAWN)
    it(`is a notice of withdrawal: ${body}`, () => {
      const verdict = judged(`<p>${body}</p>`);
      assert.equal(verdict.kind, 'gone', verdict.evidence.join('; '));
      assert.ok(verdict.kind === 'gone' && verdict.notice);
    });

  for (const body of [...LOADING, ...MEMBERS, ...STRANGE])
    it(`is no article: ${body}`, () => assert.equal(judged(`<p>${body}</p>`).kind, 'not-an-article'));

  it('is loaded by scripts where it says so, once', () => {
    const html = classicPage({ body: '<p>内容加载中……</p>' }).replace(
      '</body>',
      '<script src="/a.js"></script></body>',
    );
    const before = judge(pageOf(html), SITE);
    assert.ok(before.kind === 'not-an-article' && before.needsScripts);
    const after = judge(pageOf(html, { fetchedBy: 'browser with scripts' }), SITE);
    assert.ok(after.kind === 'not-an-article' && !after.needsScripts);
  });

  for (const body of ARTICLES)
    it(`is an article: ${body}`, () => {
      const { kind, evidence } = judged(body.startsWith('<') ? body : `<p>${body}</p>`);
      assert.equal(kind, 'article', evidence.join('; '));
    });

  it('is a post where somebody tells of himself', () => {
    const post = (body: string) => judge(pageOf(fengwenPage({ body }), { url: POST_URL }), SITE).kind;
    assert.equal(post('<p>我的帖子被删除了，请管理员看看</p>'), 'article');
    assert.equal(post('<p>如题</p>'), 'article');
    assert.equal(post('<p>该帖子已被删除</p>'), 'gone');
  });

  it('is a notice wherever the words of one stand beside nothing else, and none where a name does', () => {
    const subject = fc.constantFrom('文章', '页面', '内容', '您访问的页面', '该链接', '此帖', '本文');
    const state = fc.constantFrom('不存在', '已被删除', '已下线', '已失效', '找不到', '已被管理员移除', '已下架');
    const more = fc.constantFrom('', '，请返回首页', '，感谢您的支持', '，3秒后自动跳转', '。');
    fc.assert(
      fc.property(subject, state, more, (what, became, rest) => {
        assert.equal(judged(`<p>${what}${became}${rest}</p>`).kind, 'gone');
        assert.equal(judged(`<p>茶馆掌柜柳三郎：${what}${became}${rest}</p>`).kind, 'article');
      }),
    );
  });
});

describe('a long text', () => {
  const PARAGRAPH = '渔港码头清早卸下第一批鱿鱼，冷库连夜腾空，船老大盼着北风停歇，缆绳已经换成新编的棕索。';
  const long = `<p>${PARAGRAPH.repeat(6)}</p>`;
  const TITLE = '茶馆开门迎来新客人，掌柜谈柴火生意';

  it('is an article’s, whatever its headline says: where they share nothing, a flag doubts it', () => {
    assert.equal(judged(long, TITLE).kind, 'article');
    assert.equal(judged(long, '渔港码头卸下第一批鱿鱼，船老大盼风停').kind, 'article');
    assert.equal(judged(long, TITLE, `<meta name="Description" content="${PARAGRAPH}">`).kind, 'article');
    assert.equal(judged(long, TITLE, `<script>bdText : '${PARAGRAPH}'</script>`).kind, 'article');
    assert.equal(judged(long, '包揽金银！').kind, 'article');
    const part = pageOf(classicPage({ title: TITLE, body: long }), { url: NEWS_URL.replace('.shtml', '_2.shtml') });
    assert.equal(judge(part, SITE).kind, 'article');
  });
});
