import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { EventStoreDBClient } from '@eventstore/db-client';
import { checkServer } from '#event-store/eventstoredb/check-server';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { prepareServer } from '#event-store/eventstoredb/prepare-server';
import { SystemIds } from '#platform/ids/system-ids';
import { SystemClock } from '#platform/time/system-clock';
import { all, anEvent, idsOf, logAfter } from '../support/event-store/append-load.js';
import { runChild } from '../support/child-run.js';
import { TrustingHttp } from '../support/event-store/trusting-http.js';
import { eventually } from '../support/eventually.js';
import { StandInProcess } from '../support/eventstoredb/stand-in-process.js';
import { MemoryLogger } from '../support/memory-logger.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PREPARE_PROCESS = new URL(import.meta.resolve('#test/support/event-store/prepare-process'));

const clock = new SystemClock();
const ids = new SystemIds();
const ADMIN_PASSWORD = 'admin-password-1';
const PASSWORD = 'ledger-password-1';

describe('event store: EventStoreDB (stand-in), access control', () => {
  const folder = temporaryFolder();
  let server: StandInProcess;
  let store: EventStoreDbEventStore | undefined;
  before(async () => {
    server = await StandInProcess.start(
      '--tls',
      folder.path,
      '--users',
      `admin:${ADMIN_PASSWORD},plain:plain-password-1`,
    );
  });
  after(async () => {
    await server.stop();
    folder.remove();
  });
  afterEach(async () => {
    await store?.close();
    store = undefined;
  });

  const urlOf = (user: string, password: string): string => {
    const { hostname, port } = new URL(server.url.replace('esdb:', 'http:'));
    const ca = encodeURIComponent(server.tlsCAFile ?? '');
    return `esdb://${user}:${password}@${hostname}:${port}?tls=true&tlsCAFile=${ca}`;
  };
  const open = async (
    user: string,
    password: string,
    logger = new MemoryLogger(),
  ): Promise<EventStoreDbEventStore> => {
    store = await EventStoreDbEventStore.open({
      url: urlOf(user, password),
      clock,
      logger,
      timeoutMs: 1_000,
    });
    return store;
  };
  const prepare = (
    password = PASSWORD,
    name = 'ledger',
    adminPassword = ADMIN_PASSWORD,
  ): ReturnType<typeof prepareServer> =>
    prepareServer({
      url: urlOf('admin', adminPassword),
      user: { name, password },
      clock,
      ids,
      http: new TrustingHttp(server.tlsCAFile ?? ''),
      logger: new MemoryLogger(),
    });

  it('before it is prepared, an ordinary user is refused $all', async () => {
    const opened = await open('plain', 'plain-password-1');
    await eventually(() => /refuses our user/.test(opened.status().detail));
    assert.equal(opened.status().ready, false);
    await assert.rejects(opened.readAll({ limit: 1 }), {
      name: 'EventStoreAccessDeniedError',
      message: /npm run prepare-log/,
    });
  });

  it('a store that is refused tells it in one line, and goes on once the server is prepared', async () => {
    const logger = new MemoryLogger();
    const opened = await open('ledger', PASSWORD, logger);
    await eventually(() => /refuses our user/.test(opened.status().detail));
    await assert.rejects(opened.append('payout-1', 'no-stream', [anEvent()]), {
      name: 'EventStoreAccessDeniedError',
    });
    const { code, stdout, stderr } = await runChild(
      PREPARE_PROCESS,
      [urlOf('admin', ADMIN_PASSWORD), 'ledger', PASSWORD],
      { env: { NODE_EXTRA_CA_CERTS: server.tlsCAFile ?? '' } },
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { user: 'made', defaultAccess: 'set', accessToAll: 'set' });
    await eventually(() => opened.status().ready);
    assert.deepEqual(
      await logAfter(opened, undefined),
      [],
      "the server's own settings are no events of ours",
    );
    assert.equal(await opened.head(), undefined);
    assert.deepEqual(
      logger.entries.map(({ message }) => message).filter((message) => message.startsWith('EventStoreDB')),
      [
        'EventStoreDB refuses our user: check EVENTSTORE_URL, and run npm run prepare-log',
        'EventStoreDB answers',
      ],
    );
  });

  it('preparing it again changes nothing', async () => {
    assert.deepEqual(await prepare(), { user: 'kept', defaultAccess: 'as it was', accessToAll: 'as it was' });
  });

  it("the ledger's user appends, reads streams and the log, and follows it", async () => {
    const ledger = await open('ledger', PASSWORD);
    const stream = `payout-${randomUUID()}`;
    const event = anEvent();
    const { position } = await ledger
      .append(stream, 'no-stream', [event])
      .then((result) => (result.outcome === 'appended' ? result : assert.fail(result.outcome)));
    assert.deepEqual(idsOf(await all(ledger.readStream(stream))), [event.id]);
    assert.deepEqual(idsOf(await logAfter(ledger, undefined)), [event.id]);
    assert.equal(await ledger.head(), position);
    const deliveries = ledger.subscribe({ signal: new AbortController().signal })[Symbol.asyncIterator]();
    assert.equal((await deliveries.next()).done, false);
    await deliveries.return?.();
    await eventually(() => ledger.status().ready);
  });

  it("the ledger's user is refused to delete, to tombstone, to cut and to set what drops events", async () => {
    const client = EventStoreDBClient.connectionString(urlOf('ledger', PASSWORD));
    const stream = `payout-${randomUUID()}`;
    const event = { ...anEvent(), contentType: 'application/json' as const };
    await client.appendToStream(stream, [event], { expectedRevision: 'no_stream' });
    const denied = { type: 'access-denied' };
    await assert.rejects(client.deleteStream(stream, { expectedRevision: 0n }), denied);
    await assert.rejects(client.tombstoneStream(stream, { expectedRevision: 0n }), denied);
    await assert.rejects(client.setStreamMetadata(stream, { maxCount: 1 }), denied);
    await assert.rejects(client.setStreamMetadata(stream, { truncateBefore: 1 }), denied);
    await client.dispose();
  });

  it('a wrong password is told, for appends too, and never as an unknown outcome', async () => {
    const wrong = await open('ledger', 'not-the-password');
    await assert.rejects(wrong.append('payout-x', 'no-stream', [anEvent()]), {
      name: 'EventStoreAccessDeniedError',
      message: /check user and password in EVENTSTORE_URL/,
    });
    await eventually(() => /refuses our user/.test(wrong.status().detail));
  });

  it('another password makes the old one wrong', async () => {
    assert.equal((await prepare('another-password-2')).user, 'kept');
    const old = await open('ledger', PASSWORD);
    await assert.rejects(old.readAll({ limit: 1 }), { name: 'EventStoreAccessDeniedError' });
    await old.close();
    await (await open('ledger', 'another-password-2')).readAll({ limit: 1 });
  });

  const warnings: readonly (readonly [string, string, RegExp | undefined])[] = [
    ['admin', ADMIN_PASSWORD, /admin may delete streams/],
    ['ledger', 'another-password-2', undefined],
  ];
  for (const [user, password, expected] of warnings) {
    it(`a check as ${user} ${expected === undefined ? 'finds nothing to warn of' : 'warns that it may delete'}`, async () => {
      const { signal } = new AbortController();
      const check = await checkServer({
        url: urlOf(user, password),
        clock,
        logger: new MemoryLogger(),
        signal,
      });
      assert.deepEqual([check.unsafe, check.tombstoned], [[], []]);
      if (expected === undefined) assert.equal(check.warning, undefined);
      else assert.match(check.warning ?? '', expected);
    });
  }

  it('what can not be prepared is told with its remedy, and no password', async () => {
    const wrongs: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
      [
        () => prepare(PASSWORD, 'ledger', 'wrong-password-9'),
        /name an administrator in the connection string/,
      ],
      [() => prepare(PASSWORD, 'admin'), /a name of its own/],
      [
        () =>
          prepareServer({
            url: `esdb://admin:${ADMIN_PASSWORD}@localhost:2113?tls=false`,
            user: { name: 'ledger', password: PASSWORD },
            clock,
            ids,
            http: new TrustingHttp(server.tlsCAFile ?? ''),
            logger: new MemoryLogger(),
          }),
        /tls=false/,
      ],
    ];
    for (const [attempt, expected] of wrongs) {
      const error = await attempt().then(
        () => assert.fail('it was prepared'),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof Error);
      assert.match(error.message, expected);
      assert.doesNotMatch(JSON.stringify([error.message, String(error.cause)]), /password-\d/);
    }
  });
});
