/**
 * The ready services: the JSON that each takes, as its makers document it, made of a message, and what its answer means. Pure.
 * Titles come from the site and from whoever may write there: none of them is markup, a link or a mention anywhere.
 */
import { createHmac } from 'node:crypto';
import type { CHAT_KINDS } from '../config.ts';
import { cut, type HookAnswer } from './answer.ts';
import type { Message } from './message.ts';

export interface Chat {
  /** @param options `secret` is the address, or the token of a bot; `server` and `chat` are for Telegram */
  readonly url: (options: { readonly secret: string; readonly server: string }) => string;
  /** @param options `at` in ms since 1970; `signing` is the key of Feishu's signature, null where it asks for none */
  readonly payload: (
    message: Message,
    options: { readonly chat: string; readonly at: number; readonly signing: string | null },
  ) => object;
  /** What a body says that came with 2xx; `ok` where the service says nothing more. */
  readonly read: (body: string) => HookAnswer;
  /** How long the body of a refusal asks for, in ms; null where it does not. */
  readonly pauseOf: (body: string) => number | null;
}

export type ChatKind = (typeof CHAT_KINDS)[number];

const OK: HookAnswer = { ok: true, detail: '' };
const MINUTE_MS = 60_000;
/** Invisible; no service takes what stands on both sides of it for one word. */
const BREAK = '\u200b';

/** No mention, hashtag, command or address: what would begin or join one is broken. */
function inert(text: string): string {
  return text.replace(/[@#$/.:](?=\S)/g, `$&${BREAK}`);
}

/** Headline and lines as plain text, cut to a length that leaves room for markup and for the address. */
function plainLines(
  { what, about, lines }: Message,
  longest: number,
): { readonly about: string; readonly rest: string } {
  const head = cut(about, longest - what.length - 4);
  return { about: head, rest: cut(lines.join('\n'), Math.max(0, longest - what.length - head.length - 4)) };
}

/** https://core.telegram.org/bots/api#sendmessage: 4096 characters, `&`, `<` and `>` written as entities. */
const telegram: Chat = {
  url: ({ secret, server }) => `${server}/bot${secret}/sendMessage`,
  payload: (message, { chat }) => {
    const { about, rest } = plainLines(message, 2000); // BREAKs may be half of what comes out
    const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const said = (text: string) => escaped(inert(text));
    const parts = [`<b>${said(message.what)}</b> ${said(about)}`, said(rest), escaped(message.url ?? '')];
    return {
      chat_id: chat,
      text: parts.filter((part) => part !== '').join('\n'),
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    };
  },
  read: (body) => {
    return objectOf(body).ok === true ? OK : { ok: false, detail: body };
  },
  pauseOf: (body) => {
    const { parameters } = objectOf(body);
    return secondsOf((parameters as { readonly retry_after?: unknown } | undefined)?.retry_after);
  },
};

/**
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: a `rich_text` block has no markup in its texts;
 * `text` is what notifications show, with `&`, `<` and `>` escaped, so that `<!channel>` is no mention.
 */
const slack: Chat = {
  url: ({ secret }) => secret,
  payload: (message) => {
    const { about, rest } = plainLines(message, 2500);
    const escaped = `${message.what}: ${about}`
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;');
    const text = (each: string, style?: { readonly bold: true }) => ({
      type: 'text',
      text: each,
      ...(style === undefined ? {} : { style }),
    });
    const elements = [
      text(message.what, { bold: true }),
      text(` ${about}`),
      ...(rest === '' ? [] : [text(`\n${rest}`)]),
      ...(message.url === null ? [] : [text('\n'), { type: 'link', url: message.url }]),
    ];
    return {
      text: escaped,
      mrkdwn: false,
      unfurl_links: false,
      blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }],
    };
  },
  read: () => OK,
  pauseOf: () => null,
};

/**
 * https://docs.discord.com/developers/resources/webhook: 2000 characters, and nobody is mentioned where `allowed_mentions.parse` is
 * empty. A backslash before punctuation takes its meaning; flag 4 is SUPPRESS_EMBEDS.
 */
