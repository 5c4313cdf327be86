/** Digests as WARC files and data packages print them: an algorithm's name, a colon, and the hash in hex or Base32. */
import { createHash } from 'node:crypto';
import { ArchiveError } from '../errors.ts';

/** Names as they are printed, in lower case without `-`, and what node:crypto calls them. */
const ALGORITHMS: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  sha1: { name: 'sha1', bytes: 20 },
  sha256: { name: 'sha256', bytes: 32 },
  sha384: { name: 'sha384', bytes: 48 },
  sha512: { name: 'sha512', bytes: 64 },
  md5: { name: 'md5', bytes: 16 },
};

export interface Digest {
  readonly algorithm: string;
  /** Lower-case hex. */
  readonly hex: string;
}

/** A printed digest; null where the algorithm is not known. Throws IMPORT_DAMAGED where it is, and no hash of it follows. */
export function readDigest(printed: string): Digest | null {
  const [, label = '', value = ''] = /^\s*([\w-]+)\s*:\s*(\S+?)=*\s*$/.exec(printed) ?? [];
  const algorithm = ALGORITHMS[label.toLowerCase().replaceAll('-', '')];
  if (algorithm === undefined) return null;
  const { name, bytes } = algorithm;
  if (new RegExp(`^[0-9a-f]{${2 * bytes}}$`, 'i').test(value)) return { algorithm: name, hex: value.toLowerCase() };
  const hex = fromBase32(value.toUpperCase());
  if (hex?.length === 2 * bytes) return { algorithm: name, hex };
  throw new ArchiveError('IMPORT_DAMAGED', `the digest ${printed} has not the form of one`);
}

export function isDigestOf({ algorithm, hex }: Digest, bytes: Uint8Array): boolean {
  return createHash(algorithm).update(bytes).digest('hex') === hex;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, 6, without padding; null where a character is none of its alphabet. */
function fromBase32(text: string): string | null {
  let bits = 0;
  let value = 0;
  const bytes: number[] = [];
  for (const character of text) {
    const digit = BASE32.indexOf(character);
    if (digit < 0) return null;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes).toString('hex');
}
