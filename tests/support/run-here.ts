/** Runs the command in the process of the test: quick, for what reaches neither browser nor network. */
import { main } from '../../src/cli.ts';
import type { ExitCode } from '../../src/errors.ts';

export interface Told {
  readonly exit: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param terminal what stdout and stderr say of themselves; no terminal where absent
 * @param input what stands on stdin
 */
export async function runHere(
  argv: readonly string[],
  {
    terminal = {},
    input = '',
  }: { readonly terminal?: { readonly isTTY?: true; readonly columns?: number }; readonly input?: string } = {},
): Promise<Told> {
  const said = { stdout: '', stderr: '' };
  const output = (to: keyof typeof said) => ({
    ...terminal,
    write: (text: string) => {
      said[to] += text;
    },
  });
  const never = new AbortController().signal;
  const exit = await main(
    argv,
    {
      stdout: output('stdout'),
      stderr: output('stderr'),
      stdin: (async function* () {
        yield input;
      })(),
    },
    { stopSignal: never, abortSignal: never, onHangup: () => () => {} },
  );
  return { exit, ...said };
}
