/** The alarm of markup: a form that the vocabulary does not know came in several articles. */
import { counted } from '../counted.ts';
import type { Alarm } from './alarms.ts';

/** A form outside of the vocabulary, as the archive's articles had it. */
export interface SeenForm {
  readonly form: string;
  /** How many articles had it. */
  readonly articles: number;
  /** When it was first and last met, ms since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** In fewer it is a slip of an editor, and said by the article's own flag. */
const FEWEST_ARTICLES = 3;

/** One for each form that is not accepted, however many articles have it. */
export function formAlarms(seen: readonly SeenForm[], accepted: ReadonlySet<string>): readonly Alarm[] {
  return seen
    .filter(({ form, articles }) => articles >= FEWEST_ARTICLES && !accepted.has(form))
    .map(({ form, articles, firstAt }) => ({
      about: 'markup',
      what: `markup ${form}`,
      detail: `new since ${new Date(firstAt).toISOString().slice(0, 10)}, ${counted(articles, 'article')}; vocabulary shows it`,
      since: firstAt,
    }));
}
