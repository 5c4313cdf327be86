/** Secrets of hooks: they stand in the environment or in a file, never in the configuration, and are said to nobody. */
import { readFileSync } from 'node:fs';

/** A file that is longer is none of a secret. */
const LONGEST = 4096;

/**
 * @param place `env:NAME`, or `file:` and a path; white space around the secret does not count
 * @returns the secret, or why there is none, in words that do not hold it
 */
export function readSecret(place: string): { readonly secret: string } | { readonly missing: string } {
  const [, kind, name = ''] = /^(env|file):(.+)$/s.exec(place) ?? [];
  if (kind === 'env') {
    const secret = (process.env[name] ?? '').trim();
    return secret === '' ? { missing: `the environment has no ${name}` } : { secret };
  }
  try {
    const secret = readFileSync(name, 'utf8').trim();
    if (secret === '' || secret.length > LONGEST) return { missing: `${name} holds no secret` };
    return { secret };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

/** A text of others without the secrets that it may repeat, whole or in part of an address. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap((secret) => [secret, ...partsOf(secret)])
    .filter((part) => part.length >= SHORTEST)
    .sort((a, b) => b.length - a.length)
    .reduce((said, part) => said.replaceAll(part, '…'), text);
}

/** Shorter parts of an address are words that anybody knows. */
const SHORTEST = 6;

/** Of an address: its path and parameters, which are what is secret of it. */
function partsOf(secret: string): string[] {
  const address = URL.parse(secret);
  if (address === null) return [];
  const segments = address.pathname.split('/').filter((segment) => /\d/.test(segment));
  return [address.pathname + address.search, address.password, ...segments, ...address.searchParams.values()];
}
