/** `cluster status`: who works for the cluster, what waits, and which hosts are in hand or left alone. */
import { wallClock } from '../clock.ts';
import { openVisitQueue } from '../cluster/queue.ts';
import { readCluster } from '../cluster/state.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import type { Hand } from '../journal/hands.ts';
import type { Terminal } from '../report/terminal.ts';
import { style } from '../report/text.ts';
import { describePause } from './status.ts';

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
  await using queue = redis === null ? null : openVisitQueue(redis, terminal.log);
  const state = await readCluster(operations, queue);
  if (state === null) return EXIT.ok;
  for (const hand of state.hands) {
    const { name, command, since, seenAt, inHand, leads, isSilent } = hand;
    const values = { type: 'hand', hand: name, command, leads, since, seenAt, isSilent, inHand } as const;
    terminal.result(isSilent ? style('yellow', describeHand(hand)) : describeHand(hand), values);
  }
  if (state.hands.length === 0) terminal.say('nobody works for the cluster');
  const waiting = operations.frontier.waiting();
  const { held, ranOut } = state.leases;
  const text = `${counted(waiting, 'article waits', 'articles wait')}, ${held} in hand${ranOut === 0 ? '' : `, ${ranOut} of dead hands`}`;
  terminal.summary('cluster', { waiting, leases: state.leases }, text);
  if (state.queue !== null) {
    const lengths = state.queue === 'away' ? null : state.queue;
    const text = lengths === null ? 'the queue is away' : `${lengths.waiting} offered, ${lengths.inHand} in hand`;
    terminal.result(`queue visit: ${text}`, {
      type: 'queue',
      queue: 'visit',
      offered: lengths?.waiting ?? null,
      inHand: lengths?.inHand ?? null,
    });
  }
  for (const { host, hand, until } of state.claims)
    terminal.result(`${host}: asked by ${hand}`, { type: 'claim', host, hand, until });
  for (const pause of state.pauses) terminal.result(describePause(pause), { type: 'pause', ...pause });
  return EXIT.ok;
}

function describeHand({ name, command, since, seenAt, inHand, leads, isSilent }: Hand): string {
  if (isSilent) return `${command}  ${name}  says nothing since ${wallClock(seenAt)}`;
  const work = inHand.length === 0 ? '' : `  in hand: ${inHand.join(', ')}`;
  return `${command}  ${name}${leads ? '  leads' : ''}  since ${wallClock(since)}${work}`;
}
