/** Which function asks for which promise, in the order in which they are asked. */
import type { CheckCode } from '../checks-table.ts';
import { dateFar, dateImpossible, dateStamps } from './article/dates.ts';
import {
  bylineUnread,
  challengePage,
  cutBody,
  emptyBody,
  frameCaught,
  homePage,
  partsMissing,
  titleSuspect,
} from './article/whole.ts';
import { pictureUnrecorded } from './assets/references.ts';
import type { DocumentCheck, PairCheck, RecordCheck, TextCheck } from './check.ts';
import { activeContent } from './format/active-content.ts';
import { bareBrace, byteOrderMark, controlCharacter, lineEnds, mojibake } from './format/characters.ts';
import { authorDiffers, dateForm, headPicture, placeholderPicture, thumbnailDiffers } from './format/fields.ts';
import { yamlDiffers } from './format/yaml.ts';
import { recordDisagrees } from './records/pair.ts';
import { absenceOrder, recordPlace, versionOrder } from './records/record.ts';

type Checks<Check> = Partial<Record<CheckCode, Check>>;

export const TEXT_CHECKS = {
  'byte-order-mark': byteOrderMark,
  'line-ends': lineEnds,
  'control-character': controlCharacter,
  'bare-brace': bareBrace,
  mojibake,
} as const satisfies Checks<TextCheck>;

export const FORMAT_CHECKS = {
  'date-form': dateForm,
  'yaml-differs': yamlDiffers,
  'thumbnail-differs': thumbnailDiffers,
  'head-picture': headPicture,
  'placeholder-picture': placeholderPicture,
  'author-differs': authorDiffers,
  'active-content': activeContent,
} as const satisfies Checks<DocumentCheck>;

/** What stands in the article's place. The first of them ends the questions about the article. */
export const PLACE_CHECKS = {
  'empty-body': emptyBody,
  'home-page': homePage,
  'challenge-page': challengePage,
} as const satisfies Checks<DocumentCheck>;

export const ARTICLE_CHECKS = {
  'cut-body': cutBody,
  'parts-missing': partsMissing,
  'frame-caught': frameCaught,
  'title-suspect': titleSuspect,
  'byline-unread': bylineUnread,
  'date-impossible': dateImpossible,
  'date-far': dateFar,
  'date-stamps': dateStamps,
} as const satisfies Checks<DocumentCheck>;

export const RECORD_CHECKS = {
  'record-place': recordPlace,
  'version-order': versionOrder,
  'absence-order': absenceOrder,
} as const satisfies Checks<RecordCheck>;

export const PAIR_CHECKS = {
  'record-disagrees': recordDisagrees,
  'picture-unrecorded': pictureUnrecorded,
} as const satisfies Checks<PairCheck>;
