/** `history ID|URL`: an article's versions, when it was gone, and when it was last visited. Reads only. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { openFrontier } from '../frontier/sqlite.ts';
import type { LastVisit } from '../frontier/visits.ts';
import type { ArticleId } from '../model.ts';
import type { Version } from '../store/record.ts';
import { describeChanges } from './describe-changes.ts';
import { storedArticle } from './stored-article.ts';
import type { Terminal } from './terminal.ts';

/** Throws URL_INVALID, NOT_ARCHIVED. */
export async function history(
  article: string,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const { record } = await storedArticle(article, config);
  const { id, url, versions, absences, movedFrom = [], movedTo = null } = record;
  const visits = lastVisits(config.archive, id as ArticleId);
  const lines = [
    terminal.style('bold', record.article.title),
    `${id}  ${url}`,
    '',
    ...versions.map((version, i) => `${String(i + 1).padStart(3)}  ${version.capturedAt}  ${describe(version)}`),
    '',
    ...absences.map(
      ({ since, until, evidence }) =>
        `gone since ${since}${until === null ? '' : ` until ${until}`}: ${evidence.join('; ')}`,
    ),
    ...movedFrom.map((from) => `moved from ${from}`),
    ...(movedTo === null ? [] : [`moved to ${movedTo.url}, found ${movedTo.since}`]),
    ...visits.map(({ outcome, at }) => `last ${outcome === 'unchanged' ? 'seen unchanged' : outcome} ${at}`),
  ];
  if (terminal.json)
    terminal.result('', { id, url, title: record.article.title, versions, absences, movedFrom, movedTo, visits });
  else terminal.say(lines.join('\n'));
  return EXIT.ok;
}

/** Empty where there is no frontier: it is not part of what an archive must have. */
function lastVisits(archive: string, id: ArticleId): readonly LastVisit[] {
  if (!existsSync(join(archive, 'frontier.sqlite'))) return [];
  using frontier = openFrontier(archive, { command: null, attempts: 1 });
  return frontier.visits.of(id);
}

function describe({ document, changes }: Version): string {
  return `${document}  ${changes === null ? '' : describeChanges(changes)}`.trimEnd();
}
