/** `cluster status`: who works for the cluster, what waits, and which hosts are in hand or left alone. */
import { openVisitQueue } from '../cluster/queue.ts';
import type { Config } from '../config.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import type { Terminal } from '../report/terminal.ts';

/** Reads only. @throws what the database refuses; a queue that is away is said */
export async function clusterStatus({
  config,
  terminal,
}: {
  readonly config: Config;
  readonly terminal: Terminal;
}): Promise<ExitCode> {
  const { redis } = config.cluster;
  using operations = openOperations(config, { readOnly: true, longestPauseMs: config.politeness.longestPauseMs });
  const { frontier, journal, shared } = operations;
  for (const { name, command, since, seenAt, inHand, leads } of shared?.hands.all() ?? []) {
    const work = inHand.length === 0 ? '' : `  in hand: ${inHand.join(', ')}`;
    const text = `${command}  ${name}${leads ? '  leads' : ''}  since ${since}, last seen ${seenAt}${work}`;
    terminal.result(text, { hand: name, command, leads, since, seenAt, inHand });
  }
  const waiting = frontier.waiting();
  terminal.result(`${waiting} articles wait`, { waiting });
  if (redis !== null) {
    await using queue = openVisitQueue(redis, terminal.log);
    const lengths = await queue.lengths();
    const text = lengths === null ? 'the queue is away' : `${lengths.waiting} offered, ${lengths.inHand} in hand`;
    terminal.result(`queue visit: ${text}`, {
      queue: 'visit',
      offered: lengths?.waiting ?? null,
      inHand: lengths?.inHand ?? null,
    });
  }
  for (const { host, hand, until } of shared?.claims.held() ?? [])
    terminal.result(`${host}: asked by ${hand}`, { host, hand, until });
  for (const { host, until, reason } of journal.hosts.pauses())
    terminal.result(`${host}: left alone until ${until}, ${reason}`, { host, until, reason });
  return EXIT.ok;
}
