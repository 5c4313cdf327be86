/** SQLite keeps the promises of a database. */
import { openDatabase } from '../src/sqlite.ts';
import { testDatabase } from './database.contract.ts';

testDatabase('in SQLite', async () => {
  const database = openDatabase(':memory:', { migrations: [] });
  const faults = { statement: 'DATABASE_DAMAGED', table: 'DATABASE_DAMAGED' } as const;
  return { database, faults, [Symbol.asyncDispose]: async () => {} };
});
