/** What a command shows on a terminal, screen by screen, from a real run in one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import headless, { type Terminal } from '@xterm/headless';

/** Characters of one look, side by side. */
export interface Run {
  readonly text: string;
  /** Its first column, and how many it fills. */
  readonly column: number;
  readonly columns: number;
  /** Of the 16 colours of a terminal; null for the usual one. */
  readonly colour: number | null;
  readonly dim: boolean;
  readonly bold: boolean;
}

export interface Screen {
  /** Since the start. */
  readonly atMs: number;
  /** From the top. */
  readonly rows: readonly (readonly Run[])[];
}

/**
 * Runs a command line of the shell in a pseudo terminal (`script` of util-linux) to its end.
 * @returns each screen as it stood before more was printed; the last one is the end
 * @throws where the command fails
 */
export async function recordCommand(
  command: string,
  {
    cwd,
    columns,
    rows,
    prompt,
  }: { readonly cwd: string; readonly columns: number; readonly rows: number; readonly prompt: string },
): Promise<readonly Screen[]> {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const { CI: _ci, NO_COLOR: _colour, ...env } = process.env;
  const line = `stty cols ${columns} rows ${rows} && ${command}`;
  const child = spawn('script', ['-q', '-e', '-f', '-c', line, '/dev/null'], {
    cwd,
    env: { ...env, TERM: 'xterm-256color', npm_config_update_notifier: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const startedAt = performance.now();
  const screens: Screen[] = [];
  const show = (text: string) => new Promise<void>((resolve) => terminal.write(text, resolve));
  await show(`${prompt}\r\n`);
  const ended = once(child, 'exit');
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    screens.push({ atMs: performance.now() - startedAt, rows: rowsOf(terminal) });
    await show(String(chunk));
  }
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`${command}: exit code ${code}`);
  screens.push({ atMs: performance.now() - startedAt, rows: rowsOf(terminal) });
  terminal.dispose();
  return screens;
}

function rowsOf(terminal: Terminal): readonly (readonly Run[])[] {
  const buffer = terminal.buffer.active;
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = buffer.getLine(buffer.viewportY + row);
    const runs: Run[] = [];
    for (let column = 0; line !== undefined && column < terminal.cols; column += 1) {
      const cell = line.getCell(column);
      const columns = cell?.getWidth() ?? 0;
      if (cell === undefined || columns === 0) continue; // the second half of a wide character
      const text = cell.getChars() === '' ? ' ' : cell.getChars();
      const look = {
        colour: cell.isFgPalette() ? cell.getFgColor() : null,
        dim: cell.isDim() !== 0,
        bold: cell.isBold() !== 0,
      };
      const last = runs.at(-1);
      if (last !== undefined && isAlike(last, { ...look, columns }))
        runs[runs.length - 1] = { ...last, text: last.text + text, columns: last.columns + columns };
      else runs.push({ text, column, columns, ...look });
    }
    return runs.flatMap(withoutGaps);
  });
}

/** The pieces of a run between stretches of white space, so that none is needed to put them in their places. */
function withoutGaps(run: Run): readonly Run[] {
  if (isWide(run)) return [run];
  return [...run.text.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    ...run,
    text: match[0],
    column: run.column + match.index,
    columns: match[0].length,
  }));
}

function isWide({ text, columns }: Pick<Run, 'text' | 'columns'>): boolean {
  return columns > [...text].length;
}

/** Narrow and wide characters are runs of their own: they come from different type. */
function isAlike(last: Run, next: Pick<Run, 'colour' | 'dim' | 'bold' | 'columns'>): boolean {
  const isWide = last.columns > [...last.text].length;
  return last.colour === next.colour && last.dim === next.dim && last.bold === next.bold && isWide === next.columns > 1;
}
