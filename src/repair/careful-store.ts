/** The store as a visit of a damaged article sees it: nothing damaged passes for a version, and nothing is overwritten that is not in `trash/`. */
import { CHECKS } from '../audit/checks-table.ts';
import type { Finding } from '../audit/finding.ts';
import { readRecord, sha256 } from '../store/record.ts';
import type { SaveOptions, Store } from '../store/store.ts';
import type { Bench } from './bench.ts';
import { bestRecord, bytesOf } from './best-record.ts';

/** @param about what was found of the article */
export function careful(key: string, about: readonly Finding[], bench: Bench): Store {
  const { root, trash, rooms } = bench;
  const record = `records/${key}.json`;
  const why = [...new Set(about.map(({ code }) => code))].join(', ');
  let isSaved = false;
  return {
    ...rooms.store,
    find: async () => {
      if (isSaved) return { key, record: readRecord(bytesOf(root, record)?.toString() ?? '', record) };
      const best = bestRecord(key, bench);
      return best === null ? null : { key, record: best.record };
    },
    save: async (to, document, draft) => {
      const best = bestRecord(to, bench);
      const path = `articles/${to}.html`;
      const bytes = bytesOf(root, path);
      const isDescribed = bytes !== null && sha256(bytes) === best?.record.document.sha256;
      const isSameArticle = best?.record.contentHash === draft.contentHash;
      const present: NonNullable<SaveOptions['present']> =
        isSameArticle || (isDescribed && isFaulty(about)) ? 'replaced' : isDescribed ? 'kept' : 'lost';
      const isSame = bytes?.equals(Buffer.from(document));
      if (!isSame && (present !== 'kept' || best === null)) {
        // What is too large to be read cannot be replaced beside itself.
        if (bytes === null) await trash.move(path, why);
        else await trash.keep(path, why);
      }
      const isRecordRight = best?.isWhole === true && !best.isChanged;
      if (!isRecordRight) {
        if (bytesOf(root, record) === null) await trash.move(record, why);
        else await trash.keep(record, why);
      }
      const wrote = await rooms.store.save(to, document, draft, {
        present,
        old: isRecordRight ? undefined : (best?.record ?? null),
      });
      isSaved = true;
      return wrote;
    },
  };
}

/** True where the document never was what the site had: a program wrote it so. A doubt alone is no proof of that. */
function isFaulty(about: readonly Finding[]): boolean {
  return about.some(({ code }) => {
    const { group, severity } = CHECKS[code];
    return severity === 'error' && (group === 'format' || group === 'article');
  });
}
