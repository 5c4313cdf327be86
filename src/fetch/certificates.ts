/** The authorities that are trusted besides the known ones, and the one certificate by which the browser is told so. */
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';

/**
 * @param files PEM files of `network.certificates`; each may hold several certificates
 * @param environment of which `NODE_EXTRA_CA_CERTS` counts; a file of it that is not there is reported and passed over, as Node.js does
 * @returns the certificates that Node.js does not bring with it, as PEM
 * @throws CONFIG_INVALID for a file that cannot be read or holds no certificate
 */
export function readAuthorities(
  files: readonly string[],
  { environment, log }: { readonly environment: Readonly<Record<string, string | undefined>>; readonly log: Log },
): string[] {
  const given = files.flatMap((file) => certificatesIn(file, 'network.certificates'));
  const more = environment.NODE_EXTRA_CA_CERTS ?? '';
  if (more !== '') {
    try {
      given.push(...certificatesIn(more, 'NODE_EXTRA_CA_CERTS'));
    } catch (error) {
      log({ level: 'warn', stage: 'fetch', message: `${(error as ArchiveError).detail}; passed over` });
    }
  }
  if (given.length === 0) return [];
  const known = new Set(rootCertificates.map(fingerprintOf));
  return given.filter((pem) => !known.has(fingerprintOf(pem)));
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}

function certificatesIn(file: string, source: string): string[] {
  try {
    const text = readFileSync(file, 'latin1');
    const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    if (found.length === 0) throw new Error('there is no certificate in it (PEM)');
    for (const pem of found) fingerprintOf(pem);
    return found;
  } catch (error) {
    throw new ArchiveError('CONFIG_INVALID', `${source}: ${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** What the browser's only way out names itself by, where it has checked the site's own certificate. */
export interface Identity {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  /** SHA-256 of the public key (SPKI), base64. */
  readonly fingerprint: string;
}

/**
 * A new key with a certificate that it signed itself: nobody else ever has it, and it ends with the process.
 * @param commonName at most 64 characters of ASCII
 */
export function createIdentity(commonName = 'guancha-archive'): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  // X.509 version 1 (RFC 5280, 4.1): serial, signature, issuer, validity, subject, key.
  const algorithm = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex')); // ecdsa-with-SHA256
  const name = der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(commonName)))));
  const time = (text: string) => der(0x18, Buffer.from(text));
  const serial = der(0x02, Buffer.of(1), randomBytes(8));
  const validity = der(0x30, time('20000101000000Z'), time('21000101000000Z'));
  const body = der(0x30, serial, algorithm, name, validity, name, spki);
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, privateKey));
  const bytes = der(0x30, body, algorithm, signature);
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificate: `-----BEGIN CERTIFICATE-----\n${bytes
      .toString('base64')
      .match(/.{1,64}/g)
      ?.join('\n')}\n-----END CERTIFICATE-----\n`,
    fingerprint: createHash('sha256').update(spki).digest('base64'),
  };
}

/** A value in DER (X.690, 8.1): tag, length, contents. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), body]);
  const size = length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, body]);
}
