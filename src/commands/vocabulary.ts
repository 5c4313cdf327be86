/** `vocabulary`: the forms of markup that articles had and no rule knows, and which of them the archive's owner accepts. */
import type { SeenForm } from '../alarms/markup.ts';
import { VOCABULARY } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import { readAccepted, writeAccepted } from '../archive/vocabulary.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import type { FormExample, Forms } from '../journal/forms.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, style, type Text } from '../report/text.ts';

export type VocabularyAction = 'list' | 'accept' | 'forget';

const MOST_EXAMPLES = 3;

/**
 * Beside a run as well: it follows the file from its next visit on. Nothing but the file is written.
 * @throws NOT_THERE for a form that was never met, or that is to be forgotten and is not accepted; USAGE, ARCHIVE_DAMAGED
 */
export async function vocabulary(
  action: VocabularyAction,
  named: readonly string[],
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const storage = await openStorage(config);
  const accepted = new Map(await readAccepted(storage));
  using operations = openOperations(config, { readOnly: true });
  const { forms } = operations.journal;
  const seen = forms.all();
  if (action === 'list') {
    const chosen = named.length === 0 ? seen : named.map((form) => requireSeen(form, seen));
    for (const each of chosen) print(each, accepted.get(each.form) ?? null, forms, terminal);
    const known = chosen.filter(({ form }) => accepted.has(form)).length;
    const comesTo =
      chosen.length === 0
        ? 'no article had a form that is unknown'
        : `${counted(chosen.length, 'form')}, ${known} of them accepted`;
    terminal.summary('vocabulary', { accepted: known }, comesTo);
    return EXIT.ok;
  }
  if (named.length === 0) throw new ArchiveError('USAGE', `vocabulary ${action}: no form given`);
  const day = new Date().toISOString().slice(0, 10);
  for (const form of named) {
    if (action === 'accept') accepted.set(requireSeen(form, seen).form, accepted.get(form) ?? day);
    else if (!accepted.delete(form))
      throw new ArchiveError('NOT_THERE', `vocabulary: ${form} is not among the accepted forms of ${VOCABULARY}`);
  }
  await writeAccepted(storage, accepted);
  for (const form of named)
    terminal.result(action === 'accept' ? `${form} is accepted` : `${form} is in doubt again`, {
      type: 'form',
      form,
      accepted: accepted.get(form) ?? null,
    });
  terminal.summary('vocabulary', { accepted: accepted.size });
  return EXIT.ok;
}

function requireSeen(form: string, seen: readonly SeenForm[]): SeenForm {
  const found = seen.find((each) => each.form === form);
  if (found === undefined)
    throw new ArchiveError(
      'NOT_THERE',
      `vocabulary: no article of this archive has ${form}; without an action all are listed`,
    );
  return found;
}

function print(seen: SeenForm, acceptedOn: string | null, forms: Forms, terminal: Terminal): void {
  const { form, articles, firstAt, lastAt } = seen;
  const examples = forms.examples(form, MOST_EXAMPLES);
  if (terminal.json) {
    const [firstSeen, lastSeen] = [firstAt, lastAt].map((at) => new Date(at).toISOString());
    terminal.result('', { type: 'form', form, articles, firstSeen, lastSeen, accepted: acceptedOn, examples });
  } else terminal.say(...describe(seen, acceptedOn, examples));
}

function describe(seen: SeenForm, acceptedOn: string | null, examples: readonly FormExample[]): readonly Text[] {
  const [first, last] = [seen.firstAt, seen.lastAt].map((at) => new Date(at).toISOString().slice(0, 10));
  const state = acceptedOn === null ? style('yellow', 'in doubt') : style('dim', `accepted ${acceptedOn}`);
  const counts = `${counted(seen.articles, 'article')}, ${first} to ${last}`;
  return [
    line`${style('bold', seen.form)}  ${counts}  ${state}`,
    ...examples.map(({ id, text }) => line`    ${style('dim', id)}  ${text}`),
  ];
}
