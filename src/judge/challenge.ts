/** Marks of pages that want proof of a human or of a browser. They are recognised, never solved. */

/** Looked for only where a page has no article: an article may well write about captchas. */
const MARKS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'captcha in words', pattern: /验证码|滑动验证|滑块验证|拖动滑块|人机验证|安全验证|点击验证/ },
  {
    name: 'refusal in words',
    pattern: /访问过于频繁|访问频率过[高快]|请求过于频繁|您的访问(?:被|已被)(?:拦截|拒绝)|正在进行安全检[查测]/,
  },
  { name: 'captcha service', pattern: /\bcaptcha\b|geetest|TencentCaptcha|yidun|NECaptcha|nc_1_wrapper/i },
  {
    name: 'cookie challenge of a Chinese CDN',
    pattern: /__jsl_clearance|acw_sc__v2|\barg1\s*=\s*['"][0-9A-F]{20,}|WZWS-RAY|aliyun_waf/i,
  },
  { name: 'Cloudflare challenge', pattern: /cf[-_]chl|challenge-platform|Just a moment\.\.\.|Checking your browser/i },
  { name: 'cookie set and page reloaded', pattern: /document\.cookie\s*=[\s\S]{0,2000}?location\.reload\s*\(/ },
];

/** Which mark of a challenge the source text carries, as evidence; null if none. */
export function findChallenge(html: string): string | null {
  const mark = MARKS.find(({ pattern }) => pattern.test(html));
  return mark === undefined ? null : `challenge mark: ${mark.name}`;
}
