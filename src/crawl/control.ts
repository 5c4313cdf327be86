/**
 * The control article. The site answers what it does not have like what it will not give: it sends to its home page
 * (site.md, 7.1), and a gate before it sends everything to itself. So that an article is gone or elsewhere is believed only
 * while the site still gives another one, which is archived: the control. That it is gone needs no request where all was
 * well lately; a site that gives the control no more is not believed for a while.
 *
 * Where the archive holds no other article there is no control: `gone` and `moved` then stand by the table of
 * `frontier/again.ts`, which asks again what was never archived.
 */
import type { Archive } from '../archive/archive.ts';
import { isGone } from '../archive/record.ts';
import type { Clock } from '../clock.ts';
import { ArchiveError, nextAfter } from '../errors.ts';
import { LedAway } from '../fetch/door.ts';
import type { Frontier } from '../frontier/frontier.ts';
import type { Journal } from '../journal/journal.ts';
import type { ArticleAddress, ArticleId } from '../model.ts';
import { parseArticleUrl } from '../site/address.ts';
import type { ArticleFetchServices } from './fetch-article.ts';

export interface Control {
  /** Is called with each article that the site gave just now. */
  note(article: ArticleAddress): void;
  /**
   * Whether an answer is to be believed that an article is gone or elsewhere.
   * @throws what stops the run; an AbortError
   */
  doubt(id: ArticleId, options: DoubtOptions): Promise<Doubt>;
}

export interface DoubtOptions {
  /** The withdrawal of what is archived is told to people, and believed only after a control. */
  readonly isArchived: boolean;
  /** The answer led elsewhere: it is believed only where a control came after it. */
  readonly isElsewhere: boolean;
  /** Where it led, if to an article: that shows nothing, for a gate may send everything there. */
  readonly to?: ArticleId | undefined;
  readonly signal: AbortSignal;
}

/** `well`: the site gives others. `unknown`: there is no other to ask for. `trouble`: the answer is not to be believed. */
export type Doubt = { readonly kind: 'well' | 'unknown' } | { readonly kind: 'trouble'; readonly why: string };

const MINUTE_MS = 60_000;
/** What was never archived is asked for again soon: any article that came so lately shows that the site is well. */
const WELL_MS = 5 * MINUTE_MS;
/** What is archived is believed to be withdrawn if the control itself was asked for so lately. */
const CONTROLLED_MS = MINUTE_MS;
/** So long a site that does not give the control is believed nothing, and not asked. */
const TROUBLED_MS = 5 * MINUTE_MS;
/** The control may itself be gone: so many others are asked for. */
const MOST_CONTROLS = 3;

