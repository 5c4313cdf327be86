/** The form of a layout (`layouts.ts`): one kind of article page as selectors and noise rules, and the pages that it serves. */
import type { Vocabulary } from './vocabulary.ts';

export interface Layout {
  /** Recorded with every article that it read. */
  readonly name: string;
  /** The block that holds title, body and all fields; all further selectors are relative to it. */
  readonly column: string;
  /** What may stand beside the column in the same element; null where it is not known. */
  readonly beside: string | null;
  /** The column of a page of this layout, and of no other, holds `when` and not `unless`: never the date decides. */
  readonly when: string;
  readonly unless: string | null;
  /** The element whose content, minus noise, is the article's body. */
  readonly body: string;
  /** The last block of the column: a page that shows it was not cut before. Null if no saved page shows it yet. */
  readonly end: string | null;
  /** Blocks that every page of the layout has, filled or empty: one that is not there was torn away. */
  readonly always: readonly string[];
  readonly fields: FieldSelectors;
  /** All blocks of the column that are known, the body apart: what is in none of them is unaccounted for. */
  readonly blocks: readonly BlockRule[];
  /** What is not the article's though it stands inside the body element. */
  readonly noise: readonly NoiseRule[];
  /** What may stand in the body, noise apart: anything else is in doubt. */
  readonly vocabulary: Vocabulary;
}

/**
 * Elements of the column whose text is a field's, or is dropped under a name. Where rules are nested the inner one
 * counts, where several match one element the first.
 */
export type BlockRule = NamedBlock | HolderBlock;

export type NamedBlock = BlockSelector & ({ readonly field: string } | { readonly drop: string });

/** A block that is known, but only for what other rules find in it. */
interface HolderBlock extends BlockSelector {
  readonly holder: true;
}

interface BlockSelector {
  readonly selector: string;
  /** Only elements whose text is such: it has a label like `来源`. */
  readonly text?: RegExp;
  /** Only the first of them: another one is unaccounted for. */
  readonly first?: true;
}

export interface FieldSelectors {
  readonly title: string;
  /** Elements with one clock or `来源：…` each; the first of them holds the publication time. */
  readonly times: string;
  /** The form in which they are printed (site.md, 4). */
  readonly clock: RegExp;
  /** Who signs the article: columnists, or the author of a community post; null if the layout has none. */
  readonly columnists: PersonSelectors | null;
  /** Staff writers; null if the layout has none. */
  readonly staff: PersonSelectors | null;
  /** Lines such as `责任编辑: …` and `原标题：…`. */
  readonly notes: string | null;
  readonly keywords: string | null;
  readonly topic: string | null;
}

export interface PersonSelectors {
  /** What holds them all and no other text; null where it holds more. */
  readonly box: string | null;
  /** One element per person, or for several in a row. */
  readonly each: string;
  /** Only the first of them is one. */
  readonly first?: true;
  /** Inside it: the name, which may be a link to the person's column. */
  readonly name: string;
  /** Inside it: what the page says of the person; null if it says nothing. */
  readonly title: string | null;
}

/** A rule names what it drops: elements by selector, or the HTML comments. */
export type NoiseRule =
  | {
      readonly name: string;
      readonly selector: string;
      /** A block of the page's frame: where it stands in the body, the body's end tag may be missing. */
      readonly frame?: true;
      /** A field that the layout has inside the body: read, not lost. */
      readonly field?: string;
    }
  | { readonly name: string; readonly nodes: 'comments' };
