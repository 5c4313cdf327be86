/** Every kind of damage that the audit must find: how it comes about, and what must be said of it. */
import { ARTICLE } from './damages/article.ts';
import { ASSETS } from './damages/assets.ts';
import { CAPTURES } from './damages/captures.ts';
import type { Damage } from './damages/damage.ts';
import { FILES } from './damages/files.ts';
import { FORMAT } from './damages/format.ts';
import { FRONTIER } from './damages/frontier.ts';
import { RECORDS } from './damages/records.ts';
import { SEALED } from './damages/seals.ts';

export type { Damage } from './damages/damage.ts';

export const DAMAGES: readonly Damage[] = [
  ...FILES,
  ...FORMAT,
  ...ARTICLE,
  ...ASSETS,
  ...RECORDS,
  ...CAPTURES,
  ...SEALED,
  ...FRONTIER,
];
