/** What a person or a program sees: results on stdout, everything else on stderr, a progress bar where there is a terminal. */
import { hostname } from 'node:os';
import { pathToFileURL } from 'node:url';
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import type { LogEvent } from '../log.ts';

/** The two ends that a command writes to; `process.stdout` and `process.stderr`, or stand-ins. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: AsyncIterable<string | Uint8Array>;
}

export interface Terminal {
  readonly json: boolean;
  /** True if `style` colours. */
  readonly colours: boolean;
  /** Width of stdout in columns; without end where it is no terminal. */
  readonly columns: number;
  /** One result: `value` as a JSON line with --json, else `text`, cut to the width of a terminal. */
  result(text: string, value: object): void;
  /** Text for people, on stdout; nothing with --json. */
  say(text: string): void;
  log(event: LogEvent): void;
  /** Shows how far the work is; `total` may grow. */
  progress(done: number, total: number): void;
  /** Takes the bar away. */
  end(): void;
  style(name: Style, text: string): string;
  /** Text that a terminal opens a file by (OSC 8); elsewhere the text alone. `path` is absolute. */
  link(text: string, path: string): string;
}

export type Style = 'green' | 'red' | 'yellow' | 'dim' | 'bold';

const PLAIN_EVERY_MS = 10_000;
const BAR_CELLS = 24;

export function createTerminal(io: Io, options: { readonly json: boolean }): Terminal {
  const { stdout, stderr } = io;
  const startedAt = performance.now();
  let bar = '';
  let saidAt = startedAt;

  return {
    json: options.json,
    colours: hasColours(stdout),
    columns: columnsOf(stdout),
    result: (text, value) => print(stdout, options.json ? JSON.stringify(value) : fit(text, stdout)),
    say: (text) => {
      if (!options.json) print(stdout, text);
    },
    log: ({ level, stage, message }) => {
      const label =
        level === 'info'
          ? style('dim', stage, stderr)
          : style(level === 'warn' ? 'yellow' : 'red', `${stage} ${level}`, stderr);
      print(stderr, `${label}: ${message}`);
    },
    progress: (done, total) => {
      const now = performance.now();
      const line = progressLine(done, total, now - startedAt);
      if (stderr.isTTY === true) {
        const cells = Math.round((BAR_CELLS * done) / Math.max(1, total));
        bar = fit(`${'█'.repeat(cells)}${'░'.repeat(BAR_CELLS - cells)} ${line}`, stderr);
        stderr.write(`\r\x1b[2K${bar}`);
      } else if (now - saidAt > PLAIN_EVERY_MS) {
        saidAt = now;
        stderr.write(`${line}\n`);
      }
    },
    end: () => {
      if (bar !== '') stderr.write('\r\x1b[2K');
      bar = '';
    },
    style: (name, text) => style(name, text, stdout),
    link: (text, path) => (hasLinks(stdout) ? `\u001b]8;;${fileUrl(path)}\u001b\\${text}\u001b]8;;\u001b\\` : text),
  };

  /** A line above the bar. */
  function print(to: Output, text: string): void {
    if (bar !== '') stderr.write('\r\x1b[2K');
    to.write(`${text}\n`);
    if (bar !== '') stderr.write(bar);
  }
}

/** `12 of 40, 0.8/s, 0:35 left`. */
function progressLine(done: number, total: number, elapsedMs: number): string {
  const rate = done / (elapsedMs / 1000);
  const left = done === 0 ? '' : `, ${clock((total - done) / rate)} left`;
  return `${done} of ${total} articles, ${rate.toFixed(1)}/s${left}`;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(whole % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

function style(name: Style, text: string, stream: Output): string {
  return hasColours(stream) ? styleText(name, text, { validateStream: false }) : text;
}

function hasColours(stream: Output): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR;
}

function hasLinks(stream: Output): boolean {
  return stream.isTTY === true && process.env.TERM !== 'dumb';
}

/** With the machine’s name, so that a terminal elsewhere does not take the file for one of its own. */
function fileUrl(path: string): string {
  return `file://${hostname()}${pathToFileURL(path).pathname}`;
}

function columnsOf(stream: Output): number {
  return stream.isTTY === true ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY;
}

/** Cuts a line to the terminal's width, by columns: a Chinese character takes two. Colours end before the cut. */
function fit(text: string, stream: Output): string {
  const columns = columnsOf(stream);
  if (stringWidth(text) <= columns) return text;
  let width = 0;
  let kept = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with ESC
  for (const piece of text.match(/\u001b\[\d+m|[\s\S]/gu) ?? []) {
    width += stringWidth(piece);
    if (width > columns - 1) break;
    kept += piece;
  }
  return `${kept}…${text.includes('\u001b[') ? '\u001b[0m' : ''}`;
}

// How long something took, for people: `8 s`, `12 min`, `3.5 h`, `2.1 d`.

export function describeDuration(timeMs: number): string {
  const seconds = timeMs / 1000;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} d`;
}
