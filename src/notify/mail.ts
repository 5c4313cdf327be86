/** A notice as a mail: what it says is pure, how it goes to a server is nodemailer's. It is loaded where a mail is sent. */
import { type HookAnswer, oneLine } from './answer.ts';
import type { Message } from './message.ts';
import { redact } from './secret.ts';

export interface Letterhead {
  readonly from: string;
  readonly to: readonly string[];
}

export interface Mail extends Letterhead {
  readonly subject: string;
  readonly text: string;
  /** The same for the same notice: a mailbox that has it drops it. */
  readonly messageId: string;
  readonly date: Date;
  readonly headers: Readonly<Record<string, string>>;
}

/** Lines of RFC 5322 have 998 octets at most; longer subjects are folded, and shown by nobody. */
const LONGEST_SUBJECT = 200;

/** @param options `id` of the delivery; `at` in ms since 1970 */
export function mailOf(
  message: Message,
  { id, at, from, to }: Letterhead & { readonly id: string; readonly at: number },
): Mail {
  const { what, about, lines, url, text } = message;
  const parts = [about, '', ...lines, ...(url === null ? [] : ['', url]), ...(text === null ? [] : ['', text])];
  return {
    from,
    to,
    subject: oneLine(`guancha-archive: ${what}: ${about}`, LONGEST_SUBJECT),
    text: `${parts.join('\n').trim()}\n`,
    messageId: `<${id}@${from.split('@').at(-1)}>`,
    date: new Date(at),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Guancha-Notice-Id': id }, // RFC 3834, 5
  };
}

/**
 * @param server `smtp://user@host:587`, where TLS is begun (STARTTLS), or `smtps://user@host`
 * @param options `password` is null where the server asks for none; it goes over TLS alone, but for loopback
 * @throws an AbortError once `signal` aborts; everything else is an answer
 */
export async function sendMail(
  mail: Mail,
  server: string,
  options: { readonly password: string | null; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<HookAnswer> {
  const { password, timeoutMs, signal } = options;
  const { protocol, hostname, port, username } = new URL(server);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: password !== null && !secure && !LOOPBACK.test(host),
    ...(password === null ? {} : { auth: { user: decodeURIComponent(username), pass: password } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(new Error(`no answer within ${timeoutMs} ms`));
  ending.addEventListener('abort', end);
  const say = (text: string) => oneLine(redact(text, password === null ? [] : [password]));
  try {
    const { response, rejected } = await Promise.race([
      transport.sendMail({ ...mail, to: [...mail.to], headers: { ...mail.headers } }),
      ended.promise,
    ]);
    const refused = rejected.length === 0 ? '' : `; not for ${rejected.map(String).join(', ')}`;
    return { ok: true, detail: say(`${response}${refused}`) };
  } catch (error) {
    signal.throwIfAborted();
    const { message, code, responseCode = 0 } = error as Error & { code?: string; responseCode?: number };
    // 5yz is final (RFC 5321, 4.2.1); a wrong password is of the configuration, and the notice can wait until it is right.
    const isRefused = responseCode >= 500 && code !== 'EAUTH';
    return { ok: false, detail: say(message), ...(isRefused ? { isRefused } : {}) };
  } finally {
    ending.removeEventListener('abort', end);
    transport.close();
  }
}

const LOOPBACK = /^(?:localhost|127\.[\d.]+|::1)$/;
