import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { databaseAddress } from '#platform/postgres/database-address';
import {
  DatabaseBusyError,
  DatabaseNotPreparedError,
  DatabaseOutcomeUnknownError,
  DatabaseStatementError,
  DatabaseUnreachableError,
} from '#platform/postgres/errors';
import { migrateDatabase } from '#platform/postgres/migrate';
import type { MigrationSet } from '#platform/postgres/migrations';
import type { PostgresDatabase, PostgresDatabaseOptions } from '#platform/postgres/postgres-database';
import { eventually } from '#test/support/eventually';
import { MemoryLogger } from '#test/support/memory-logger';
import { CuttingProxy } from '#test/support/postgres/cutting-proxy';
import { openDatabase } from '#test/support/postgres/migrated-database';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';
import { runSql, testDatabase, type TestDatabase } from '#test/support/postgres/test-database';

const NOTES: MigrationSet = {
  schema: 'notes',
  migrations: {
    '0001-note': ['CREATE TABLE notes.note (id bigint PRIMARY KEY, text text NOT NULL, size bigint)'],
    '0002-index': ['CREATE INDEX note_by_text ON notes.note (text)'],
  },
};
const INSERT = 'INSERT INTO notes.note (id, text) VALUES ($1, $2)';

describe('a database on a real PostgreSQL', () => {
  let server: StartedPostgres;
  let test: TestDatabase;
  let proxy: CuttingProxy;
  let logger: MemoryLogger;
  const opened: PostgresDatabase[] = [];
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());
  beforeEach(async () => {
    test = await testDatabase(server.url);
    proxy = await CuttingProxy.start(server.url);
    logger = new MemoryLogger();
  });
  afterEach(async () => {
    proxy.mode = 'open';
    proxy.cutAll();
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await proxy.stop();
    await test.drop();
  });

  const open = async (
    url: string,
    options: Partial<PostgresDatabaseOptions> = {},
  ): Promise<PostgresDatabase> => {
    const database = await openDatabase(url, { logger, migrations: [NOTES], ...options });
    opened.push(database);
    return database;
  };
  /** Through the proxy, with the tables, when it is ready. */
  const openNotes = async (options: Partial<PostgresDatabaseOptions> = {}): Promise<PostgresDatabase> => {
    await migrateDatabase(databaseAddress(test.url), [NOTES]);
    const database = await open(proxy.through(test.url), options);
    await database.ready();
    return database;
  };
  const notes = async (): Promise<readonly number[]> =>
    (await test.sql<{ id: string }>('SELECT id FROM notes.note ORDER BY id')).map(({ id }) => Number(id));
  const logged = (): readonly string[] => logger.entries.map(({ message }) => message);

  describe('tells its state', () => {
    it('as ready when it has answered and every migration is done, and logs that once', async () => {
      const database = await openNotes();
      assert.deepEqual(database.status(), { ready: true, detail: database.shown });
      await database.read('SELECT 1');
      assert.deepEqual(logged(), ['database ready']);
    });

    it('as out of reach, with one line, and recovers by itself', async () => {
      await migrateDatabase(databaseAddress(test.url), [NOTES]);
      proxy.mode = 'refuse';
      const database = await open(proxy.through(test.url));
      assert.equal(database.status().ready, false);
      await eventually(() => database.status().detail.includes('does not answer'));
      await assert.rejects(database.read('SELECT 1'), DatabaseUnreachableError);
      await assert.rejects(database.write(INSERT, [1, 'a']), DatabaseUnreachableError);
      await assert.rejects(
        database.transaction((transaction) => transaction.query(INSERT, [1, 'a'])),
        DatabaseUnreachableError,
      );
      proxy.mode = 'open';
      await database.ready();
      await database.write(INSERT, [1, 'a']);
      assert.deepEqual(logged(), ['database not ready', 'database ready']);
    });

    it('as out of reach when the server hangs, and every call ends', async () => {
      const database = await openNotes({ timeouts: { statementMs: 300, connectMs: 300 } });
      await database.read('SELECT 1');
      proxy.mode = 'hang';
      await assert.rejects(database.write(INSERT, [1, 'a']), DatabaseOutcomeUnknownError);
      await assert.rejects(database.read('SELECT 1'), DatabaseUnreachableError);
      await eventually(() => !database.status().ready);
      proxy.mode = 'open';
      await database.ready();
      assert.deepEqual(await database.read('SELECT 1 AS one'), [{ one: 1 }]);
      assert.deepEqual(logged(), ['database ready', 'database not ready', 'database ready']);
    });

    it('when the password is wrong, by name and without it, and recovers when it is right', async () => {
      await migrateDatabase(databaseAddress(test.url), [NOTES]);
      const role = `${test.name}_user`;
      await test.sql(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD 'other-secret'`);
      const url = new URL(test.url);
      url.username = role;
      url.password = 'given-secret';
      const database = await open(url.href);
      await eventually(() => database.status().detail.includes('wrong password'));
      assert.match(
        database.status().detail,
        new RegExp(`${role}@.* refuses us: wrong password.*set the right user`),
      );
      await assert.rejects(database.read('SELECT 1'), /wrong password/);
      await test.sql(`ALTER ROLE ${role} PASSWORD 'given-secret'`);
      await database.ready();
      assert.deepEqual(logged(), ['database not ready', 'database ready']);
      const told = JSON.stringify([logger.entries, database.status()]);
      assert.ok(!told.includes('secret'));
      await database.close();
      await test.sql(`DROP ROLE ${role}`);
    });

    it('when the database is missing, by name, and recovers when it was made', async () => {
      const url = new URL(test.url);
      url.pathname = `/${test.name}_later`;
      const database = await open(url.href);
      await eventually(() => database.status().detail.includes('there is no database'));
      assert.match(database.status().detail, new RegExp(`createdb ${test.name}_later`));
      await runSql(server.url, `CREATE DATABASE ${test.name}_later`);
      await migrateDatabase(databaseAddress(url.href), [NOTES]);
      await database.ready();
      await database.close();
      await runSql(server.url, `DROP DATABASE ${test.name}_later WITH (FORCE)`);
    });

    it('when tables are missing, with the command that makes them, and recovers when it was run', async () => {
      const database = await open(test.url);
      await eventually(() => database.status().detail.includes('lacks migrations'));
      assert.match(
        database.status().detail,
        /lacks migrations \(notes\/0001-note, notes\/0002-index\): run npm run migrate/,
      );
      await assert.rejects(
        database.write(INSERT, [1, 'a']),
        (error) => error instanceof DatabaseNotPreparedError && /run npm run migrate/.test(error.message),
      );
      await migrateDatabase(databaseAddress(test.url), [NOTES]);
      await database.ready();
      await database.write(INSERT, [1, 'a']);
      assert.deepEqual(logged(), ['database not ready', 'database ready']);
    });

    it('when it may not read the tables', async () => {
      await migrateDatabase(databaseAddress(test.url), [NOTES]);
      const role = `${test.name}_user`;
      await test.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'a'`);
      const url = new URL(test.url);
      url.username = role;
      url.password = 'a';
      const database = await open(url.href);
      await eventually(() => database.status().detail.includes('may not do this'));
      assert.match(database.status().detail, /permission denied for schema notes; grant it/);
      await database.close();
      await test.sql(`DROP ROLE ${role}`);
    });

    it('warns of a server that may lose what it has acknowledged', async () => {
      await test.sql(`ALTER DATABASE ${test.name} SET synchronous_commit = off`);
      await openNotes();
      assert.ok(logged().some((message) => message.includes('may lose what it has acknowledged')));
    });
  });

  describe('loses its connection', () => {
    it('before a commit gets there: nobody knows, and it was not done', async () => {
      const database = await openNotes();
      const cut = proxy.cutNext('COMMIT\0', 'before');
      await assert.rejects(
        database.transaction((transaction) => transaction.query(INSERT, [1, 'a'])),
        DatabaseOutcomeUnknownError,
      );
      await cut;
      assert.deepEqual(await notes(), []);
      await database.write(INSERT, [1, 'a']);
    });

    it('after a commit was done: nobody knows, and it was', async () => {
      const database = await openNotes();
      const cut = proxy.cutNext('COMMIT\0', 'after');
      await assert.rejects(
        database.transaction((transaction) => transaction.query(INSERT, [1, 'a'])),
        DatabaseOutcomeUnknownError,
      );
      await cut;
      assert.deepEqual(await notes(), [1]);
      await database.write(INSERT, [2, 'a']);
    });

    it('over a statement of its own: nobody knows', async () => {
      const database = await openNotes();
      const cut = proxy.cutNext('INSERT INTO', 'after');
      await assert.rejects(database.write(INSERT, [1, 'a']), DatabaseOutcomeUnknownError);
      await cut;
      assert.deepEqual(await notes(), [1]);
    });

    it('inside a transaction: nothing was done', async () => {
      const database = await openNotes();
      const cut = proxy.cutNext('INSERT INTO', 'after');
      await assert.rejects(
        database.transaction((transaction) => transaction.query(INSERT, [1, 'a'])),
        DatabaseUnreachableError,
      );
      await cut;
      assert.deepEqual(await notes(), []);
    });

    it('by an administrator, inside a transaction: nothing was done', async () => {
      const database = await openNotes();
      await assert.rejects(
        database.transaction(async (transaction) => {
          const { rows } = await transaction.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
          await transaction.query(INSERT, [1, 'a']);
          await test.sql('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
          await transaction.query(INSERT, [2, 'b']);
        }),
        DatabaseUnreachableError,
      );
      assert.deepEqual(await notes(), []);
      await database.write(INSERT, [1, 'a']);
    });

    it('over a read: it is read again, on another connection', async () => {
      const database = await openNotes();
      const before = proxy.connections;
      const cut = proxy.cutNext('SELECT 41 + 1', 'after');
      assert.deepEqual(await database.read('SELECT 41 + 1 AS answer'), [{ answer: 42 }]);
      await cut;
      assert.ok(proxy.connections > before);
    });

    it('on all connections while none is in use: the next calls do not notice', async () => {
      const database = await openNotes();
      await Promise.all(Array.from({ length: 8 }, () => database.read('SELECT pg_sleep(0.05)')));
      await test.sql(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      await eventually(async () => {
        const rows = await test.sql(
          'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
        return rows.length <= 1;
      });
      await Promise.all(Array.from({ length: 8 }, () => database.read('SELECT 1')));
    });
  });

  describe('undoes', () => {
    it('a whole transaction when its work fails, and passes the error on', async () => {
      const database = await openNotes();
      class OwnError extends Error {}
      await assert.rejects(
        database.transaction(async (transaction) => {
          await transaction.query(INSERT, [1, 'a']);
          throw new OwnError('no');
        }),
        OwnError,
      );
      assert.deepEqual(await notes(), []);
    });

    it('a whole transaction when one of many statements at once fails, and tells the first error', async () => {
      const database = await openNotes();
      const rows = [
        [1, 'a'],
        [2, null],
        [3, 'c'],
        [1, 'd'],
      ];
      await assert.rejects(
        database.transaction((transaction) =>
          transaction.all(rows.map((parameters) => ({ sql: INSERT, parameters }))),
        ),
        (error) => error instanceof DatabaseStatementError && error.code === '23502',
      );
      assert.deepEqual(await notes(), []);
      await database.transaction((transaction) =>
        transaction.all([1, 2, 3].map((id) => ({ sql: INSERT, parameters: [id, 'a'] }))),
      );
      assert.deepEqual(await notes(), [1, 2, 3]);
    });

    it('a transaction that goes on as if a failed statement had not been', async () => {
      const database = await openNotes();
      await assert.rejects(
        database.transaction(async (transaction) => {
          await transaction.query(INSERT, [1, 'a']);
          await transaction.query(INSERT, [1, 'a']).catch(() => undefined);
        }),
        /one of its statements had failed/,
      );
      assert.deepEqual(await notes(), []);
    });

    it('a statement that takes too long, and goes on with the same connections', async () => {
      const database = await openNotes({ timeouts: { statementMs: 200 } });
      const before = proxy.connections;
      for (let round = 0; round < 3; round += 1) {
        await assert.rejects(
          database.read('SELECT pg_sleep(5)'),
          (error) => error instanceof DatabaseBusyError && /in time/.test(error.message),
        );
      }
      await database.write(INSERT, [1, 'a']);
      assert.ok(proxy.connections - before <= 1);
      assert.equal(database.status().ready, true);
    });

    it('a statement that waits too long for a lock', async () => {
      const database = await openNotes({ timeouts: { lockMs: 100 } });
      await database.write(INSERT, [1, 'a']);
      await database.transaction(async (transaction) => {
        await transaction.query('UPDATE notes.note SET text = $1', ['b']);
        await assert.rejects(
          database.write('UPDATE notes.note SET text = $1', ['c']),
          (error) => error instanceof DatabaseBusyError && /lock/.test(error.message),
        );
      });
      assert.deepEqual(await database.read('SELECT text FROM notes.note'), [{ text: 'b' }]);
    });

    it('one of two transactions that lock crosswise', async () => {
      const database = await openNotes();
      await database.write(INSERT, [1, 'a']);
      await database.write(INSERT, [2, 'a']);
      const both = Promise.withResolvers<undefined>();
      let waiting = 0;
      const crosswise = (first: number, second: number): Promise<unknown> =>
        database.transaction(async (transaction) => {
          await transaction.query('UPDATE notes.note SET text = $1 WHERE id = $2', ['b', first]);
          waiting += 1;
          if (waiting === 2) both.resolve(undefined);
          await both.promise;
          await transaction.query('UPDATE notes.note SET text = $1 WHERE id = $2', ['b', second]);
        });
      const answers = await Promise.allSettled([crosswise(1, 2), crosswise(2, 1)]);
      const failed = answers.flatMap((answer) =>
        answer.status === 'rejected' ? [answer.reason as unknown] : [],
      );
      assert.equal(failed.length, 1);
      assert.ok(failed[0] instanceof DatabaseBusyError);
    });
  });

  it('has connections for what is urgent when all others are in use', async () => {
    const database = await openNotes({ connections: 2, timeouts: { connectMs: 300 } });
    const release = Promise.withResolvers<undefined>();
    const busy = [1, 2].map((id) =>
      database.transaction(async (transaction) => {
        await transaction.query(INSERT, [id, 'a']);
        await release.promise;
      }),
    );
    await eventually(
      async () =>
        (await test.sql("SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'")).length === 2,
    );
    await assert.rejects(
      database.write(INSERT, [3, 'a']),
      (error) => error instanceof DatabaseBusyError && /all our connections/.test(error.message),
    );
    await database.write(INSERT, [4, 'a'], { urgent: true });
    release.resolve(undefined);
    await Promise.all(busy);
    assert.deepEqual(await notes(), [1, 2, 4]);
  });

  it('keeps texts and whole numbers as they are', async () => {
    const database = await openNotes();
    const text = 'ភាសា – "quoted" \u0001 \'; DROP TABLE note; \\x00 \u{1F4B8}';
    await database.write('INSERT INTO notes.note VALUES ($1, $2, $3)', [1, text, Number.MAX_SAFE_INTEGER]);
    await database.write('INSERT INTO notes.note VALUES ($1, $2, $3)', [2, 'a\0b', null]);
    assert.deepEqual(await database.read('SELECT * FROM notes.note ORDER BY id'), [
      { id: 1, text, size: Number.MAX_SAFE_INTEGER },
      { id: 2, text: 'a\uFFFDb', size: null },
    ]);
    await test.sql('UPDATE notes.note SET size = 9007199254740993 WHERE id = 1');
    await assert.rejects(database.read('SELECT size FROM notes.note WHERE id = 1'));
    await database.read('SELECT id FROM notes.note');
  });

  it('quotes no value in its errors', async () => {
    const database = await openNotes();
    await assert.rejects(
      database.write('INSERT INTO notes.note VALUES ($1, $2)', ['Maria-Perez', 'a']),
      (error) =>
        error instanceof DatabaseStatementError &&
        !JSON.stringify([error.message, error.cause]).includes('Maria'),
    );
  });

  it('refuses calls when it is closed, and ends its connections', async () => {
    const database = await openNotes();
    await database.read('SELECT 1');
    await Promise.all([database.close(), database.close()]);
    await assert.rejects(database.read('SELECT 1'), DatabaseUnreachableError);
    assert.match(database.status().detail, /is closed/);
    await eventually(async () => {
      const rows = await test.sql(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'payout-ledger test'",
      );
      return rows.length === 0;
    });
  });

  it('closes although it was never in reach', async () => {
    proxy.mode = 'refuse';
    const database = await open(proxy.through(test.url));
    await database.close();
  });

  it('goes on after a restart of the server in the middle: what was acknowledged is there, nothing twice', async () => {
    const database = await openNotes();
    const direct = await open(test.url);
    const acknowledged: number[] = [];
    const unknown: number[] = [];
    let id = 0;
    let stop = false;
    const write = async (): Promise<void> => {
      while (!stop) {
        const own = (id += 1);
        try {
          await direct.transaction(async (transaction) => {
            await transaction.query(INSERT, [own, 'a']);
            await transaction.query(INSERT, [-own, 'a']);
          });
          acknowledged.push(own);
        } catch (error) {
          if (error instanceof DatabaseOutcomeUnknownError) unknown.push(own);
          else if (!(error instanceof DatabaseUnreachableError)) throw error;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    };
    const writers = Array.from({ length: 4 }, write);
    await eventually(() => acknowledged.length > 100);
    if (server.kind === 'given') {
      await test.sql(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
    } else await server.restart();
    const before = acknowledged.length;
    await eventually(() => acknowledged.length > before + 100);
    stop = true;
    await Promise.all(writers);
    const found = new Set(await notes());
    for (const own of acknowledged) assert.ok(found.has(own) && found.has(-own), String(own));
    for (const own of found) {
      assert.ok(found.has(-own));
      assert.ok(acknowledged.includes(Math.abs(own)) || unknown.includes(Math.abs(own)));
    }
    await direct.ready();
    await database.ready();
  });

  describe('is migrated', () => {
    it('once, when five do it at once', async () => {
      const address = databaseAddress(test.url);
      const done = await Promise.all(Array.from({ length: 5 }, () => migrateDatabase(address, [NOTES])));
      assert.deepEqual(done.flat().sort(), ['notes/0001-note', 'notes/0002-index']);
      assert.deepEqual(await migrateDatabase(address, [NOTES]), []);
    });

    it('by what is new only, and an older program goes on', async () => {
      const address = databaseAddress(test.url);
      await migrateDatabase(address, [NOTES]);
      const newer: MigrationSet = {
        ...NOTES,
        migrations: { ...NOTES.migrations, '0003-more': ['ALTER TABLE notes.note ADD COLUMN more text'] },
      };
      assert.deepEqual(await migrateDatabase(address, [newer]), ['notes/0003-more']);
      const database = await open(test.url);
      await database.ready();
      await database.write(INSERT, [1, 'a']);
      await assert.rejects(
        migrateDatabase(address, [NOTES]),
        (error) => error instanceof DatabaseNotPreparedError && /by a newer version/.test(error.message),
      );
    });

    it('as a whole or not at all', async () => {
      const address = databaseAddress(test.url);
      const broken: MigrationSet = {
        ...NOTES,
        migrations: {
          ...NOTES.migrations,
          '0003-broken': ['CREATE TABLE notes.more (id int)', 'CREATE NONSENSE'],
        },
      };
      await assert.rejects(migrateDatabase(address, [broken]), DatabaseStatementError);
      assert.deepEqual(
        await test.sql(
          "SELECT 1 FROM pg_tables WHERE schemaname = 'notes' AND tablename IN ('note', 'more')",
        ),
        [],
      );
      assert.deepEqual(await migrateDatabase(address, [NOTES]), ['notes/0001-note', 'notes/0002-index']);
    });

    it('by nobody who may not, and says what to grant', async () => {
      const role = `${test.name}_user`;
      await test.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'a'`);
      const url = new URL(test.url);
      url.username = role;
      url.password = 'a';
      await assert.rejects(
        migrateDatabase(databaseAddress(url.href), [NOTES]),
        (error) =>
          error instanceof DatabaseNotPreparedError &&
          error.message.includes(`GRANT CREATE ON DATABASE ${test.name} TO ${role}`),
      );
      await test.sql(`GRANT CREATE ON DATABASE ${test.name} TO ${role}`);
      assert.equal((await migrateDatabase(databaseAddress(url.href), [NOTES])).length, 2);
      await test.sql(`DROP OWNED BY ${role}`);
      await test.sql(`DROP ROLE ${role}`);
    });

    it('by nobody while the server is away', async () => {
      proxy.mode = 'refuse';
      await assert.rejects(
        migrateDatabase(databaseAddress(proxy.through(test.url)), [NOTES]),
        DatabaseUnreachableError,
      );
    });
  });
});
