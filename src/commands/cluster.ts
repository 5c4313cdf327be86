/** `cluster init | status | import | export`: the tables of a cluster's database, who works for it, and queue and journal of one machine taken there and back. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDisk } from '../archive/disk.ts';
import { databaseFiles, FRONTIER } from '../archive/keys.ts';
import { openTrash } from '../archive/trash.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import type { Database } from '../database.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { type Carried, carry } from '../frontier/carry.ts';
import { lockArchive } from '../frontier/lock.ts';
import { MIGRATIONS } from '../frontier/migrations.ts';
import { migrateCluster, openCluster, renumber } from '../frontier/postgres.ts';
import type { Terminal } from '../report/terminal.ts';
import { withoutSecrets } from '../service-address.ts';
import { openDatabase } from '../sqlite.ts';

export type ClusterAction = 'init' | 'status' | 'import' | 'export';

interface ClusterContext {
  readonly config: Config;
  readonly terminal: Terminal;
}

/** @throws USAGE where the configuration names no cluster; DATABASE_NOT_EMPTY, ARCHIVE_IN_USE, and what the databases refuse */
export async function cluster(action: ClusterAction, { config, terminal }: ClusterContext): Promise<ExitCode> {
  const { postgres } = config.cluster;
  if (postgres === null)
    throw new ArchiveError('USAGE', `cluster ${action}: the configuration has no cluster.postgres`);
  switch (action) {
    case 'init':
      return init(postgres, terminal);
    case 'status':
      return (await import('./cluster-status.ts')).clusterStatus({ config, terminal });
    case 'import':
      return importRows(postgres, config, terminal);
    case 'export':
      return exportRows(postgres, config, terminal);
    default:
      return action satisfies never;
  }
}

function init(postgres: string, terminal: Terminal): ExitCode {
  const { from, to } = migrateCluster(postgres);
  const done = from === to ? 'is up to date' : `brought from version ${from} to ${to}`;
  const database = withoutSecrets(postgres);
  terminal.summary('cluster', { database, from, to }, `${database}: ${done}`);
  return EXIT.ok;
}

/** A million rows of a table are read in one answer. */
const STATEMENT_MS = 3_600_000;

async function importRows(postgres: string, config: Config, terminal: Terminal): Promise<ExitCode> {
  await using _lock = await lockArchive(config.archive, 'cluster');
  using from = openDatabase(join(config.archive, FRONTIER), { migrations: MIGRATIONS, readOnly: true });
  using to = openCluster(postgres, { statementMs: STATEMENT_MS });
  const carried = carry(from, to, withoutSecrets(postgres));
  renumber(to);
  report(carried, `${FRONTIER} to ${withoutSecrets(postgres)}`, terminal);
  terminal.say(`${FRONTIER} stays as it is, and is not used as long as cluster.postgres is set`);
  return EXIT.ok;
}

/** The file that lies there is the one from before the cluster: it makes way. */
async function exportRows(postgres: string, config: Config, terminal: Terminal): Promise<ExitCode> {
  await using _lock = await lockArchive(config.archive, 'cluster');
  const storage = openDisk(config.archive);
  using from = openCluster(postgres, { readOnly: true, statementMs: STATEMENT_MS });
  const path = join(config.archive, FRONTIER);
  const attempt = (): readonly Carried[] | null => {
    using to: Database = openDatabase(path, { migrations: MIGRATIONS });
    try {
      return carry(from, to, FRONTIER);
    } catch (error) {
      if (error instanceof ArchiveError && error.code === 'DATABASE_NOT_EMPTY') return null;
      throw error;
    }
  };
  let carried = attempt();
  if (carried === null) {
    const trash = openTrash(storage, { now: new Date() });
    for (const name of databaseFiles(FRONTIER))
      if (existsSync(join(config.archive, name))) await trash.move(name, 'the queue from before the cluster');
    carried = attempt();
  }
  if (carried === null) throw new ArchiveError('DATABASE_NOT_EMPTY', path);
  report(carried, `${withoutSecrets(postgres)} to ${FRONTIER}`, terminal);
  terminal.say('take cluster.postgres out of the configuration: this machine goes on alone then');
  return EXIT.ok;
}

function report(carried: readonly Carried[], way: string, terminal: Terminal): void {
  for (const { table, rows } of carried) terminal.result(`${rows}  ${table}`, { type: 'table', table, rows });
  const rows = carried.reduce((sum, each) => sum + each.rows, 0);
  terminal.summary('cluster', { rows }, `${way}: ${counted(rows, 'row')}, the same in both`);
}
