/** The processes that work for a cluster, as each of them says of itself. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { z } from 'zod';
import { type Database, jsonOf, type Row } from '../database.ts';

/** Of this process. */
export interface Hands {
  /** Its own name: of the machine, the process and this run of it. */
  readonly name: string;
  /** Says that it works; once a while, for whoever is silent for `SILENT_MS` counts as dead. */
  beat(state: HandState): void;
  /** It ends. */
  leave(): void;
  /** Those that are not dead, in order of their names. */
  all(): readonly Hand[];
}

export interface HandState {
  readonly command: string;
  /** Ids of articles. */
  readonly inHand: readonly string[];
  /** It leads the schedule. */
  readonly leads: boolean;
}

export interface Hand extends HandState {
  readonly name: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
  readonly seenAt: string;
}

export const SILENT_MS = 30_000;
const KEPT_MS = 24 * 3_600_000;

export function handName(): string {
  return `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/** @param options `now` gives ms since 1970 */
export function openHands(
  database: Database,
  { now, name }: { readonly now: () => number; readonly name: string },
): Hands {
  const beat = database.prepare(
    `INSERT INTO hands (name, command, since, seen_at, in_hand, leads) VALUES (?1, ?2, ?3, ?3, ?4, ?5)
     ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, in_hand = excluded.in_hand, leads = excluded.leads`,
  );
  const forget = database.prepare('DELETE FROM hands WHERE name = ? OR seen_at < ?');
  const all = database.prepare('SELECT * FROM hands WHERE seen_at >= ? ORDER BY name');
  return {
    name,
    beat: ({ command, inHand, leads }) =>
      void beat.run(name, command, Math.floor(now()), JSON.stringify(inHand), leads ? 1 : 0),
    leave: () => void forget.run(name, Math.floor(now()) - KEPT_MS),
    all: () => all.all(Math.floor(now()) - SILENT_MS).map(handOf),
  };
}

function handOf(row: Row): Hand {
  return {
    name: String(row.name),
    command: String(row.command),
    since: new Date(Number(row.since)).toISOString(),
    seenAt: new Date(Number(row.seen_at)).toISOString(),
    inHand: jsonOf(row.in_hand, z.array(z.string())) ?? [],
    leads: Number(row.leads) === 1,
  };
}
