/** A newspaper in a process of its own, so that what serving it costs is in no figure. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { NewspaperArticle } from '../newspaper/newspaper.ts';

/** What the newspaper's servers saw. */
export interface Served {
  readonly requests: number;
  /** That were given at least once, whole or in part. */
  readonly articles: number;
  readonly pictures: number;
}

export interface ServedNewspaper extends AsyncDisposable {
  readonly www: string;
  readonly community: string;
  readonly images: string;
  /** Addresses of the articles. */
  readonly articles: readonly string[];
  /** What is true about them. */
  truth(): Promise<readonly NewspaperArticle[]>;
  /** What was served since the last call. */
  counts(): Promise<Served>;
}

/** @param args of `tests/newspaper/main.ts` */
export async function openNewspaperProcess(args: readonly string[]): Promise<ServedNewspaper> {
  const server = spawn(process.execPath, [join(import.meta.dirname, '../newspaper/main.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the newspaper has ended');
    return JSON.parse(value);
  };
  const ask = (word: string): Promise<unknown> => {
    server.stdin.write(`${word}\n`);
    return answer();
  };
  const opened = (await answer()) as Pick<ServedNewspaper, 'www' | 'community' | 'images' | 'articles'>;
  return {
    ...opened,
    truth: async () => (await ask('truth')) as readonly NewspaperArticle[],
    counts: async () => (await ask('counts')) as Served,
    [Symbol.asyncDispose]: async () => void server.stdin.end(),
  };
}
