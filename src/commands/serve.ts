/** `serve`: the archive as web pages on this machine. Reads only, beside a running crawl too. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openArchive } from '../archive/archive.ts';
import { CATALOG } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import { openCatalog } from '../catalog/catalog.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import type { Io } from '../report/output.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, link } from '../report/text.ts';
import type { Interrupts } from './session.ts';

export interface ServeOptions {
  /** Instead of the configuration's. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Opens the front page in the browser of this machine. */
  readonly open: boolean;
  /** Hashes a password instead. */
  readonly hashPassword: boolean;
}

/** @throws SERVE_UNPROTECTED, LISTEN_FAILED */
export async function serve(
  options: ServeOptions,
  {
    config,
    terminal,
    interrupts,
    io,
  }: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts; readonly io: Io },
): Promise<ExitCode> {
  const { host = config.serve.host, port = config.serve.port } = options;
  const { password } = config.serve;
  const { hashPassword, openGate } = await import('../reader/gate.ts');
  if (options.hashPassword) {
    const hash = await hashPassword(await firstLine(io));
    terminal.result(hash, { type: 'password', hash });
    return EXIT.ok;
  }
  if (!isLoopback(host) && password === null) throw new ArchiveError('SERVE_UNPROTECTED', host);
  const { openLibrary } = await import('../reader/library.ts');
  const { createReader } = await import('../reader/reader.ts');
  const { serveReader } = await import('../reader/serve.ts');
  const storage = await openStorage(config);
  const { log } = terminal;
  using catalog = await openCatalog(storage, { path: join(config.archive, CATALOG), log });
  const archive = openArchive(storage, config.limits);
  const library = openLibrary(
    { archive, catalog, storage, folder: config.archive, config },
    { clock: systemClock, log, signal: interrupts.stopSignal },
  );
  const reader = createReader(library, {
    names: config.serve.names,
    gate: password === null ? null : openGate(password, { clock: systemClock }),
    log,
  });
  await using server = await serveReader(reader, { host, port });
  terminal.say(line`${config.archive} is served on ${link(server.origin, server.origin)}; Ctrl-C ends it`);
  if (terminal.json) terminal.result('', { type: 'server', origin: server.origin });
  if (options.open) openInBrowser(server.origin, terminal);
  void library.current(); // so that the first page finds it done
  if (!interrupts.stopSignal.aborted) await once(interrupts.stopSignal, 'abort');
  return EXIT.ok;
}

/** @throws USAGE where stdin has no line that could be a password */
async function firstLine({ stdin }: Io): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    if (text.includes('\n')) break;
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line.length < SHORTEST_PASSWORD)
    throw new ArchiveError(
      'USAGE',
      `--hash-password: a line of stdin of at least ${SHORTEST_PASSWORD} characters is needed`,
    );
  return line;
}

const SHORTEST_PASSWORD = 8;

/** True for what only this machine reaches. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** By the program that the system has for it; where there is none, the address above says where to go. */
function openInBrowser(origin: string, { log }: Pick<Terminal, 'log'>): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', origin]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', origin]
        : ['xdg-open', origin];
  const child = spawn(program ?? '', args, { stdio: 'ignore', detached: true });
  child.on('error', ({ message }) =>
    log({ level: 'warn', stage: 'read', message: `no browser was opened: ${message}` }),
  );
  child.unref();
}
