/**
 * The two ends of the program, stdout and stderr. Who reads them may leave, and a disk that they go to may be full: that
 * never ends the work. What is written after that is dropped.
 */

/** Where a command writes to; `process.stdout` and `process.stderr`, or stand-ins. */
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

/** A stream of the process. */
type Stream = Output & {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  readonly writableLength?: number;
};

export interface SafeOutput extends Output {
  /** Why what was written is lost, though somebody may still want it; null if nothing is, or if the reader left. */
  readonly lost: () => NodeJS.ErrnoException | null;
  /** True where all that was written has gone. */
  readonly isSent: () => boolean;
}

/** What a pipe, a socket or a terminal says whose other end is gone. */
const LEFT: ReadonlySet<string> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/**
 * A stream that can be written to whatever becomes of it.
 * @param onLost is called once, where it fails and its reader has not left
 */
export function safeOutput(stream: Stream, onLost: (error: NodeJS.ErrnoException) => void = () => {}): SafeOutput {
  let isOver = false;
  let lost: NodeJS.ErrnoException | null = null;
  const fail = (error: NodeJS.ErrnoException) => {
    if (isOver) return;
    isOver = true;
    const hasLeft = LEFT.has(error.code ?? '') || (error.code === 'EIO' && stream.isTTY === true);
    if (hasLeft) return;
    lost = error;
    onLost(error);
  };
  stream.on('error', fail);
  return {
    write: (text) => {
      if (isOver) return;
      try {
        stream.write(text);
      } catch (error) {
        fail(error as NodeJS.ErrnoException);
      }
    },
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    lost: () => lost,
    isSent: () => isOver || (stream.writableLength ?? 0) === 0,
  };
}
