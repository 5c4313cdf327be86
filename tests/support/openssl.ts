/** Whether there is an openssl here, for tests that let another implementation check ours. */
import { spawnSync } from 'node:child_process';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
