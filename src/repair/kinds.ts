/** Every kind of repair: what it does, in words, and what does it. In the order in which they are done. */
import type { RepairKind } from '../audit/finding.ts';
import type { Mend } from './bench.ts';
import { byHand } from './by-hand.ts';
import { dropDouble } from './drop-double.ts';
import { rebuildFrontier } from './rebuild-frontier.ts';
import { rebuildRecord } from './rebuild-record.ts';
import { refetchPicture } from './refetch-picture.ts';
import { revisit } from './revisit.ts';
import { toTrash } from './to-trash.ts';

export interface Kind {
  /** What `--dry-run` says. */
  readonly would: string;
  readonly mend: Mend;
}

/** First what makes way, then what needs no network, then visits, then pictures of records that are right by then. */
export const KINDS: Readonly<Record<RepairKind, Kind>> = {
  'to-trash': { would: 'move it to trash/', mend: toTrash },
  'drop-double': { would: 'move the one that the frontier does not name to trash/', mend: dropDouble },
  'rebuild-record': { would: 'write the record again, or visit the article', mend: rebuildRecord },
  revisit: { would: 'take the bytes from elsewhere in the archive, or visit the article', mend: revisit },
  'refetch-picture': {
    would: 'take the bytes from elsewhere in the archive, or fetch the picture',
    mend: refetchPicture,
  },
  'rebuild-frontier': { would: 'write the rows again from the records', mend: rebuildFrontier },
  'restore-backup': { would: 'look for the bytes elsewhere in the archive', mend: byHand },
  none: { would: 'leave it to a person', mend: byHand },
};
