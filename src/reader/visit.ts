/** A visit to the reader: who asks how, and the two ways in which every route answers, with a page or with a fault. */
import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import type { ArticleId } from '../model.ts';
import { html, type Markup } from './markup.ts';
import { type Preferences, preferencesOf } from './preferences.ts';
import type { AnswerKind } from './security.ts';
import { type Medium, type PageFrame, page } from './shell.ts';
import { type Words, wordsIn } from './words.ts';

export interface Env {
  readonly Variables: {
    readonly kind: AnswerKind;
    readonly preferences: Preferences;
    readonly formToken: string;
    readonly medium: Medium;
  };
}

export type Reader = Hono<Env>;

export type Visit = Context<Env>;

type Status = 200 | 400 | 403 | 404 | 405 | 413 | 421 | 429 | 500;

/** Answers with a page in the language and theme of the visitor. */
export function send(
  visit: Visit,
  frame: Omit<PageFrame, 'preferences' | 'url' | 'medium' | 'formToken'>,
  status: Status = 200,
): Response | Promise<Response> {
  const preferences = visit.get('preferences') ?? preferencesIn(visit);
  return visit.html(
    page({
      ...frame,
      preferences,
      url: new URL(visit.req.url),
      medium: mediumOf(visit),
      formToken: visit.get('formToken') ?? null,
    }),
    status,
  );
}

/** Answers with a page that says what is wrong. */
export function fault(
  visit: Visit,
  status: Exclude<Status, 200>,
  title: (words: Words) => string,
  { help, detail }: { readonly help?: (words: Words) => string; readonly detail?: string } = {},
): Response | Promise<Response> {
  const words = wordsOf(visit);
  visit.set('kind', 'page');
  const content: Markup = html`<h1>${title(words)}</h1>
${help === undefined ? null : html`<p>${help(words)}</p>`}${detail === undefined ? null : html`<p class="quiet"><code>${detail}</code></p>`}`;
  return send(visit, { title: title(words), section: null, content, width: 'text' }, status);
}

/** A refusal comes before anything is known of a visit; files refuse nothing. */
export function mediumOf(visit: Visit): Medium {
  return visit.get('medium') ?? 'server';
}

export function wordsOf(visit: Visit): Words {
  return wordsIn((visit.get('preferences') ?? preferencesIn(visit)).language);
}

export function preferencesIn(visit: Visit): Preferences {
  const { req } = visit;
  return preferencesOf({
    query: (name) => req.query(name),
    cookie: (name) => getCookie(visit, name),
    acceptLanguage: req.header('accept-language'),
  });
}

// Parts of addresses.

/** An id of the archive as addresses have it. */
export const ARTICLE = ':space{guancha|fengwen}/:number{[1-9][0-9]{0,15}}';

export function idIn(visit: Visit): ArticleId {
  const { space, number } = visit.req.param() as { readonly space: 'guancha' | 'fengwen'; readonly number: string };
  return `${space}:${Number(number)}`;
}

/** A number from 1 that the query names; null where it names none. */
export function countIn(visit: Visit, name: string): number | null {
  const text = visit.req.query(name) ?? '';
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
