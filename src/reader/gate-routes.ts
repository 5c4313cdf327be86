/** The addresses of the gate: signing in and out, and what everything else answers before that. */
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { type Gate, isLoopback, SESSION_MS } from './gate.ts';
import { html, type Markup } from './markup.ts';
import { type Reader, send, type Visit, wordsOf } from './visit.ts';
import type { Words } from './words.ts';

/** What may be sent to a gate. */
export const GATE_POSTS = ['/login', '/logout'] as const;

const COOKIE = 'session';

/** To be called before all other routes. */
export function gateRoutes(reader: Reader, gate: Gate): void {
  reader.use(async (visit, next) => {
    const { path } = visit.req;
    const session = gate.session(getCookie(visit, COOKIE));
    if (session !== null) visit.set('formToken', session.formToken);
    if (session !== null || path === '/login' || path.startsWith('/static/')) return next();
    if (/^\/(?:api|feeds|pictures|run\/events|timegate|timemap)(?:\/|$)/.test(path)) {
      visit.set('kind', 'data');
      return visit.text('401', 401);
    }
    const { pathname, search } = new URL(visit.req.url);
    return visit.redirect(`/login?to=${encodeURIComponent(pathname + search)}`, 303);
  });

  reader.get('/login', (visit) => {
    const words = wordsOf(visit);
    const content = loginContent(placeIn(visit.req.query('to')), null, words);
    return send(visit, { title: words.signIn, section: null, content, width: 'text' });
  });

  reader.post('/login', async (visit) => {
    const form = await visit.req.parseBody();
    const [password, to] = [textOf(form.password), placeIn(textOf(form.to))];
    const entered = await gate.enter(password, addressOf(visit));
    if (typeof entered === 'string') {
      const words = wordsOf(visit);
      const content = loginContent(to, entered === 'later' ? words.tooMany : words.wrongPassword, words);
      return send(
        visit,
        { title: words.signIn, section: null, content, width: 'text' },
        entered === 'later' ? 429 : 403,
      );
    }
    gate.leave(getCookie(visit, COOKIE));
    setCookie(visit, COOKIE, entered.token, { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: SESSION_MS / 1000 });
    return visit.redirect(to, 303);
  });

  reader.post('/logout', async (visit) => {
    const form = await visit.req.parseBody();
    const own = visit.get('formToken');
    if (own === undefined || textOf(form.token) !== own) return visit.text('403', 403);
    gate.leave(getCookie(visit, COOKIE));
    deleteCookie(visit, COOKIE, { path: '/' });
    return visit.redirect('/login', 303);
  });
}

function loginContent(to: string, wrong: string | null, words: Words): Markup {
  return html`<h1>${words.signIn}</h1>
${wrong === null ? null : html`<p class="notice" role="alert">${wrong}</p>`}
<form class="chooser" method="post" action="/login"><input type="hidden" name="to" value="${to}">
<label>${words.password} <input type="password" name="password" autocomplete="current-password" required autofocus></label>
<button>${words.signIn}</button></form>`;
}

/** A place of this reader, to which somebody goes on who has signed in; the front page for any other. */
function placeIn(to: string | undefined): string {
  const url = to === undefined ? null : URL.parse(to, 'http://reader.invalid');
  if (url === null || url.host !== 'reader.invalid' || to?.startsWith('/') !== true) return '/';
  return url.pathname.startsWith('//') ? '/' : url.pathname + url.search;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/**
 * Where a request comes from; all that come in-process are one. What a proxy on this machine handed over comes from the
 * address that the proxy named last (X-Forwarded-For; `Forwarded`, RFC 7239; X-Real-IP): the earlier ones the visitor may have
 * written. It is told apart from an address of a connection, for it may claim to be this machine.
 */
function addressOf({ env, req }: Visit): string {
  const { incoming } = (env ?? {}) as { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } };
  const peer = incoming?.socket?.remoteAddress ?? 'here';
  if (!isLoopback(peer)) return peer;
  const named = ['x-forwarded-for', 'forwarded', 'x-real-ip'].flatMap((name) => req.header(name) ?? []);
  return named[0] === undefined ? peer : `behind a proxy: ${lastOf(named[0])}`;
}

/** `"[2001:db8::1]:4711"` of `for=192.0.2.1, for="[2001:db8::1]:4711";proto=https` is `2001:db8::1`. */
function lastOf(list: string): string {
  const last = list.slice(list.lastIndexOf(',') + 1).trim();
  const node = /(?:^|;)\s*for=("[^"]*"|[^;]*)/i.exec(last)?.[1] ?? last;
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d+)?$/.exec(node.replaceAll('"', '')) ?? [];
  return bracketed ?? plain ?? node;
}
