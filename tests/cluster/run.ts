/** The tests of a cluster, none skipped: installs the servers that are missing from Debian's packages. `npm run test:cluster [FILE…]` */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { findProgram, PACKAGES } from '../support/servers.ts';

const absent = Object.entries(PACKAGES).filter(([name]) => findProgram(name as keyof typeof PACKAGES) === null);
const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
const run = (command: string, args: readonly string[]) => {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: environment });
  if (error !== undefined || status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? status}`);
};

if (absent.length > 0) {
  const packages = absent.map(([, name]) => name);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...packages]);
}
const chosen = process.argv.slice(2);
const files = chosen.length > 0 ? chosen : globSync('tests/cluster/*.test.ts').toSorted();
Object.assign(environment, { CLUSTER_TESTS: 'required' });
run(process.execPath, ['--test', '--test-timeout=600000', ...files]);
