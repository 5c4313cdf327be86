/** A newspaper in a process of its own, so that what serving it costs is in no figure. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ServedNewspaper extends AsyncDisposable {
  readonly www: string;
  readonly community: string;
  readonly images: string;
  /** Addresses of the articles. */
  readonly articles: readonly string[];
}

/** @param args of `tests/newspaper/main.ts` */
export async function openNewspaperProcess(args: readonly string[]): Promise<ServedNewspaper> {
  const server = spawn(process.execPath, [join(import.meta.dirname, '../newspaper/main.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: server.stdout }))
    return {
      ...(JSON.parse(line) as Omit<ServedNewspaper, keyof AsyncDisposable>),
      [Symbol.asyncDispose]: async () => void server.stdin.end(),
    };
  throw new Error('the newspaper did not start');
}
