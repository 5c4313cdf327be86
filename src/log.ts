/** What the stages say while they work: one event type, shown by whoever opened the log. */

export type Stage =
  | 'discover'
  | 'frontier'
  | 'fetch'
  | 'judge'
  | 'extract'
  | 'assets'
  | 'store'
  | 'repair'
  | 'run'
  | 'notify'
  | 'monitor';

export interface LogEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly stage: Stage;
  readonly message: string;
}

export type Log = (event: LogEvent) => void;
