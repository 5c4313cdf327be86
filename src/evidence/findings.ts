/** What may be wrong with seals and with what is sealed: each kind with its code. */

interface FindingKind {
  readonly means: string;
  readonly fix: string;
}

const BACKUP = 'take it from another copy of the archive, or from trash/';
const LOG = 'take seals/ from another copy of the archive';

export const SEAL_FINDINGS = {
  'sealed-file-changed': { means: 'a file is not as it was sealed, and nothing explains it', fix: BACKUP },
  'sealed-file-removed': { means: 'a sealed file is not there any more, and not in trash/ either', fix: BACKUP },
  'file-added': {
    means: 'a file that says to be older than the last seal and was not sealed',
    fix: 'find out who put it there and when; the next seal takes it up as new',
  },
  'picture-not-its-name': { means: 'the bytes of a picture are not those that its name says', fix: 'run repair' },
  'log-entry-added': { means: 'the log has entries that its checkpoint does not cover', fix: LOG },
  'log-entry-removed': { means: 'the log lacks entries that its checkpoint covers', fix: LOG },
  'log-entry-changed': { means: 'the entries of the log are not those that were signed', fix: LOG },
  'log-reordered': { means: 'the entries of the log stand in another order than they were signed in', fix: LOG },
  'log-rolled-back': { means: 'the log is older than one that was seen before', fix: LOG },
  'log-removed': { means: 'a log was seen in this archive before, and is not there any more', fix: LOG },
  'log-forked': {
    means: 'two signed checkpoints contradict each other',
    fix: 'keep both: they show that two logs were signed',
  },
  'log-foreign-key': { means: 'the log is signed by another key than before', fix: 'ask its owner which key is right' },
  'log-signature-bad': { means: 'the signature of a checkpoint is not right', fix: LOG },
  'log-tiles-damaged': {
    means: 'the tiles do not say what the lists say',
    fix: 'run seal --rebuild, which writes them again from the lists',
  },
  'log-damaged': { means: 'a file of the log cannot be read', fix: LOG },
  'cosignature-bad': { means: 'the cosignature of a known witness is not right', fix: 'ask the witness' },
  'timestamp-bad': { means: 'a time stamp is not of its checkpoint', fix: 'the next seal asks for another one' },
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
