/** Signed notes and checkpoints: the standard's own example, every change of one refused, other signatures kept. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  fingerprint,
  isSigned,
  readCheckpoint,
  readKey,
  readNote,
  readVerifierKey,
  signCheckpoint,
  verifierKey,
  writeNote,
  writeVerifierKey,
} from '../src/evidence/note.ts';
import { leafHash } from '../src/evidence/tree.ts';
import { temporaryFolder } from './support/command.ts';
import { hasOpenssl } from './support/openssl.ts';

/** The example of c2sp.org/signed-note, word for word. */
const EXAMPLE = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`;

const pair = generateKeyPairSync('ed25519');
const signer = { ...verifierKey('guancha-archive/0123456789abcdef', pair.publicKey), privateKey: pair.privateKey };
const signed = signCheckpoint({ size: 20852163, root: leafHash('root') }, signer);

describe('notes', () => {
  it('read the example of the standard and write it again', () => {
    const note = readNote(EXAMPLE);
    assert.ok(note !== null);
    assert.equal(note.text.split('\n').length, 5, 'an empty line belongs to the text');
    assert.deepEqual(
      note.signatures.map(({ name, bytes }) => [name, bytes.length]),
      [['quasimodo.example/salvatore', 64]],
    );
    assert.equal(writeNote(note), EXAMPLE);
  });

  it('are good by their key alone, and keep the signatures of others', () => {
    const other = verifierKey(signer.name, generateKeyPairSync('ed25519').publicKey);
    assert.equal(isSigned(signed.note, signer), 'good');
    assert.equal(isSigned(signed.note, other), 'absent');
    const lines = `${signed.raw}— witness.example ${Buffer.alloc(80, 1).toString('base64')}\n`;
    const more = readCheckpoint(lines);
    assert.ok(more !== null);
    assert.equal(isSigned(more.note, signer), 'good');
    assert.equal(writeNote(more.note), lines);
  });

  it('check the cosignature of a witness by its time stamp', () => {
    const keys = generateKeyPairSync('ed25519');
    const witness = verifierKey('witness.example', keys.publicKey, 'witness');
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_679_315_147n);
    const bytes = sign(null, Buffer.from(`cosignature/v1\ntime 1679315147\n${signed.note.text}`), keys.privateKey);
    const note = {
      ...signed.note,
      signatures: [
        ...signed.note.signatures,
        { name: witness.name, id: witness.id, bytes: Buffer.concat([time, bytes]) },
      ],
    };
    assert.equal(isSigned(note, witness), 'good');
    time.writeBigUInt64BE(1_679_315_148n);
    const later = {
      ...note,
      signatures: [{ name: witness.name, id: witness.id, bytes: Buffer.concat([time, bytes]) }],
    };
    assert.equal(isSigned(later, witness), 'bad');
    assert.deepEqual(readVerifierKey(writeVerifierKey(witness))?.id, witness.id);
  });

  it('are refused after the change of any single bit', () => {
    const bytes = Buffer.from(signed.raw);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const read = readCheckpoint(changed.toString());
      const isGood = read !== null && read.origin === signer.name && isSigned(read.note, signer) === 'good';
      assert.ok(!isGood, `bit ${bit}`);
    }
  });

  it('know no checkpoint in what is none', () => {
    const { raw } = signed;
    const texts = [
      '',
      '\n',
      raw.trimEnd(),
      raw.replace('\n\n', '\n'),
      raw.replace('20852163', '020852163'),
      raw.replace('20852163', '-1'),
      `${raw}\n`,
      raw.replace('— ', '- '),
      raw.replace('\n', '\r\n'),
    ];
    for (const text of texts) assert.equal(readCheckpoint(text), null, JSON.stringify(text));
  });

  it('carry keys as the standard spells them', () => {
    const text = writeVerifierKey(signer);
    const read = readVerifierKey(text);
    assert.deepEqual([read?.name, read?.id, read?.kind], [signer.name, signer.id, 'log']);
    assert.equal(isSigned(signed.note, read as typeof signer), 'good');
    assert.equal(readVerifierKey(text.replace(/\+[0-9a-f]{8}\+/, '+00000000+')), null);
    assert.equal(readVerifierKey('nonsense'), null);
    const pem = String(pair.publicKey.export({ type: 'spki', format: 'pem' }));
    assert.equal(fingerprint(readKey(pem, 'public') ?? pair.privateKey), fingerprint(pair.publicKey));
    assert.equal(readKey('nonsense', 'public'), null);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' });
    assert.equal(readKey(String(rsa), 'public'), null);
  });

  it('are good for openssl too', { skip: !hasOpenssl && 'there is no openssl here' }, async () => {
    await using folder = await temporaryFolder();
    const file = (name: string) => join(folder.path, name);
    await writeFile(file('key.pem'), String(pair.publicKey.export({ type: 'spki', format: 'pem' })));
    await writeFile(file('text'), signed.note.text);
    await writeFile(file('sig'), signed.note.signatures[0]?.bytes ?? '');
    const args = [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      file('key.pem'),
      '-rawin',
      '-in',
      file('text'),
      '-sigfile',
      file('sig'),
    ];
    assert.match(execFileSync('openssl', args, { encoding: 'utf8' }), /Successfully/);
  });
});
