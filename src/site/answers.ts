/** What the answers of the site's servers mean: the few statuses that a page of it may have, and the marks of gates. */

/** What a status says of a page by itself. */
export type StatusMeaning =
  /** A page, or whatever stands in its place: its body says which. */
  | 'page'
  | 'redirect'
  /** Nothing has changed: for whoever asked by what an earlier answer was known by. */
  | 'not modified'
  | 'gone'
  /** A fault of the server's, which passes. */
  | 'server error'
  /** No answer to what was asked: whoever stands before the site does not let this visitor in. */
  | 'refusal';

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * All that pages of the site are answered with are 200, redirects, 304, 404 and 410 (site.md, 7), and the server errors
 * of HTTP (RFC 9110, 15.6, and the registry of statuses up to 508). Any other status is a refusal, whatever its number:
 * gates use 202, 401, 403, 405, 412, 418, 429, 451, 456, 493, 521 and more to come. So are 203 and 206, which nobody asked
 * for: another page than the site's, and a part of one.
 */
export function meaningOfStatus(status: number): StatusMeaning {
  if (status === 200) return 'page';
  if (REDIRECTS.includes(status)) return 'redirect';
  if (status === 304) return 'not modified';
  if (status === 404 || status === 410) return 'gone';
  return status >= 500 && status <= 508 ? 'server error' : 'refusal';
}

/** True for a status by which a host asks to be left alone for a while. */
export function asksForPause(status: number): boolean {
  return ['server error', 'refusal'].includes(meaningOfStatus(status));
}

/**
 * Marks of pages that want proof of a human or of a browser. They are recognised, never solved. Looked for only where a
 * page has no article: an article may well write about captchas. A refusal needs none of them: they name it.
 */
export const GATE_MARKS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'captcha in words', pattern: /验证码|滑动验证|滑块验证|拖动滑块|人机验证|安全验证|点击验证/ },
  {
    name: 'refusal in words',
    pattern:
      /访问过于频繁|访问频率过[高快]|请求过于频繁|您的(?:访问|请求)(?:被|已被)(?:拦截|拒绝|阻断)|正在进行安全检[查测]/,
  },
  { name: 'captcha service', pattern: /\bcaptcha\b|geetest|TencentCaptcha|yidun|NECaptcha|nc_1_wrapper/i },
  {
    name: 'cookie challenge of a Chinese CDN',
    pattern: /__jsl_clearance|acw_sc__v2|\barg1\s*=\s*['"][0-9A-F]{20,}|WZWS-RAY|aliyun_waf/i,
  },
  { name: 'Cloudflare challenge', pattern: /cf[-_]chl|challenge-platform|Just a moment\.\.\.|Checking your browser/i },
  {
    name: 'cookie set and page reloaded',
    pattern: /document\.cookie\s*=(?:(?!document\.cookie\s{0,9}=)[\s\S]){0,2000}?location\.reload\s*\(/,
  },
];
