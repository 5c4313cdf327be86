/** `verify`: whether the log of seals is the one that was signed, and every sealed file is as it was sealed. Reads only. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { inFolder } from '../archive/open-storage.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { defaultKeyFile, openKeyFile, openSeen, real } from '../evidence/key.ts';
import { newestCheckpoint } from '../evidence/log.ts';
import {
  fingerprint,
  readKey,
  readVerifierKey,
  type VerifierKey,
  verifierKey,
  writeVerifierKey,
} from '../evidence/note.ts';
import { verify } from '../evidence/verify.ts';
import { expandPath } from '../paths.ts';
import type { Terminal } from '../report/terminal.ts';
import { requireArchive } from './existing-archive.ts';
import { existingArchive, printFinding } from './seal.ts';
import { verifyContext } from './sealing.ts';
import type { Interrupts } from './session.ts';

interface VerifyFlags {
  /** A folder with a copy of the log alone. */
  readonly log?: string | undefined;
  /** A verifier key, or a file with one or with a public key in PEM. */
  readonly key?: string | undefined;
}

/** @throws NOT_SEALED, USAGE */
export async function verifyCommand(
  flags: VerifyFlags,
  {
    config,
    terminal,
    interrupts,
  }: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const folder =
    flags.log === undefined ? config.archive : resolve(expandPath(flags.log, { code: 'USAGE', where: '--log' }));
  if (flags.log === undefined) requireArchive(config);
  const storage = await existingArchive(flags.log === undefined ? config : inFolder(folder));
  const keyFile = config.seal.key ?? defaultKeyFile();
  const seen = openSeen(keyFile);
  const trusted = flags.key === undefined ? null : await namedKey(flags.key, storage);
  const context = verifyContext(folder, config, storage);
  const verified = await verify({
    ...context,
    trusted,
    seen: flags.log === undefined ? context.seen : { ...context.seen, here: null },
    hasFiles: flags.log === undefined,
    signal: interrupts.abortSignal,
  });
  const { checkpoint, log, findings, unchanged, ownWork, notSealed } = verified;
  for (const found of findings) printFinding(found, terminal);
  const key = log?.key ?? null;
  const isOwn = key !== null && isOwnKey(keyFile, config.archive, key);
  const isKnown = isOwn || trusted !== null || (checkpoint !== null && seen.of(checkpoint.origin) !== null);
  const summary = {
    origin: checkpoint?.origin ?? null,
    size: checkpoint?.size ?? null,
    key: key === null ? null : writeVerifierKey(key).trim(),
    fingerprint: key === null ? null : fingerprint(key.key),
    isKnown,
    sealedAt: log?.sealedAt ?? null,
    stamped: log?.stamped ?? null,
    witnesses: log?.witnesses ?? [],
    unchanged,
    ownWork,
    notSealed,
    findings: findings.length,
  };
  const stamped =
    summary.stamped === null ? '' : `, time stamp of ${wallClock(summary.stamped.at)} over ${summary.stamped.size}`;
  terminal.summary('verify', summary, [
    `${summary.origin ?? 'no log'}, ${counted(summary.size ?? 0, 'entry', 'entries')}, last sealed ${summary.sealedAt === null ? 'never' : wallClock(summary.sealedAt)}${stamped}`,
    `${counted(unchanged, 'file as it was', 'files as they were')} sealed, ${ownWork} changed by the archive itself since, ${notSealed} not sealed yet`,
    ...(summary.witnesses.length === 0 ? [] : [`cosigned by ${summary.witnesses.join(', ')}`]),
    findings.length === 0 ? '✓ nothing contradicts the seals' : counted(findings.length, 'finding'),
  ]);
  if (!isKnown && key !== null)
    terminal.log({
      level: 'warn',
      stage: 'seal',
      message: `the key of this log is not known here: compare its fingerprint with the owner’s: ${fingerprint(key.key)}`,
    });
  if (findings.length > 0) return EXIT.findings;
  if (checkpoint !== null && key !== null && flags.log === undefined)
    noteSeen({
      origin: checkpoint.origin,
      key: writeVerifierKey(key).trim(),
      checkpoint: checkpoint.raw,
      archive: real(folder),
    });
  return EXIT.ok;

  /** What was found right is remembered beside the key, outside of the archive; where it cannot be, the check counts all the same. */
  function noteSeen(what: Parameters<typeof seen.note>[0]): void {
    try {
      seen.note(what);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      terminal.log({ level: 'info', stage: 'seal', message: `not remembered: ${error.message}` });
    }
  }
}

function isOwnKey(file: string, archive: string, { name, id }: VerifierKey): boolean {
  const own = openKeyFile(file, { archive, make: false });
  return own !== null && verifierKey(name, own.publicKey).id.equals(id);
}

/** @throws USAGE where it is no key */
async function namedKey(text: string, storage: Parameters<typeof newestCheckpoint>[0]): Promise<VerifierKey> {
  const file = statSync(text, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(text, 'utf8') : text;
  const named = readVerifierKey(file);
  const pem = named === null ? readKey(file, 'public') : null;
  if (named !== null) return named;
  if (pem === null)
    throw new ArchiveError('USAGE', `--key ${text}: no verifier key, and no file with a public key (Ed25519)`);
  return verifierKey((await newestCheckpoint(storage))?.origin ?? '', pem);
}