/** @param parts `frontier` and `journal` know what was well in earlier runs, `archive` what there is where they do not */
export function createControl(
  parts: ArticleFetchServices & {
    readonly archive: Pick<Archive, 'records'>;
    readonly frontier: Pick<Frontier, 'find'>;
    readonly journal: Pick<Journal, 'visits'>;
    readonly clock: Clock;
  },
): Control {
  const { clock, site } = parts;
  const well = new Map<ArticleId, ArticleAddress>(); // of this run, the newest last
  let earlier: readonly ArticleAddress[] | null = null;
  let wellAt = Number.NEGATIVE_INFINITY;
  let controlledAt = Number.NEGATIVE_INFINITY;
  let begun = 0; // controls
  let lastWell = 0; // of them
  let trouble: { readonly at: number; readonly why: string } | null = null;
  let turn: Promise<unknown> = Promise.resolve(); // many that are gone at once ask for one control

  const isWithin = (at: number, timeMs: number) => Math.abs(clock.now() - at) < timeMs; // a clock may be set back
  const remember = (article: ArticleAddress) => {
    well.delete(article.id);
    well.set(article.id, article);
    const [oldest] = well.keys();
    if (well.size > MOST_CONTROLS + 2 && oldest !== undefined) well.delete(oldest);
    wellAt = clock.now();
    trouble = null;
  };

  return {
    note: remember,
    doubt: (id, options) => {
      const before = begun;
      const answer = turn.then(() => doubt(id, options, before));
      turn = answer.catch(() => {}); // the caller gets the error
      return answer;
    },
  };

  /** @param before so many controls were begun before the answer was doubted */
  async function doubt(
    id: ArticleId,
    { isArchived, isElsewhere, to, signal }: DoubtOptions,
    before: number,
  ): Promise<Doubt> {
    if (trouble !== null && isWithin(trouble.at, TROUBLED_MS)) return { kind: 'trouble', why: trouble.why };
    if (isElsewhere) {
      if (lastWell > before) return { kind: 'well' };
    } else if (isArchived ? isWithin(controlledAt, CONTROLLED_MS) : isWithin(wellAt, WELL_MS)) return { kind: 'well' };
    const controls = await controlsBeside(to === undefined ? [id] : [id, to]);
    if (controls.length === 0) return { kind: 'unknown' };
    begun += 1;
    const why = await ask(controls, signal);
    if (why !== null) {
      trouble = { at: clock.now(), why };
      return { kind: 'trouble', why };
    }
    controlledAt = clock.now();
    lastWell = begun;
    return { kind: 'well' };
  }

  /** Null as soon as one is there; a site that fails or refuses is asked for no other. */
  async function ask(controls: readonly ArticleAddress[], signal: AbortSignal): Promise<string | null> {
    let why: string | null = null;
    for (const control of controls) {
      const found = await fetchControl(control, signal);
      if (found.kind === 'article') {
        remember(control);
        return null;
      }
      if (found.kind === 'trouble') return `${control.url}, which is archived, cannot be had either: ${found.why}`;
      well.delete(control.id);
      earlier = earlier?.filter(({ id }) => id !== control.id) ?? null;
      why ??= `so is ${control.url}, which is archived: ${found.why}`;
    }
    earlier = null; // those that were asked for may be there again
    return why;
  }

  async function fetchControl(
    control: ArticleAddress,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'article' | 'absent' | 'trouble'; readonly why: string }> {
    try {
      const { fetchArticle } = await import('./fetch-article.ts'); // parsers and layouts are loaded by then
      const { verdict } = await fetchArticle(control, parts, { signal });
      const why = verdict.evidence.join('; ');
      if (verdict.kind === 'article') return { kind: 'article', why };
      return { kind: ['gone', 'moved', 'link-out'].includes(verdict.kind) ? 'absent' : 'trouble', why };
    } catch (error) {
      if (!(error instanceof ArchiveError) || nextAfter(error) === 'stop') throw error;
      return { kind: error instanceof LedAway ? 'absent' : 'trouble', why: error.message };
    }
  }

  async function controlsBeside(ids: readonly ArticleId[]): Promise<readonly ArticleAddress[]> {
    const ofRun = [...well.values()].reverse();
    const others = ofRun.filter((each) => !ids.includes(each.id));
    if (others.length >= MOST_CONTROLS) return others.slice(0, MOST_CONTROLS);
    earlier ??= await wellEarlier();
    const known = new Set([...ids, ...others.map((each) => each.id)]);
    return [...others, ...earlier.filter((each) => !known.has(each.id))].slice(0, MOST_CONTROLS);
  }

  /** Those that came last in earlier runs; where nothing is remembered of any, the newest of the archive. */
  async function wellEarlier(): Promise<readonly ArticleAddress[]> {
    const ids = parts.journal.visits.lastWell(MOST_CONTROLS + 2);
    const remembered = ids.flatMap((id) => addressOf(parts.frontier.find(id)?.target.url));
    return remembered.length > 2 ? remembered : newestArchived();
  }

  async function newestArchived(): Promise<readonly ArticleAddress[]> {
    const newest: ArticleAddress[] = [];
    for await (const stored of parts.archive.records()) {
      if (stored instanceof ArchiveError || isGone(stored.record) !== null) continue;
      newest.unshift(...addressOf(stored.record.url));
      newest.length = Math.min(newest.length, MOST_CONTROLS + 2);
    }
    return newest;
  }

  function addressOf(url: string | undefined): ArticleAddress[] {
    const address = url === undefined ? null : parseArticleUrl(url, site);
    return address === null ? [] : [address];
  }
}
