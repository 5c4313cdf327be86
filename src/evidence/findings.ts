/** What may be wrong with seals and with what is sealed: each kind with its code. */

interface FindingKind {
  readonly means: string;
  readonly fix: string;
}

const BACKUP = 'take it from another copy of the archive, or from trash/';
const LOG = 'take seals/ from another copy of the archive';
const REBUILD = `run seal --rebuild, or ${LOG}`;

export const SEAL_FINDINGS = {
  'seal-file-changed': { means: 'a file is not as it was sealed, and nothing explains it', fix: BACKUP },
  'seal-file-removed': { means: 'a sealed file is not there any more, and not in trash/ either', fix: BACKUP },
  'seal-file-added': {
    means: 'a file that says to be older than the last seal and was not sealed',
    fix: 'find out who put it there and when; the next seal takes it up as new',
  },
  'picture-changed': { means: 'the bytes of a picture are not those that its name says', fix: 'run repair' },
  'seal-entry-added': { means: 'the log has entries that its checkpoint does not cover', fix: REBUILD },
  'seal-entry-removed': { means: 'the log lacks entries that its checkpoint covers', fix: REBUILD },
  'seal-entry-changed': { means: 'the entries of the log are not those that were signed', fix: REBUILD },
  'seal-reordered': { means: 'the entries of the log stand in another order than they were signed in', fix: REBUILD },
  'seal-rolled-back': { means: 'the log is older than one that was seen before', fix: LOG },
  'seal-log-removed': { means: 'a log was seen in this archive before, and is not there any more', fix: LOG },
  'seal-forked': {
    means: 'two signed checkpoints contradict each other',
    fix: 'keep both: they show that two logs were signed',
  },
  'seal-foreign-key': {
    means: 'the log is signed by another key than before',
    fix: 'ask its owner which key is right',
  },
  'seal-signature-bad': { means: 'the signature of a checkpoint is not right', fix: LOG },
  'seal-key-damaged': {
    means: 'a public key beside the log is not the one that signed it',
    fix: 'run seal --rebuild',
  },
  'seal-tiles-damaged': {
    means: 'the tiles do not say what the lists say',
    fix: 'run seal --rebuild',
  },
  'seal-log-damaged': { means: 'a file of the log cannot be read', fix: REBUILD },
  'seal-cosignature-bad': { means: 'the cosignature of a known witness is not right', fix: 'ask the witness' },
  'seal-timestamp-bad': { means: 'a time stamp is not of its checkpoint', fix: 'the next seal asks for another one' },
} as const satisfies Record<string, FindingKind>;

export type SealFindingCode = keyof typeof SEAL_FINDINGS;

export interface SealFinding {
  readonly code: SealFindingCode;
  /** Relative to the archive. */
  readonly path: string;
  /** What was seen, on one line; checkpoints that contradict each other stand in `evidence`. */
  readonly detail: string;
  /** Signed checkpoints, as they were signed. */
  readonly evidence?: readonly string[];
}
