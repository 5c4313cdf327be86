/**
 * Signed notes (c2sp.org/signed-note) and the checkpoints of a log in that form (c2sp.org/tlog-checkpoint). Signatures of
 * keys that are not known are kept and count for nothing, as the standard wants: so witnesses can add theirs.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

export interface Note {
  /** With its final newline; what the signatures are of. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Of the key: 4 bytes. */
  readonly id: Buffer;
  readonly bytes: Buffer;
}

/** A public key with its name: who signs, and which kind of signature. */
export interface VerifierKey {
  readonly name: string;
  /** `log` of the log itself (type 1), `witness` the time-stamped cosignature of a witness (type 4, c2sp.org/tlog-cosignature). */
  readonly kind: 'log' | 'witness';
  readonly id: Buffer;
  /** Ed25519. */
  readonly key: KeyObject;
}

export interface Checkpoint {
  readonly origin: string;
  /** In entries. */
  readonly size: number;
  readonly root: Buffer;
  readonly note: Note;
  /** As it was read. */
  readonly raw: string;
}

const TYPES = { log: 1, witness: 4 } as const;
const SIGNATURE_BYTES = { log: 64, witness: 72 } as const;
/** More of a note is not read. */
const MOST_SIGNATURES = 64;
const LONGEST_NOTE = 1 << 20;

/** Null where the text is no signed note. */
export function readNote(raw: string): Note | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that no note holds
  if (raw.length > LONGEST_NOTE || /[\u0000-\u0009\u000b-\u001f]/.test(raw) || !raw.isWellFormed()) return null;
  const parted = raw.lastIndexOf('\n\n');
  if (parted < 1 || !raw.endsWith('\n')) return null;
  const lines = raw.slice(parted + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return null;
  const signatures = lines.map(readSignature);
  return signatures.includes(null)
    ? null
    : { text: raw.slice(0, parted + 1), signatures: signatures as readonly NoteSignature[] };
}

function readSignature(line: string): NoteSignature | null {
  const [, name, base64] = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
  const bytes = base64 === undefined ? null : readBase64(base64);
  return name === undefined || bytes === null || bytes.length < 5
    ? null
    : { name, id: bytes.subarray(0, 4), bytes: bytes.subarray(4) };
}

export function writeNote({ text, signatures }: Note): string {
  const lines = signatures.map(({ name, id, bytes }) => `— ${name} ${Buffer.concat([id, bytes]).toString('base64')}\n`);
  return `${text}\n${lines.join('')}`;
}

/** What base64 stands for; null where the text is not the one spelling of it. */
function readBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** Null where the text is no checkpoint. */
export function readCheckpoint(raw: string): Checkpoint | null {
  const note = readNote(raw);
  const [, origin, size, base64] =
    /^([^\n]+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*$/.exec(note?.text ?? '') ?? [];
  const root = readBase64(base64 ?? '');
  if (note === null || origin === undefined || root === null) return null;
  return { origin, size: Number(size), root, note, raw };
}

/** @param signer its name is the log's origin */
export function signCheckpoint(
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  signer: VerifierKey & { readonly privateKey: KeyObject },
): Checkpoint {
  const { name, id } = signer;
  const text = `${name}\n${size}\n${root.toString('base64')}\n`;
  const note = { text, signatures: [{ name, id, bytes: sign(null, Buffer.from(text), signer.privateKey) }] };
  return { origin: name, size, root, note, raw: writeNote(note) };
}

/** Whether a note is signed by a key: `absent` where none of its signatures names the key, `bad` where one does and is not right. */
export function isSigned({ text, signatures }: Note, by: VerifierKey): 'good' | 'bad' | 'absent' {
  const own = signatures.filter(({ name, id }) => name === by.name && id.equals(by.id));
  if (own.length === 0) return 'absent';
  return own.every(({ bytes }) => isRight(text, bytes, by)) ? 'good' : 'bad';
}

function isRight(text: string, bytes: Buffer, { kind, key }: VerifierKey): boolean {
  if (bytes.length !== SIGNATURE_BYTES[kind]) return false;
  if (kind === 'log') return verify(null, Buffer.from(text), key, bytes);
  const signed = `cosignature/v1\ntime ${bytes.readBigUInt64BE(0)}\n${text}`;
  return verify(null, Buffer.from(signed), key, bytes.subarray(8));
}

// Keys: `name+id+base64`, where the first byte of what base64 stands for is the kind of signature.

/** Null where the text is no verifier key of a kind that is known here. */
export function readVerifierKey(text: string): VerifierKey | null {
  const [, name, id, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text.trim()) ?? [];
  const bytes = readBase64(base64 ?? '');
  const kind = bytes?.[0] === TYPES.log ? 'log' : bytes?.[0] === TYPES.witness ? 'witness' : null;
  if (name === undefined || bytes === null || kind === null || bytes.length !== 33) return null;
  const known = verifierKey(name, publicKeyOf(bytes.subarray(1)), kind);
  return known.id.toString('hex') === id ? known : null;
}

export function writeVerifierKey({ name, id, kind, key }: VerifierKey): string {
  return `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.from([TYPES[kind]]), rawKey(key)]).toString('base64')}\n`;
}

/** @param key Ed25519 */
export function verifierKey(name: string, key: KeyObject, kind: VerifierKey['kind'] = 'log'): VerifierKey {
  const id = createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([TYPES[kind]]))
    .update(rawKey(key))
    .digest();
  return { name, kind, id: id.subarray(0, 4), key };
}

/** A key from PEM; null where it is no Ed25519 key. */
export function readKey(pem: string, is: 'private' | 'public'): KeyObject | null {
  try {
    const key = is === 'private' ? createPrivateKey(pem) : createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null; // whatever the library says of it: it is no key
  }
}

/** Lower-case hex of SHA-256 over the 32 bytes of the key: what people compare. */
export function fingerprint(key: KeyObject): string {
  return createHash('sha256').update(rawKey(key)).digest('hex');
}

function rawKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function publicKeyOf(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
}
