/** Every kind of change, by the file that knows it. */
import type { MutantKind } from './kind.ts';
import { BYLINES } from './kinds/bylines.ts';
import { CONTRADICTED } from './kinds/contradicted.ts';
import { DAMAGE } from './kinds/damage.ts';
import { DOCUMENT } from './kinds/document.ts';
import { FOREIGN } from './kinds/foreign.ts';
import { FRAME } from './kinds/frame.ts';
import { HIDDEN } from './kinds/hidden.ts';
import { INCOMPLETE } from './kinds/incomplete.ts';
import { METADATA } from './kinds/metadata.ts';
import { OTHER_BODIES } from './kinds/other-bodies.ts';
import { PASTED, PICTURE_ADDRESSES } from './kinds/pasted.ts';
import { PICTURE_KINDS } from './kinds/pictures.ts';
import { SAME } from './kinds/same.ts';
import { TIMES } from './kinds/times.ts';
import { UNKNOWABLE } from './kinds/unknowable.ts';
import { VALUES } from './kinds/values.ts';

export const KINDS: readonly MutantKind[] = [
  ...SAME,
  ...HIDDEN,
  ...VALUES,
  ...TIMES,
  ...BYLINES,
  ...PICTURE_KINDS,
  ...PICTURE_ADDRESSES,
  ...FRAME,
  ...DOCUMENT,
  ...DAMAGE,
  ...INCOMPLETE,
  ...FOREIGN,
  ...PASTED,
  ...CONTRADICTED,
  ...OTHER_BODIES,
  ...METADATA,
  ...UNKNOWABLE,
];