const discord: Chat = {
  url: ({ secret }) => secret,
  payload: (message) => {
    const room = 1800 - (message.url?.length ?? 0);
    const { about, rest } = plainLines(message, Math.max(100, Math.floor(room / 2))); // each character may get a backslash
    const said = (text: string) => text.replace(/[!-/:-@[-`{-~]/g, '\\$&');
    const parts = [
      `**${said(message.what)}** ${said(about)}`,
      said(rest),
      message.url === null ? '' : `<${message.url}>`,
    ];
    return {
      content: parts.filter((part) => part !== '').join('\n'),
      allowed_mentions: { parse: [] },
      flags: 4,
    };
  },
  read: () => OK,
  pauseOf: (body) => secondsOf(objectOf(body).retry_after),
};

/**
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: 20 KB, texts of a `post` are no markup; `<at>` is broken all the
 * same. The signature is HMAC-SHA256 of nothing, by the key `timestamp + "\n" + secret`. Refusals come with HTTP status 200.
 */
const feishu: Chat = {
  url: ({ secret }) => secret,
  payload: (message, { at, signing }) => {
    const { about, rest } = plainLines(message, 3000);
    const said = (text: string) => inert(text).replaceAll('<', '＜');
    const line = (text: string) => [{ tag: 'text', text }];
    const content = [
      line(said(about)),
      ...(rest === '' ? [] : rest.split('\n').map((each) => line(said(each)))),
      ...(message.url === null ? [] : [[{ tag: 'a', text: message.url, href: message.url }]]),
    ];
    const timestamp = String(Math.floor(at / 1000));
    const signed =
      signing === null
        ? {}
        : { timestamp, sign: createHmac('sha256', `${timestamp}\n${signing}`).update('').digest('base64') };
    return { ...signed, msg_type: 'post', content: { post: { zh_cn: { title: message.what, content } } } };
  },
  read: (body) => {
    const { code, StatusCode } = objectOf(body);
    const number = code ?? StatusCode;
    if (number === 0) return OK;
    if (number === 11_232) return { ok: false, detail: body, afterMs: MINUTE_MS }; // more than 100 in a minute, or 5 in a second
    return { ok: false, detail: body, isRefused: number === 19_001 || number === 9499 }; // what is wrong with the message itself
  },
  pauseOf: () => null,
};

/**
 * https://developer.work.weixin.qq.com/document/path/91770: texts of 2048 bytes; people are mentioned by lists, which are not sent,
 * and by `<@…>`, which is broken. Refusals come with HTTP status 200.
 */
const wecom: Chat = {
  url: ({ secret }) => secret,
  payload: (message) => {
    const said = (text: string) => inert(text).replaceAll('<', '＜');
    const tail = message.url === null ? '' : `\n${message.url}`;
    const head = `${message.what}: ${[said(message.about), ...message.lines.map(said)].join('\n')}`;
    return { msgtype: 'text', text: { content: cutBytes(head, WECOM_BYTES - Buffer.byteLength(tail)) + tail } };
  },
  read: (body) => {
    const { errcode } = objectOf(body);
    if (errcode === 0) return OK;
    if (errcode === 45_009) return { ok: false, detail: body, afterMs: MINUTE_MS }; // more than 20 in a minute
    return { ok: false, detail: body, isRefused: typeof errcode === 'number' && BAD_MESSAGES.includes(errcode) };
  },
  pauseOf: () => null,
};

const WECOM_BYTES = 2048;
/** No JSON, an invalid kind of message, an empty one, and one that is too long. */
const BAD_MESSAGES: readonly number[] = [47_001, 40_008, 44_004, 45_002];

export const CHATS: Readonly<Record<ChatKind, Chat>> = { telegram, slack, discord, feishu, wecom };

/** The beginning of a text, so many bytes of UTF-8 at most, and no part of a character. */
function cutBytes(text: string, longest: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= longest) return text;
  let end = Math.max(0, longest);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

function objectOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {}; // the words of the answer are shown as they are
  }
}

function secondsOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.ceil(value * 1000) : null;
}
