/**
 * The one door to the terminal: results on stdout, everything else on stderr, a progress bar where there is a terminal.
 * Every line is wrapped at the width of the terminal that it goes to; nothing is cut. Elsewhere a line stays one.
 */
import { counted, grouped } from '../counted.ts';
import type { LogEvent } from '../log.ts';
import { createEnvelope, type Envelope, type Line, type Summary, type SummaryName } from './envelope.ts';
import type { Io, Output } from './output.ts';
import { columnsOf, jsonLine, linesIn } from './plain.ts';
import { type Abilities, line, style, type Text, written } from './text.ts';

export interface Terminal {
  readonly json: boolean;
  /** True if styles are colours. */
  readonly colours: boolean;
  /** Width of stdout in columns; without end where it is no terminal. */
  readonly columns: number;
  /** One result: `value` as a JSON line with --json, else `text`. */
  result(text: Text | readonly Text[], value: Line): void;
  /** What the command came to: `values` in the last line of --json, else `text` now. */
  summary<C extends SummaryName>(command: C, values: Summary<C>, text?: Text | readonly Text[]): void;
  /** Lines for people, on stdout; nothing with --json. */
  say(...lines: readonly Text[]): void;
  log(event: LogEvent): void;
  /** Shows how far the work is; `total` may grow. @param unit one of what is counted, an article where absent */
  progress(done: number, total: number, unit?: string): void;
  /** Takes the bar away. */
  end(): void;
}

const PLAIN_EVERY_MS = 10_000;
const BAR_CELLS = 24;

/** @param options `envelope`: of the command, which prints its last line; absent where nobody does */
export function createTerminal(
  io: Io,
  options: { readonly json: boolean; readonly quiet?: boolean; readonly envelope?: Envelope },
): Terminal {
  const { stdout, stderr } = io;
  const { quiet = false, envelope = createEnvelope() } = options;
  const startedAt = performance.now();
  let bar = '';
  let saidAt = startedAt;

  return {
    json: options.json,
    colours: abilitiesOf(stdout).colours,
    columns: columnsOf(stdout),
    result: (text, value) => {
      if (options.json) print(stdout, jsonLine(envelope.line(value)));
      else printLines(stdout, linesOf(text));
    },
    summary: (_command, values, text) => {
      envelope.summary(values);
      if (!options.json && text !== undefined) printLines(stdout, linesOf(text));
    },
    say: (...lines) => {
      if (!options.json) printLines(stdout, lines);
    },
    log: ({ level, stage, message }) => {
      if (quiet && level === 'info') return;
      const time = stderr.isTTY === true ? '' : `${new Date().toISOString()} ${level === 'info' ? 'info ' : ''}`;
      const label =
        level === 'info' ? style('dim', stage) : style(level === 'warn' ? 'yellow' : 'red', `${stage} ${level}`);
      const [first = '', ...others] = linesIn(message);
      // What belongs to a message is indented, so that no text of the site can pass for another one.
      const lines = [
        line`${time}${label}: ${first}`,
        ...others.map((other) => (other.startsWith('  ') ? other : `  ${other}`)),
      ];
      printLines(stderr, lines);
    },
    progress: (done, total, unit = 'article') => {
      if (quiet) return;
      const now = performance.now();
      const text = progressLine(done, total, { unit, elapsedMs: now - startedAt });
      if (isMovable(stderr)) {
        bar = barOf(done / Math.max(1, total), text, columnsOf(stderr));
        stderr.write(`\r\x1b[2K${bar}`);
      } else if (now - saidAt > PLAIN_EVERY_MS) {
        saidAt = now;
        stderr.write(`${text}\n`);
      }
    },
    end: () => {
      if (bar !== '') stderr.write('\r\x1b[2K');
      bar = '';
    },
  };

  function printLines(to: Output, lines: readonly Text[]): void {
    const abilities = abilitiesOf(to);
    print(to, lines.map((each) => written(each, abilities)).join('\n'));
  }

  /** A line above the bar. */
  function print(to: Output, text: string): void {
    if (bar !== '') stderr.write('\r\x1b[2K');
    to.write(`${text}\n`);
    if (bar !== '') stderr.write(bar);
  }
}

/** One line that is written over again and again: the bar shrinks before its text, which is cut at last. */
function barOf(part: number, text: string, columns: number): string {
  const room = Math.max(0, Math.min(BAR_CELLS, columns - text.length - 1));
  const cells = Math.round(room * Math.min(1, part));
  if (room > 0) return `${'█'.repeat(cells)}${'░'.repeat(room - cells)} ${text}`;
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

/** `12 of 40 articles, 0.8/s, 0:35 left`. */
function progressLine(
  done: number,
  total: number,
  { unit, elapsedMs }: { readonly unit: string; readonly elapsedMs: number },
): string {
  const rate = done / (elapsedMs / 1000);
  const left = done === 0 ? '' : `, ${clock((total - done) / rate)} left`;
  return `${grouped(done)} of ${counted(total, unit)}, ${rate.toFixed(1)}/s${left}`;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(whole % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** True where a line can be written over: not on a terminal that only prints, nor in the log of a build. */
function isMovable({ isTTY }: Output): boolean {
  const { TERM, CI } = process.env;
  return isTTY === true && TERM !== 'dumb' && (CI ?? '') === '';
}

/** NO_COLOR (no-color.org) goes before FORCE_COLOR, which asks for colours where there is no terminal. */
function abilitiesOf(stream: Output): Abilities {
  const { NO_COLOR = '', FORCE_COLOR = '0' } = process.env;
  const isForced = !['', '0', 'false'].includes(FORCE_COLOR);
  return {
    colours: NO_COLOR === '' && (isForced || isMovable(stream)),
    links: isMovable(stream),
    columns: columnsOf(stream),
  };
}

function linesOf(text: Text | readonly Text[]): readonly Text[] {
  return Array.isArray(text) ? (text as readonly Text[]) : [text as Text];
}

// How long something took, for people: `8 s`, `12 min`, `3.5 h`, `2.1 d`.

export function describeDuration(timeMs: number): string {
  const seconds = timeMs / 1000;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} d`;
}
