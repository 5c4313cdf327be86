/** The journal in SQLite keeps its promises. */
import { MIGRATIONS } from '../src/frontier/migrations.ts';
import { openDatabase } from '../src/sqlite.ts';
import { testJournal } from './journal.contract.ts';

testJournal('in SQLite', () => openDatabase(':memory:', { migrations: MIGRATIONS }));
