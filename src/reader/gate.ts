/** The password before the pages: sessions, tokens against forged forms, and a limit to attempts. All in memory. */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../clock.ts';

export interface Gate {
  /** The session that a cookie names; null where it names none that still counts. */
  session(token: string | undefined): Session | null;
  /**
   * Opens a session with the password.
   * @param from whose attempts are counted: an address of the network, or what a proxy said of one
   * @returns its token; `wrong`, or `later` where too many were wrong or are being looked at
   */
  enter(password: string, from: string): Promise<{ readonly token: string } | 'wrong' | 'later'>;
  leave(token: string | undefined): void;
}

interface Session {
  /** What a form that changes something must send along. */
  readonly formToken: string;
}

const DAY_MS = 86_400_000;
/** A session ends so long after it was last used. */
export const SESSION_MS = 14 * DAY_MS;
const MOST_SESSIONS = 500;
/** Wrong passwords in so long, from one address and from all together. */
const ATTEMPTS_MS = 15 * 60_000;
const MOST_ATTEMPTS = { each: 5, all: 60 };
/** Passwords that are looked at, or wait for it: each takes 32 MB and some tenths of a second. */
const MOST_AT_ONCE = 4;

/** @param secret a password, or what `hashPassword` made of it */
export function openGate(secret: string, { clock }: { readonly clock: Pick<Clock, 'now'> }): Gate {
  const sessions = new Map<string, { readonly formToken: string; usedAt: number }>(); // by the digest of the token
  let failures: readonly { readonly at: number; readonly from: string }[] = [];
  let hashed: Promise<string> | null = isHash(secret) ? Promise.resolve(secret) : null;
  let turn: Promise<unknown> = Promise.resolve();
  let atOnce = 0;

  return {
    session: (token) => {
      const known = token === undefined ? undefined : sessions.get(digestOf(token));
      if (known === undefined || Math.abs(clock.now() - known.usedAt) > SESSION_MS) return null;
      known.usedAt = clock.now();
      return known;
    },
    enter: async (password, from) => {
      if (atOnce >= MOST_AT_ONCE || isTooOften(from)) return 'later';
      atOnce += 1;
      try {
        hashed ??= hashPassword(secret);
        const right = turn.then(async () => isPassword(password, (await hashed) ?? ''));
        turn = right.catch(() => {}); // whoever waits for it gets the error
        if (!(await right)) {
          failures = [...failures, { at: clock.now(), from }];
          return 'wrong';
        }
      } finally {
        atOnce -= 1;
      }
      const token = randomBytes(32).toString('base64url');
      sessions.set(digestOf(token), { formToken: randomBytes(18).toString('base64url'), usedAt: clock.now() });
      for (const [oldest] of sessions) if (sessions.size > MOST_SESSIONS) sessions.delete(oldest);
      return { token };
    },
    leave: (token) => void (token !== undefined && sessions.delete(digestOf(token))),
  };

  function isTooOften(from: string): boolean {
    failures = failures.filter(({ at }) => Math.abs(clock.now() - at) < ATTEMPTS_MS).slice(-MOST_ATTEMPTS.all);
    const own = failures.filter((each) => each.from === from).length;
    // Whoever guesses from many addresses does not shut out the person at this machine.
    return own >= MOST_ATTEMPTS.each || (failures.length >= MOST_ATTEMPTS.all && !isLoopback(from));
  }
}

/** True for an address of this machine, in IPv4, IPv6, and IPv4 within IPv6. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address);
}

/** Tokens are kept as their digests: they are compared by looking them up. */
function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

// Passwords, hashed with scrypt (RFC 7914): `scrypt:15:8:1:SALT:HASH`, salt and hash in base64url.

/** 32 MB and some tenths of a second for each password. */
const COST = { log2: 15, blockSize: 8, parallelization: 1 };
const HASH = /^scrypt:(\d{2}):(\d{1,2}):(\d{1,2}):([\w-]{16,}):([\w-]{43})$/;
const HASH_BYTES = 32;
const LARGEST_BYTES = 256 << 20;

export async function hashPassword(password: string): Promise<string> {
  const { log2, blockSize, parallelization } = COST;
  const salt = randomBytes(16).toString('base64url');
  const hash = await derive(password, salt, COST);
  return `scrypt:${log2}:${blockSize}:${parallelization}:${salt}:${hash.toString('base64url')}`;
}

function isHash(secret: string): boolean {
  return HASH.test(secret);
}

async function isPassword(password: string, hashed: string): Promise<boolean> {
  const [, log2, blockSize, parallelization, salt = '', hash = ''] = HASH.exec(hashed) ?? [];
  const cost = { log2: Number(log2), blockSize: Number(blockSize), parallelization: Number(parallelization) };
  return timingSafeEqual(await derive(password, salt, cost), Buffer.from(hash, 'base64url'));
}

const scryptAsync = promisify<string, string, number, object, Buffer>(scrypt);

/** The same password is the same whatever keyboard wrote it (Unicode NFKC). */
function derive(password: string, salt: string, { log2, blockSize, parallelization }: typeof COST): Promise<Buffer> {
  const options = { N: 2 ** log2, r: blockSize, p: parallelization, maxmem: LARGEST_BYTES };
  return scryptAsync(password.normalize('NFKC'), salt, HASH_BYTES, options);
}
