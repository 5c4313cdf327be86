/** The frame of the article with something else for a body, and other pages in its place. */
import { isPost, kindsOf, type MutantKind, type Original, type Words } from '../kind.ts';

/** Another body in the article's frame. */
function bodyOf(write: (words: Words, original: Original) => string | null): MutantKind['make'] {
  return (original, words) => {
    const body = write(words, original);
    return body === null ? null : { html: original.head + body + original.tail };
  };
}

const p = (text: string) => `<p>${text}</p>`;
const oneOf = (lines: readonly string[]) =>
  bodyOf(({ pick }) =>
    pick([p(pick(lines)), `<div>${pick(lines)}</div>`, pick(lines), `<p style="text-align:center">${pick(lines)}</p>`]),
  );

export const OTHER_BODIES: readonly MutantKind[] = kindsOf('C', {
  loading: oneOf([
    '内容加载中',
    '加载中...',
    '正在加载，请稍候',
    'Loading…',
    '页面载入中，请等待',
    '努力加载中',
    '数据读取中……',
  ]),
  'a notice that it was taken down': oneOf([
    '您访问的文章不存在或已下线',
    '该内容已被发布者删除',
    '此页面已失效',
    '文章已删除',
    '本文因故撤下',
    '内容不存在',
    '该文已下架，感谢关注',
    '此内容因违规无法查看',
    '抱歉，您要看的稿件找不到了',
  ]),
  'a message of an error': oneOf([
    '系统繁忙，请稍后再试',
    '服务器内部错误',
    '网络异常',
    '500 Internal Server Error',
    '数据库连接失败',
    'Service Unavailable',
    '请求超时（504）',
    '接口返回异常：code 10012',
  ]),
  'a wall': oneOf([
    '本文为会员专享，请开通会员后阅读',
    '请登录后查看',
    '您没有权限查看此内容',
    '该内容仅在客户端提供，请下载APP',
    '请先完成实名认证',
    '成为订阅者，即可解锁',
  ]),
  'a check of the visitor': oneOf([
    '请完成安全验证',
    '拖动滑块完成拼图',
    '访问过于频繁，请稍后再试',
    'Checking your browser before accessing',
    '请输入验证码',
    '系统检测到异常流量',
  ]),
  'a place where it is not shown': oneOf([
    '您所在的地区暂不支持访问',
    '应版权方要求，该内容在您所在地区不可见',
    'This content is not available in your region',
  ]),
  'a notice of works': oneOf([
    '系统升级维护中，预计两小时后恢复',
    '网站改版，敬请期待',
    '栏目调整，内容迁移中',
    '本频道暂停更新',
  ]),
  'nothing but its headline': bodyOf((_, { truth }) => p(truth.title)),
  'nothing but its summary': bodyOf((_, { truth }) => (truth.summary === null ? null : p(truth.summary))),
  'nothing but the byline': bodyOf((_, { truth }) =>
    (truth.byline?.length ?? 0) > 0 ? p(`【文/观察者网 ${String(truth.byline?.[0]).split(' ').at(-1)}】`) : null,
  ),
  'nothing but the closing notice': bodyOf(
    () => '<p><strong>本文系观察者网独家稿件，未经授权，不得转载。</strong></p>',
  ),
  'nothing but a call to watch': oneOf(['视频', '点击观看视频', '【视频】', '看视频', '直播回放']),
  'nothing but one word': oneOf(['测试', 'test', '1', '。', '如题', '转', '正文']),
  'another article’s body': bodyOf((_, { others }) => others.article?.body ?? null),
  'another article’s body below the own first paragraph': bodyOf((_, { others, body }) =>
    others.article === null ? null : `${/<p[\s\S]*?<\/p>/.exec(body)?.[0] ?? ''}${others.article.body}`,
  ),
  'made-up text': bodyOf((words, original) =>
    isPost(original) ? null : Array.from({ length: 9 }, () => p(words.strange())).join(''),
  ),
  'a list of headlines': bodyOf(
    (words) =>
      `<ul>${Array.from({ length: 12 }, (_, i) => `<li><a href="/politics/2022_01_${10 + i}_6201${10 + i}.shtml">${words.headline()}</a></li>`).join('')}</ul>`,
  ),
  'readers’ comments': bodyOf((words) =>
    Array.from({ length: 8 }, () => p(`${words.name()} ${words.random.int(1, 9)}小时前 ${words.sentence()} 回复`)).join(
      '',
    ),
  ),
  'a page of terms': bodyOf(
    ({ place }) =>
      p(`欢迎使用${place()}网服务。您应当阅读并遵守本协议。`) +
      p('一、服务内容及隐私政策') +
      p('二、用户注册与账号安全') +
      p('三、免责条款'),
  ),
  'data instead of text': bodyOf(
    (words) => `{"code":0,"data":{"content":"${words.sentence()}","id":${words.random.int(1, 99999)}}}`,
  ),
  'a form': bodyOf(() => '<form><p>用户名</p><input><p>密码</p><input type="password"><button>登录</button></form>'),
  'only pictures': bodyOf(({ random }, { truth }) =>
    truth.summary === null
      ? null
      : Array.from(
          { length: 3 },
          () => `<p><img src="https://i.guancha.cn/news/mainland/${random.hex(32)}.jpg"></p>`,
        ).join(''),
  ),
  'text in another language': bodyOf(
    () =>
      p('The new lock of the canal was opened on Tuesday, the council said in a statement.') +
      p('Visitors queued for hours to see the rebuilt gate, which took nine years to finish.') +
      p('It will be open every day from nine to five.'),
  ),
  'the home page': (original) => ({ html: original.others.home }),
  'a stub': (original) => ({ html: original.others.stub }),
  'another article’s page': (original) =>
    isPost(original) || original.others.article === null ? null : { html: original.others.article.html },
  'a challenge': (_, { pick }) => ({
    html: pick([
      '<html><head><script>document.cookie="k=1";location.reload();</script></head><body>请稍候</body></html>',
      '<!DOCTYPE html><html><body><div id="captcha"></div><script src="/_guard/auto.js"></script></body></html>',
    ]),
  }),
});
