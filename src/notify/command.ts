/** Hands a notice to a command of the owner's: JSON on stdin, kind and id in the environment, exit code 0 is success. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Delivery, type HookAnswer, oneLine } from './answer.ts';

/** More of what it says is thrown away. */
const OUTPUT_BYTES = 4096;
/** What the command left running may hold its output open; nobody waits longer for that. */
const OUTPUT_MS = 500;

/**
 * Starts the command without a shell, in a process group of its own, and waits for it.
 * @param argv the program and its arguments
 * @param options after `timeoutMs` the whole group is killed
 * @throws an AbortError once `signal` aborts, with the group killed; everything else is an answer
 */
export async function runCommand(
  argv: readonly string[],
  { id, on, body }: Delivery,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<HookAnswer> {
  const [program = '', ...args] = argv;
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const ending = AbortSignal.any([options.signal, timeout]);
  try {
    using cleanup = new DisposableStack();
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, GUANCHA_NOTICE_ON: on, GUANCHA_NOTICE_ID: id },
    });
    const output = collect(child);
    child.stdin.on('error', () => {}); // a command that does not read its stdin is free to do so
    child.stdin.end(body);
    const kill = () => killGroup(child);
    ending.addEventListener('abort', kill);
    cleanup.defer(() => {
      ending.removeEventListener('abort', kill);
      child.stdout.destroy();
      child.stderr.destroy();
    });
    const closed = once(child, 'close').catch(() => {}); // a start that failed rejects `exit` as well
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await Promise.race([closed, sleep(OUTPUT_MS, undefined, { ref: false })]);
    options.signal.throwIfAborted();
    if (code !== 0 && timeout.aborted) return { ok: false, detail: `no end within ${options.timeoutMs} ms` };
    const said = oneLine(output());
    const end = code === null ? `killed by ${signal}` : `exit code ${code}`;
    return { ok: code === 0, detail: said === '' ? end : `${end}: ${said}` };
  } catch (error) {
    options.signal.throwIfAborted();
    return { ok: false, detail: oneLine((error as Error).message) };
  }
}

/** Both outputs as they come, the first bytes of them. */
function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (length < OUTPUT_BYTES) chunks.push(chunk);
      length += chunk.length;
    });
    stream?.on('error', () => {}); // what was heard so far will do
  }
  return () => Buffer.concat(chunks).subarray(0, OUTPUT_BYTES).toString('utf8');
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended a moment ago.
  }
}
