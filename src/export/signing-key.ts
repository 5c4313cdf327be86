/** The key that packages are signed with: ECDSA on P-384, the one form that ReplayWeb.page verifies. Made at the first use. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { promises as fsp } from 'node:fs';
import { dirname, join } from 'node:path';
import { p384 } from '@noble/curves/nist.js';
import { ArchiveError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { dataFolder } from '../paths.ts';
import { knownError } from '../system-errors.ts';

export interface Signer {
  /** SPKI, DER in base64. */
  readonly publicKey: string;
  /** The signature over SHA-256 of a text: r and s one after the other, in base64. */
  sign(text: string): string;
}

/**
 * The signer of this user. The key lies outside of every archive, for who has an archive must not be able to sign for it.
 * @throws FILE_REFUSED where the key cannot be kept or read, is none, or may be read by others
 */
export async function openSigner(): Promise<Signer> {
  const path = join(dataFolder(), 'wacz-key.pem');
  try {
    return signerOf((await readKey(path)) ?? (await makeKey(path)), path);
  } catch (error) {
    throw knownError(error, { place: 'elsewhere', name: path });
  }
}

/**
 * The same text gets the same signature (RFC 6979), which Node.js does not offer.
 * @param pem a private key of P-384, PKCS #8
 * @param name for messages
 */
export function signerOf(pem: string, name: string): Signer {
  const key = readPem(pem, name);
  const secret = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
  return {
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64'),
    sign: (text) => {
      const digest = createHash('sha256').update(text).digest();
      return Buffer.from(p384.sign(digest, secret, { prehash: false, lowS: false })).toString('base64');
    },
  };
}

function readPem(pem: string, name: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'secp384r1') return key;
  } catch {
    // said below: OpenSSL's words help nobody
  }
  throw new ArchiveError('FILE_REFUSED', `${name}: not a private key of P-384; move it away, and a new one is made`);
}

/** Null where there is none. */
async function readKey(path: string): Promise<string | null> {
  try {
    await using file = await fsp.open(path, 'r');
    if (((await file.stat()).mode & 0o077) !== 0)
      throw new ArchiveError('FILE_REFUSED', `${path}: others may read the key; chmod 600 it, or make a new one`);
    return await file.readFile('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all; where two processes make one at a time, both take the first. */
async function makeKey(path: string): Promise<string> {
  makeFolder(dirname(path), { mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await fsp.writeFile(temporary, pem, { flag: 'wx', mode: 0o600, flush: true });
    await fsp.link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await fsp.rm(temporary, { force: true });
  }
  return (await readKey(path)) ?? '';
}
