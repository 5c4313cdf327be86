/** The crawl's own rooms over a frontier that is thrown away: nothing of the visit stays. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Rooms } from '../pipeline.ts';
import { withArchive } from './session.ts';
import type { Terminal } from './terminal.ts';

export async function withPassingRooms(
  config: Config,
  terminal: Terminal,
  command: string,
  body: (rooms: Rooms) => Promise<void>,
): Promise<void> {
  const archive = await mkdtemp(join(tmpdir(), `guancha-${command}-`));
  try {
    await withArchive({ ...config, archive }, terminal, { command, wait: null }, ({ rooms }) => body(rooms));
  } finally {
    await rm(archive, { recursive: true, force: true });
  }
}
