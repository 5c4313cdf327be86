/** No refusal of the operating system, of SQLite or of Node.js is taken for a fault of the program. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { getSystemErrorMap } from 'node:util';
import fc from 'fast-check';
import { ArchiveError, ERRORS, type ErrorCode, EXIT, exitCodeFor } from '../src/errors.ts';
import { withSqliteErrors } from '../src/sqlite.ts';
import { knownError, meaningOf, type Place } from '../src/system-errors.ts';

const PLACES: readonly Place[] = ['archive', 'temporary', 'elsewhere'];

/** As `node:fs` throws it. */
function errnoError(code: string): Error {
  return Object.assign(new Error(`${code}: said by the system, open '/somewhere'`), {
    code,
    errno: -1,
    syscall: 'open',
  });
}

/** As `node:sqlite` throws it. */
function sqliteError(errcode: number): Error {
  return Object.assign(new Error('said by SQLite'), { code: 'ERR_SQLITE_ERROR', errcode, errstr: 'said by SQLite' });
}

function codeOf(error: Error, place: Place = 'archive'): ErrorCode {
  const known = knownError(error, { place, name: '/somewhere' });
  assert.ok(known instanceof ArchiveError, `${(error as NodeJS.ErrnoException).code} is a fault of the program`);
  assert.equal(known.cause, error);
  return known.code;
}

describe('the table of what the system refuses with', () => {
  const names = new Set([...Object.keys(constants.errno), ...[...getSystemErrorMap().values()].map(([name]) => name)]);

  it('has a meaning for every errno, at every place', () => {
    assert.ok(names.size > 80);
    for (const name of [...names, 'EUCLEAN', 'EREMOTEIO', 'ESTALE', 'ENOTFOUND', 'EAI_AGAIN', 'EOFTHEFUTURE'])
      for (const place of PLACES) {
        const code = codeOf(errnoError(name), place);
        assert.notEqual(ERRORS[code].exit, EXIT.internal, `${name}: ${code}`);
      }
  });

  it('has a meaning for every code of SQLite, however it is extended', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 101 }), fc.integer({ min: 0, max: 64 }), (primary, extension) => {
        for (const place of PLACES) assert.notEqual(codeOf(sqliteError(primary + 256 * extension), place), 'INTERNAL');
      }),
    );
  });

  const meant: readonly [ErrorCode, readonly string[], readonly number[]][] = [
    ['ARCHIVE_FULL', ['ENOSPC', 'EDQUOT'], [13]],
    ['ARCHIVE_IO', ['EIO', 'ESTALE', 'ETIMEDOUT', 'ENXIO'], [10, 266, 778, 1034]],
    [
      'ARCHIVE_NOT_WRITABLE',
      ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP'],
      [3, 8, 14, 264, 520, 776, 270, 526, 1038],
    ],
    ['ARCHIVE_BUSY', ['EBUSY', 'ETXTBSY'], [5, 6, 261, 517, 773, 262, 518]],
    ['ARCHIVE_UNFIT', ['EINVAL', 'ENOTSUP', 'ENOSYS', 'ENOLCK', 'ENAMETOOLONG', 'EFBIG'], [15, 18, 22, 3850]],
    ['DATABASE_DAMAGED', [], [11, 26, 267, 523, 779, 522]],
    ['MACHINE_SHORT', ['ENOMEM', 'EMFILE', 'ENFILE', 'EAGAIN'], [7, 3082]],
  ];
  for (const [code, errnos, results] of meant)
    it(`means ${code} by ${[...errnos, ...results].join(', ')}`, () => {
      for (const name of errnos) assert.equal(codeOf(errnoError(name)), code, name);
      for (const result of results) assert.equal(codeOf(sqliteError(result)), code, String(result));
    });

  it('says what to do: repair for a damaged database, room for temporary files', () => {
    assert.match(ERRORS.DATABASE_DAMAGED.fix, /guancha-archive repair/);
    assert.match(ERRORS.TEMPORARY_NOT_WRITABLE.fix, /TMPDIR/);
    assert.equal(codeOf(errnoError('ENOSPC'), 'temporary'), 'TEMPORARY_NOT_WRITABLE');
    assert.equal(codeOf(errnoError('EACCES'), 'elsewhere'), 'FILE_REFUSED');
    assert.equal(codeOf(errnoError('ECONNREFUSED'), 'elsewhere'), 'NETWORK');
  });

  it('says what is wrong where the folder of the process is gone', () => {
    const gone = Object.assign(new Error('ENOENT: process.cwd failed with error, uv_cwd'), {
      code: 'ENOENT',
      errno: -2,
      syscall: 'uv_cwd',
    });
    const known = knownError(gone, { place: 'elsewhere' });
    assert.ok(known instanceof ArchiveError);
    assert.equal(known.code, 'FILE_REFUSED');
    assert.match(known.detail, /folder in which the command was started is not there any more/);
  });

  it('leaves alone what is known, and what is a fault of the program', () => {
    for (const error of [
      new ArchiveError('EXTRACTION', 'a code that looks like one of the system'),
      new TypeError('x'),
      Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
      Object.assign(new RangeError('must be >= 0'), { code: 'ERR_OUT_OF_RANGE' }),
      'a text',
      null,
    ]) {
      assert.equal(meaningOf(error), null);
      assert.equal(knownError(error, { place: 'archive' }), error);
    }
  });

  it('knows what SQLite itself throws', () => {
    using database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (9223372036854775807)');
    const thrown: readonly [string, ErrorCode][] = [
      ['SELECT * FROM b', 'DATABASE_DAMAGED'],
      ['SELECT x FROM a', 'DATABASE_DAMAGED'],
      ["INSERT INTO a VALUES ('text')", 'DATABASE_DAMAGED'],
      ['SELECT zeroblob(9000000000)', 'ARCHIVE_UNFIT'],
    ];
    for (const [sql, code] of thrown)
      assert.throws(
        () => withSqliteErrors('a.sqlite', () => database.prepare(sql).all()),
        (error) =>
          error instanceof ArchiveError && error.code === code && exitCodeFor(error) === EXIT.archiveNotWritable,
        sql,
      );
  });
});
