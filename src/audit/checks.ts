/** Which function does which check, in the order in which they run. */

import type { DocumentCheck, PairCheck, RecordCheck, TextCheck } from './check.ts';
import {
  bylineUnread,
  challengePage,
  cutBody,
  dateFar,
  dateImpossible,
  dateStamps,
  emptyBody,
  frameCaught,
  homePage,
  partsMissing,
  titleSuspect,
} from './check-article.ts';
import {
  activeContent,
  authorDiffers,
  bareBrace,
  byteOrderMark,
  controlCharacter,
  dateForm,
  foreignMarkup,
  headPicture,
  lineEnds,
  mojibake,
  placeholderPicture,
  thumbnailDiffers,
  yamlDiffers,
} from './check-format.ts';
import { absenceOrder, pictureUnrecorded, recordDisagrees, recordPlace, versionOrder } from './check-record.ts';
import type { CheckCode } from './promises.ts';

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
  'foreign-markup': foreignMarkup,
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
