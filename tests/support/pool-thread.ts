/** A thread that multiplies. */
import { ArchiveError } from '../../src/errors.ts';
import { serve, type Work } from '../../src/pool.ts';

export const thread = new URL(import.meta.url);

export function open({ times }: { readonly times: number }): Work<number, number> {
  return {
    do: async (piece) => {
      if (piece === -2) throw new ArchiveError('ARCHIVE_IO', 'a bad block');
      if (piece < 0) throw new Error(`no piece: ${piece}`);
      return piece * times;
    },
    close: () => {},
  };
}

serve(import.meta.url, open);
