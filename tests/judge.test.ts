/** Every kind of page gets its verdict, on every layout that can have it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Verdict } from '../src/model.ts';
import { judge } from '../src/page/judge.ts';
import { classicPage, cmsPage, fengwenPage, HOME, NEWS_URL, POST_URL, pageOf, SITE } from './support/article-page.ts';
import type { PageParts } from './support/fetched-page.ts';

const LAYOUTS = [
  { name: 'classic', render: classicPage, url: NEWS_URL },
  { name: '2026', render: cmsPage, url: NEWS_URL },
  { name: 'fengwen', render: fengwenPage, url: POST_URL },
] as const;

for (const { name, render, url } of LAYOUTS) {
  describe(`${name} page`, () => {
    const verdict = (html: string, but: Partial<PageParts> = {}) => judge(pageOf(html, { url, ...but }), SITE);

    it('is an article where body and end are there', () => {
      assert.equal(verdict(render()).kind, 'article');
      assert.equal(verdict(render({ body: '<p><img src="a.jpg"></p>' })).kind, 'article');
      assert.equal(verdict(render({ body: '<p>请输入验证码的故事 captcha</p>' })).kind, 'article');
    });

    it('is gone with 404, 410 or a redirect to the home page', () => {
      assert.equal(verdict(render(), { status: 404 }).kind, 'gone');
      assert.equal(verdict('', { status: 410 }).kind, 'gone');
      assert.equal(verdict(HOME, { finalUrl: 'https://www.guancha.cn/' }).kind, 'gone');
      assert.equal(verdict(HOME).kind, 'gone');
    });

    it('has moved where it redirects to another article', () => {
      const to = 'https://user.guancha.cn/main/content?id=4711';
      const moved = verdict(render(), { finalUrl: to });
      assert.equal(moved.kind === 'moved' && moved.to.id, 'fengwen:4711');
    });

    it('is an article under 200 alone: a server error passes, and every other status is a refusal', () => {
      const meant: Readonly<Record<number, Verdict['kind']>> = { 200: 'article', 404: 'gone', 410: 'gone' };
      for (let status = 0; status < 1000; status++) {
        const expected = meant[status] ?? (status >= 500 && status <= 508 ? 'server-error' : 'blocked');
        assert.equal(verdict(render(), { status }).kind, expected, String(status));
      }
    });

    it('is truncated where bytes are known to be missing', () => {
      assert.deepEqual(verdict(render(), { cut: '900 of 1200 bytes' }), {
        kind: 'truncated',
        evidence: ['900 of 1200 bytes'],
      });
    });

    it('is truncated wherever it breaks off before the end of its column', () => {
      const html = render();
      const column = html.indexOf('id="comments-container"');
      for (let length = 0; length <= html.length; length += 1) {
        const { kind } = verdict(html.slice(0, length));
        const whole = length > (column < 0 ? html.lastIndexOf('</html>') : column);
        if (!whole) assert.equal(kind, 'truncated', `cut at ${length}: ${html.slice(length - 30, length)}`);
      }
    });

    it('needs scripts where its body is empty', () => {
      const empty = `${render({ body: '\n<!-- filled later -->' }).replace('</body>', '<script src="/a.js"></script></body>')}`;
      assert.deepEqual(pick(verdict(empty)), { kind: 'not-an-article', needsScripts: true });
      assert.deepEqual(pick(verdict(empty, { fetchedBy: 'browser with scripts' })), {
        kind: 'not-an-article',
        needsScripts: false,
      });
    });
  });
}

describe('a page without a body', () => {
  const frame = (inside: string) =>
    `<html><head></head><body><ul><li class="left left-main">${inside}</li></ul></body></html>`;
  const verdict = (html: string, but: Partial<PageParts> = {}) => judge(pageOf(html, but), SITE);

  it('has moved where a script leads to a community post', () => {
    for (const jump of [
      'window.location.href="https://user.guancha.cn/main/content?id=4711";',
      "location.replace('https://user.guancha.cn/main/content?id=4711&s=x')",
      'location = "//user.guancha.cn/main/content?id=4711"\n',
    ]) {
      const moved = verdict(frame(`<h3>短评</h3><script>${jump}</script>`));
      assert.equal(moved.kind === 'moved' && moved.to.id, 'fengwen:4711', jump);
      const article = verdict(classicPage({ foot: `<script>${jump}</script>` }));
      assert.equal(article.kind, 'article', 'a jump beside a body is none');
    }
  });

  it('has not moved by a link to a post or by its own mobile form', () => {
    const link = '<a href="https://user.guancha.cn/main/content?id=4711">帖子</a>';
    const mobile = '<script>if (m) window.location.href="https://m.guancha.cn/ZaoCha/2022_01_28_900.shtml";</script>';
    assert.equal(verdict(frame(`<h3>短评</h3>${link}${mobile}`)).kind, 'not-an-article');
  });

  it('is a link-out stub with a jump to another outlet or a time with the month first', () => {
    const stub = '<h3>转载一则</h3><div class="time fix"><span>01/28/2022 10:30:43</span></div>';
    const jump = '<script>window.location.href="https://news.example/1.html";</script>';
    assert.deepEqual(to(verdict(frame(stub + jump))), 'https://news.example/1.html');
    assert.deepEqual(to(verdict(frame(stub))), null);
    assert.deepEqual(to(verdict(frame(`<h3>转载一则</h3>${jump}`))), 'https://news.example/1.html');
    assert.deepEqual(
      to(
        verdict(
          frame('<h3>转载一则</h3>').replace(
            '<head>',
            '<head><meta http-equiv="Refresh" content="0; url=https://news.example/2">',
          ),
        ),
      ),
      'https://news.example/2',
    );
    assert.equal(to(verdict('', { finalUrl: 'https://news.example/3' })), 'https://news.example/3');
  });

  it('is blocked under every status where a gate answers, but where a redirect tells', () => {
    const gates = [
      '<html><body>请完成人机验证</body></html>',
      '<html><head><script src="/gate.js"></script></head><body></body></html>',
    ];
    for (const html of gates) {
      for (const status of [200, 202, 400, 401, 403, 405, 412, 418, 429, 451, 456, 493, 500, 502, 503, 521, 530, 999])
        assert.equal(verdict(html, { status }).kind, 'blocked', `${status} ${html}`);
    }
    assert.equal(verdict('<html><body>请完成人机验证</body></html>', { status: 404 }).kind, 'blocked');
    assert.equal(verdict('<html><body>404 Not Found</body></html>', { status: 404 }).kind, 'gone');
    assert.equal(verdict('<html><body>502 Bad Gateway</body></html>', { status: 502 }).kind, 'server-error');
  });

  it('is blocked where nothing of the site is there, whatever it says', () => {
    for (const html of [
      '<html><body>请求异常，请稍后再来</body></html>',
      '<html><body><h1>It works!</h1><a href="/">back</a></body></html>',
      '<div>stop</div>',
      'Forbidden',
      '{"code":403}',
      '<html><body></body></html>',
    ])
      assert.equal(verdict(html).kind, 'blocked', html);
  });

  it('is no refusal where it leads to other articles, or to many pages of the site', () => {
    const page = (links: readonly string[]) =>
      `<html><body>${links.map((link) => `<a href="${link}">一</a>`).join('')}</body></html>`;
    const sections = ['/JunShi', '/CaiJing', '/mainnews-yw/', '/ChengShi', '/qiche'];
    assert.equal(verdict(page(sections)).kind, 'not-an-article');
    assert.equal(verdict(page(sections.slice(1))).kind, 'blocked');
    assert.equal(verdict(page(['/ZaoCha/2022_01_28_901.shtml'])).kind, 'not-an-article');
    assert.equal(verdict(page([NEWS_URL, NEWS_URL.replace('.shtml', '_2.shtml')])).kind, 'blocked', 'its own address');
    assert.equal(verdict(page(sections.map((path) => `https://gate.example${path}`))).kind, 'blocked');
  });

  it('is blocked where it carries the marks of a challenge, at the home address too', () => {
    for (const html of [
      '<html><script>document.cookie="k=1";location.reload();</script></html>',
      '<html><body>请拖动滑块完成验证</body></html>',
      '<html><script>var arg1="0123456789ABCDEF0123456789";</script></html>',
      '<html><title>Just a moment...</title></html>',
      '<html><body>访问过于频繁，请稍后再试</body></html>',
      '<html><script src="https://captcha.example/geetest.js"></script></html>',
    ]) {
      assert.equal(verdict(html).kind, 'blocked', html);
      assert.equal(verdict(html, { finalUrl: 'https://www.guancha.cn/' }).kind, 'blocked', html);
    }
  });

  it('needs scripts in an empty column of the site, and nowhere else', () => {
    const script = '<script src="/app.js"></script>';
    assert.deepEqual(pick(verdict(frame(`<div id="app"></div>${script}`))), {
      kind: 'not-an-article',
      needsScripts: true,
    });
    const shell = `<html><head>${script}</head><body><div id="app"></div></body></html>`;
    assert.equal(verdict(shell).kind, 'blocked');
    assert.equal(verdict(frame(`${script}<p>请完成安全验证</p>`)).kind, 'blocked', 'a gate in the frame');
  });

  it('is truncated where the source has no end', () => {
    assert.equal(verdict('').kind, 'truncated');
    assert.equal(verdict('<html><body><p>半').kind, 'truncated');
    assert.equal(verdict(`${frame('<p>一页</p>')} <!-- cached --><script>a()</script>\n`).kind, 'not-an-article');
  });

  it('is the home page only where another page was asked for', () => {
    assert.equal(verdict(HOME, { url: 'https://www.guancha.cn/' }).kind, 'not-an-article');
    const links = '<a href="/a/2022_01_28_1.shtml">文</a>'.repeat(50);
    assert.equal(verdict(`<html><head><title>观察者网</title></head><body>${links}</body></html>`).kind, 'gone');
  });
});

it('every verdict says what it was judged by', () => {
  for (const html of [classicPage(), HOME, '', '<html></html>', '<html><body>请完成安全验证</body></html>']) {
    const { evidence } = judge(pageOf(html), SITE);
    assert.ok(evidence.length > 0 && evidence.every((line) => line !== ''), html);
  }
});

function pick(verdict: Verdict): object {
  return verdict.kind === 'not-an-article' ? { kind: verdict.kind, needsScripts: verdict.needsScripts } : verdict;
}

function to(verdict: Verdict): string | null {
  assert.equal(verdict.kind, 'link-out');
  return verdict.kind === 'link-out' ? verdict.to : null;
}
