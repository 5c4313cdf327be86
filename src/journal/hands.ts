/** The processes that work for a cluster, as each of them says of itself. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { z } from 'zod';
import { type Database, jsonOf, type Row } from '../database.ts';

/** Of this process. */
export interface Hands {
  /** Its own name: of the machine, the process and this run of it. */
  readonly name: string;
  /** Says that it works; once a while, for whoever is silent for half a minute counts as dead. */
  beat(state: HandState): void;
  /** It ends. */
  leave(): void;
  /** In order of their names: those that work, and those that did not leave and have said nothing lately, for a day. */
  all(): readonly Hand[];
  /** Those of them that work. */
  working(): readonly Hand[];
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
  /** It says nothing any more: it was killed or stopped, its machine is gone, or it does not reach the database. */
  readonly isSilent: boolean;
}

const SILENT_MS = 30_000;
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
  const known = () => {
    const at = Math.floor(now());
    return all.all(at - KEPT_MS).map((row) => handOf(row, at));
  };
  return {
    name,
    beat: ({ command, inHand, leads }) =>
      void beat.run(name, command, Math.floor(now()), JSON.stringify(inHand), leads ? 1 : 0),
    leave: () => void forget.run(name, Math.floor(now()) - KEPT_MS),
    all: known,
    working: () => known().filter(({ isSilent }) => !isSilent),
  };
}

function handOf(row: Row, now: number): Hand {
  return {
    name: String(row.name),
    command: String(row.command),
    since: new Date(Number(row.since)).toISOString(),
    seenAt: new Date(Number(row.seen_at)).toISOString(),
    inHand: jsonOf(row.in_hand, z.array(z.string())) ?? [],
    leads: Number(row.leads) === 1,
    isSilent: Number(row.seen_at) < now - SILENT_MS,
  };
}
