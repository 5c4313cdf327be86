/** A cluster whose clock can be turned: the database's own, by a function of its name that is found before it. */
import type { Client } from 'pg';
import { rows } from './cluster.ts';

/** So long a leader sleeps at most before it looks again (`crawl/schedule.ts`). */
export const LOOK_MS = 1000;
/** So far the clock goes on instead. */
export const STEP_MS = 600_000;

/** Before the tables are made, which then lie beside the function. @param from ms since 1970 */
export async function turnClusterClock(client: Client, from: number): Promise<void> {
  const [{ name = '' } = {}] = await rows(client, 'SELECT current_database() AS name');
  await client.query(`
    CREATE SCHEMA turned;
    CREATE TABLE turned.turned (ms BIGINT NOT NULL);
    INSERT INTO turned.turned SELECT ${from} - extract(epoch FROM pg_catalog.clock_timestamp()) * 1000;
    CREATE FUNCTION turned.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
      SELECT pg_catalog.clock_timestamp() + (SELECT ms FROM turned.turned) * interval '1 millisecond' $$;
    ALTER DATABASE ${String(name)} SET search_path = turned, pg_catalog, public`);
}

/** Ms since 1970 by a connection that was made after it was turned. */
export async function clusterNow(client: Client): Promise<number> {
  const [{ at = 0 } = {}] = await rows(client, 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000) AS at');
  return Number(at);
}
