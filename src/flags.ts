/** Everything about an article that a person should look at: code, level, title and meaning. Nothing here stops a run. */

/** `doubt`: a field or the body may be wrong. `note`: odd, but kept exactly as published. */
type FlagLevel = 'doubt' | 'note';

interface FlagKind {
  readonly level: FlagLevel;
  readonly title: string;
  /** What it means for the stored article. */
  readonly meaning: string;
}

const doubt = (title: string, meaning: string): FlagKind => ({ level: 'doubt', title, meaning });
const note = (title: string, meaning: string): FlagKind => ({ level: 'note', title, meaning });

export const FLAGS = {
  'no-layout': doubt('no layout claims the page', 'nothing was read; the markup of the site may have changed'),
  'two-layouts': doubt('two layouts claim the page', 'the first in the page was read'),
  'torn-column': doubt(
    'the article column lacks its last block',
    'blocks below the body may stand outside the column, and their fields are then missing',
  ),
  'second-article': doubt('the page shows a second article', 'the first was read; it may be the wrong one'),
  'address-disagrees': doubt(
    'the page names another article as its own',
    'the site may have answered with the wrong page',
  ),
  'unknown-block': doubt(
    'a block of the column that no rule knows',
    'kept in the body where it stands beside the body, else left out',
  ),
  'unaccounted-text': doubt(
    'text outside every known block',
    'kept in the body where it stands beside or inside the body, else left out',
  ),
  'ledger-open': doubt(
    'characters of the column are neither kept nor dropped by name',
    'a fault of the extraction itself; text may be missing',
  ),
  'unread-field': doubt('a known block gave no value', 'the field is empty although the page prints something there'),
  'value-unlike': doubt('a value that has not the form of its field', 'kept as printed; it may be something else'),
  'title-mismatch': doubt('the page names another headline elsewhere', 'the headline above the text was taken'),
  'title-suspect': doubt('the headline is no headline', 'it is the name of the site, or next to nothing'),
  'body-suspect': doubt(
    'the body may not be the article’s',
    'it says next to nothing, or nothing of what headline and summary name',
  ),
  'no-time': doubt('no time of publication', 'the day in the address stands in, or the time of the visit'),
  'unreadable-time': doubt('the time of publication cannot be read', 'the day in the address stands in'),
  'two-times': doubt('more than one time of publication', 'the first was taken'),
  'time-disagrees': doubt('the times of the page contradict each other', 'they were taken as printed'),
  'summary-disagrees': doubt('the page prints two summaries', 'the one of its Description was taken'),
  'picture-disagrees': doubt('the page offers two pictures for sharing', 'the one of its share settings was taken'),
  'witness-unreadable': doubt(
    'a part of the page that names the article cannot be read',
    'it was not held against the article',
  ),
  'date-far': doubt('the time of publication is far from the day in the address', 'the printed time was taken'),
  'byline-unreadable': doubt('a byline in a form that is not understood', 'the byline is empty'),
  'byline-elsewhere': doubt('a byline in the midst of the text, or a name at its end', 'it was not taken'),
  'byline-disagrees': doubt('the byline and the page name different people as the writer', 'both are kept'),
  'name-unreadable': doubt(
    'what stands in the place of a columnist, a staff writer or 责任编辑 is not one name',
    'kept as printed, but for empty values of a program such as null',
  ),
  'other-credits': note(
    'credits beside the byline and 责任编辑',
    'no field holds them; those of the text stay in the body',
  ),
  'parts-missing': doubt('the article has more parts than were read', 'the body is incomplete'),
  'parts-disagree': doubt('the parts do not fit each other', 'text at a seam may be missing or doubled'),
  'frame-in-body': doubt(
    'blocks of the page stood inside the body',
    'they were dropped by name; text behind them may not be the article’s',
  ),
  'unknown-markup': doubt(
    'markup in the body that the vocabulary does not know',
    'kept as published, but for scripts, comments and style sheets; it may hide text, or show some that is not the article’s',
  ),
  'unknown-frame': doubt(
    'a block round the body with a style that is not known there',
    'its fields were read as printed; the page may hide them, or the whole article',
  ),
  'body-too-short': doubt('the body is shorter than the summary of the page', 'text may be missing'),
  'text-incomplete': doubt('a text that stops in mid-sentence, or speaks of more to read', 'text may be missing'),
  'text-twice': doubt('text that is there twice', 'kept in the body, both times'),
  'text-foreign': doubt('a line that is only a link, an advertisement, or of another article', 'kept in the body'),
  'unknown-line': doubt(
    'a line of no form that an article’s lines have',
    'kept in the body; it may not be the article’s',
  ),
  'markup-as-text': doubt('markup, code or a template where text should be', 'kept in the body as the page shows it'),
  'damaged-text': doubt('characters that no writer writes', 'the bytes were damaged, or read in the wrong encoding'),
  'suspicious-characters': note(
    'invisible or private characters',
    'kept in the body; control characters are not, and a space stands for those that a title cannot hold',
  ),
  'left-out': doubt(
    'something that the page shows is not in the document',
    'it has no address of the web, or shows only where no scripts run',
  ),
  'encoding-disagrees': note('the page’s labels of its encoding do not agree with its bytes', 'the bytes decided'),
  'picture-without-address': doubt('a picture without an address that can be used', 'it is not among the pictures'),
  'caption-unread': doubt('a line beside a picture may be its caption or not', 'it was not taken for the caption'),
  'media-without-address': doubt('a frame or player without an address', 'it is not among the links'),
  'media-by-script': doubt(
    'a script or a style shows something that no element of its own does',
    'linked where an address of it was found',
  ),
  'list-disagrees': doubt('the list shows the article otherwise', 'the page was taken'),
  'list-title-differs': note(
    'the list prints another headline, of the same article',
    'the page was taken; lists shorten and rewrite headlines',
  ),
  'list-picture-far': note(
    'the list shows a picture that was uploaded over a month from the publication',
    'the page does not show it; the list may have led to the wrong article',
  ),
  'reader-sees-more': doubt(
    'the page as a reader sees it shows more than was extracted',
    'text or a picture that a style sheet adds or the extraction left out is missing from the document',
  ),
  'reader-sees-less': doubt(
    'a reader of the page does not see all that was extracted',
    'kept; a style sheet hides, folds, covers or moves away what the document shows',
  ),
  'reader-sees-otherwise': doubt(
    'a reader sees the same in another order or with another caption',
    'kept in the order of the source, with the caption that was extracted',
  ),
} as const satisfies Record<string, FlagKind>;

export type FlagCode = keyof typeof FLAGS;

/** One doubt about one article. */
export interface Flag {
  readonly code: FlagCode;
  /** The evidence, for people: what was seen and where. */
  readonly detail: string;
}

/** Those that come of looking at the page as a reader sees it, and not of reading its source. */
export const READER_FLAGS = [
  'reader-sees-more',
  'reader-sees-less',
  'reader-sees-otherwise',
] as const satisfies FlagCode[];

export function isReaderFlag({ code }: { readonly code: string }): boolean {
  return (READER_FLAGS as readonly string[]).includes(code);
}

/** A flag with its evidence cut to one short line. */
export function flag(code: FlagCode, detail: string): Flag {
  const line = detail.replace(/\s+/g, ' ').trim();
  return { code, detail: line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL - 1)}…` : line };
}

const LONGEST_DETAIL = 160;
