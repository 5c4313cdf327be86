/** Secrets that the environment gives in the place of the configuration: a variable, or a file that NAME_FILE names. */
import { readFileSync } from 'node:fs';
import { ArchiveError } from './errors.ts';

/** The variables, each with the key of the configuration that it completes. */
export const SECRETS = {
  PGPASSWORD: 'cluster.postgres',
  REDIS_PASSWORD: 'cluster.redis',
  GUANCHA_ARCHIVE_PASSWORD: 'serve.password',
} as const;

/**
 * A secret as the environment gives it; a line feed at the end of a file is none of it. The variable goes before the file.
 * @returns null where the environment gives none
 * @throws CONFIG_UNREADABLE, CONFIG_INVALID for a file without a text; no message repeats a secret
 */
export function secretOf(name: keyof typeof SECRETS, environment: Environment = process.env): string | null {
  const given = environment[name] ?? '';
  if (given !== '') return given;
  const file = environment[`${name}_FILE`] ?? '';
  if (file === '') return null;
  const text = readSecret(name, file).replace(/\r?\n$/, '');
  if (text === '') throw new ArchiveError('CONFIG_INVALID', `${name}_FILE: ${file}: is empty`);
  return text;
}

type Environment = Readonly<Record<string, string | undefined>>;

function readSecret(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'cannot be read' } = error as NodeJS.ErrnoException;
    throw new ArchiveError('CONFIG_UNREADABLE', `${name}_FILE: ${file}: ${code}`, { cause: error });
  }
}

/** The address with the secret as its password, unless it has one. */
export function withPassword(address: string, secret: string | null): string {
  const url = new URL(address);
  if (secret === null || url.password !== '') return address;
  if (url.host === '')
    url.searchParams.set('password', secret); // a socket: such an address has no place for it
  else url.password = encodeURIComponent(secret);
  return url.href;
}
