/** The archive's own vocabulary: forms of markup that its owner takes for ordinary, in a file for people to read and change. */
import { parseDocument, stringify } from 'yaml';
import { ArchiveError } from '../errors.ts';
import { VOCABULARY } from './keys.ts';
import type { Storage } from './storage.ts';

/** The day on which each form was accepted, `2026-11-27`. */
export type AcceptedForms = ReadonlyMap<string, string>;

const HEAD = `# Forms of markup that articles of this archive may have without a doubt (guancha-archive vocabulary).
# A line that is removed here is in doubt again from the next visit on.
`;

/** Empty where there is no such file. @throws ARCHIVE_DAMAGED where it is not what `writeAccepted` writes */
export async function readAccepted(storage: Pick<Storage, 'read' | 'name'>): Promise<AcceptedForms> {
  const bytes = await storage.read(VOCABULARY);
  if (bytes === null) return new Map();
  const document = parseDocument(bytes.toString());
  const [error] = document.errors;
  if (error !== undefined) throw damaged(storage, error.message.split('\n')[0] ?? '');
  const accepted = (document.toJS() as { readonly accepted?: unknown } | null)?.accepted ?? {};
  if (typeof accepted !== 'object' || Array.isArray(accepted))
    throw damaged(storage, 'accepted: it is no list of forms, each with a day');
  return new Map(Object.entries(accepted).map(([form, day]) => [form, String(day)]));
}

function damaged({ name }: Pick<Storage, 'name'>, why: string): ArchiveError {
  return new ArchiveError('ARCHIVE_DAMAGED', `${name}/${VOCABULARY}: ${why}`);
}

/** Writes all of it, in order of the forms. */
export async function writeAccepted(storage: Pick<Storage, 'write'>, forms: AcceptedForms): Promise<void> {
  const accepted = Object.fromEntries([...forms].sort(([a], [b]) => (a < b ? -1 : 1)));
  await storage.write(VOCABULARY, HEAD + stringify({ accepted }));
}

/**
 * The accepted forms as they are now: the file is read again once it has changed, so that a run of months follows it. One
 * that cannot be read accepts nothing.
 * @param options `onDamage` is told why, once for each change
 */
export function followAccepted(
  storage: Pick<Storage, 'read' | 'stat' | 'name'>,
  { onDamage }: { readonly onDamage: (why: string) => void },
): () => Promise<ReadonlySet<string>> {
  let known: { readonly state: string; readonly forms: ReadonlySet<string> } | null = null;
  return async () => {
    const entry = await storage.stat(VOCABULARY);
    const state = entry === null ? '' : `${entry.writtenAt} ${entry.bytes}`;
    if (known?.state === state) return known.forms;
    let forms: ReadonlySet<string> = new Set();
    try {
      forms = new Set((await readAccepted(storage)).keys());
    } catch (error) {
      if (!(error instanceof ArchiveError && error.code === 'ARCHIVE_DAMAGED')) throw error;
      onDamage(error.message);
    }
    known = { state, forms };
    return forms;
  };
}
