import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import Sqlite from 'better-sqlite3';
import { createAuditServer, type AuditServer } from '#audit/audit-server';
import { SqliteTables } from '#audit/tables/sqlite-tables';
import type { AuditEngines } from '#audit/audit.module';
import { SqliteEventStore } from '#event-store/sqlite/sqlite-event-store';
import { ReadOnlySqliteFile } from '#platform/sqlite/read-only-sqlite-file';
import { SystemClock } from '#platform/time/system-clock';
import { historyOf, LedgerFolder } from '#test/support/audit/ledger-folder';
import { eventually } from '#test/support/eventually';
import { MemoryLogger } from '#test/support/memory-logger';
import { callOnce, type JsonAnswer, type JsonCall } from '#test/support/processes/json-call';
import { payoutNumber } from '#test/support/read-models/history';

const TOKEN = 'token-of-the-auditors-0123';

describe("the auditors' API", () => {
  const events = historyOf(['succeeded', 'turned', 'parked']);
  const logger = new MemoryLogger();
  let ledger: LedgerFolder;
  let file: ReadOnlySqliteFile;
  let server: AuditServer;
  let url: string;

  before(async () => {
    ledger = new LedgerFolder();
    await ledger.write(events);
    file = ReadOnlySqliteFile.open(ledger.databasePath);
    [server, url] = await started({});
  });
  after(async () => {
    await server.stop();
    file.close();
    await ledger.dispose();
  });

  async function started(other: Partial<AuditEngines>): Promise<readonly [AuditServer, string]> {
    const made = await createAuditServer({
      eventStore: new SqliteEventStore(file),
      tables: new SqliteTables(file),
      clock: new SystemClock(),
      logger,
      token: undefined,
      ...other,
    });
    return [made, await made.listen('127.0.0.1', 0)];
  }

  async function call(path: string, options: JsonCall = {}, base = url): Promise<JsonAnswer> {
    const answer = await callOnce(`${base}${path}`, options);
    assert.ok(answer !== undefined, `nobody answered ${path}`);
    return answer;
  }

  function tamper(sql: string): void {
    const db = new Sqlite(ledger.databasePath);
    db.exec(sql);
    db.close();
  }

  it("tells a payout's history from the log", async () => {
    const { status, body } = await call(`/v1/payouts/${payoutNumber(2)}/timeline`);
    assert.deepEqual([status, body['status'], body['parked']], [200, 'unknown', 'not-final-in-time']);
    const entries = body['events'] as readonly { type: string; position: string; data: object }[];
    assert.deepEqual(
      entries.map(({ type }) => type),
      [
        'PayoutRequested',
        'FundsReserved',
        'PayoutSubmissionStarted',
        'PayoutSubmissionUnknown',
        'PayoutParked',
      ],
    );
  });

  it('tells the books now, as of a position and as of a time', async () => {
    const available = async (query: string): Promise<unknown> => {
      const { status, body } = await call(`/v1/accounts/acc-1/balance${query}`);
      assert.equal(status, 200);
      return (body['balances'] as Readonly<Record<string, string>>)['available'];
    };
    assert.deepEqual(
      await Promise.all(
        ['', '?asOf=3', '?asOf=5', '?asOf=2026-01-01T01:00:05%2B01:00'].map((query) => available(query)),
      ),
      ['961.75', '1000.00', '987.00', '987.00'],
    );
  });

  it('replays the log on demand, one replay at a time, and names what differs', async () => {
    assert.deepEqual((await call('/v1/replay')).body, { status: 'none' });
    const ended = async (): Promise<Readonly<Record<string, unknown>>> => {
      const { body } = await call('/v1/replay');
      return body['status'] === 'running' ? {} : body;
    };
    const replayed = async (): Promise<Readonly<Record<string, unknown>>> => {
      const begun = await call('/v1/replay', { method: 'POST' });
      assert.deepEqual([begun.status, begun.body['status']], [202, 'running']);
      const second = await call('/v1/replay', { method: 'POST' });
      if (second.status !== 202)
        assert.deepEqual([second.status, second.body['code']], [409, 'replay-running']);
      await eventually(async () => 'status' in (await ended()));
      const { report, ...rest } = await ended();
      assert.equal(rest['status'], 'done');
      return report as Readonly<Record<string, unknown>>;
    };
    const report = await replayed();
    assert.equal(report['equal'], true);
    assert.equal((report['log'] as { events: number }).events, events.length);
    assert.equal((report['readModels'] as readonly unknown[]).length, 3);
    tamper(`UPDATE payouts SET amount_minor = '1251' WHERE payout_id = '${payoutNumber(1)}'`);
    const differing = await replayed();
    assert.equal(differing['equal'], false);
    assert.deepEqual(differing['differences'], [
      {
        kind: 'column',
        model: 'payouts',
        table: 'payouts',
        key: payoutNumber(1),
        column: 'amount_minor',
        expected: '1250',
        found: '1251',
      },
    ]);
    assert.ok(logger.alarms().includes('replay-differs'));
    tamper(`UPDATE payouts SET amount_minor = '1250' WHERE payout_id = '${payoutNumber(1)}'`);
  });

  it('runs no second replay beside one, and gives up a running one at its stop', async () => {
    const gate = Promise.withResolvers<undefined>();
    const log = new SqliteEventStore(file);
    const [slow, at] = await started({
      eventStore: {
        readStream: (stream) => log.readStream(stream),
        head: () => log.head(),
        readAll: async (options) => {
          await gate.promise;
          return log.readAll({ ...options, limit: 2 });
        },
      },
    });
    assert.equal((await call('/v1/replay', { method: 'POST' }, at)).status, 202);
    const second = await call('/v1/replay', { method: 'POST' }, at);
    assert.deepEqual([second.status, second.body['code']], [409, 'replay-running']);
    assert.equal((await call('/v1/replay', {}, at)).body['status'], 'running');
    const stopped = slow.stop();
    gate.resolve(undefined);
    await stopped;
    assert.equal(await callOnce(`${at}/v1/replay`), undefined);
  });

  for (const [path, status, code] of [
    ['/v1/payouts/P-1/timeline', 400, 'invalid-request'],
    [`/v1/payouts/${payoutNumber(77)}/timeline`, 404, 'not-found'],
    ['/v1/accounts/no%20name/balance', 400, 'invalid-request'],
    ['/v1/accounts/nobody/balance', 404, 'not-found'],
    ['/v1/accounts/acc-1/balance?asOf=yesterday', 400, 'invalid-request'],
    ['/v1/accounts/acc-1/balance?asOf=3&asOf=4', 400, 'invalid-request'],
    ['/v1/accounts/acc-1/balance?as-of=3', 400, 'invalid-request'],
    ['/v1/accounts/acc-1/balance?asOf=2025-01-01T00:00:00Z', 404, 'not-opened-by-then'],
    ['/v1/accounts/acc-1/balance?asOf=99999', 404, 'after-the-end'],
    ['/v1/nothing', 404, 'not-found'],
    ['/%', 400, 'invalid-request'],
  ] as const) {
    it(`answers ${path} with the problem ${code}`, async () => {
      const response = await fetch(`${url}${path}`);
      assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json\b/);
      const body = (await response.json()) as Readonly<Record<string, unknown>>;
      assert.deepEqual([response.status, body['status'], body['code']], [status, status, code]);
      assert.equal(body['type'], `/problems/${code}`);
      if (code === 'invalid-request' && path !== '/%') assert.ok(Array.isArray(body['errors']));
    });
  }

  it('has no route that changes anything', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of [`/v1/payouts/${payoutNumber(0)}/timeline`, '/v1/accounts/acc-1/balance'])
        assert.equal((await fetch(`${url}${path}`, { method })).status, 404, `${method} ${path}`);
    }
  });

  it('asks for the token of the auditors where it was given one', async () => {
    const [guarded, at] = await started({ token: TOKEN });
    const path = '/v1/accounts/acc-1/balance';
    const headers = (authorization: string): JsonCall => ({ headers: { authorization } });
    const statuses = await Promise.all([
      call(path, {}, at),
      call(path, headers('Bearer token-of-somebody-else-01'), at),
      call(path, headers(TOKEN), at),
      call(path, headers(`Bearer ${TOKEN}`), at),
      call('/v1/replay', { method: 'POST' }, at),
    ]);
    await guarded.stop();
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [401, 401, 401, 200, 401],
    );
    assert.ok(!JSON.stringify(logger.entries).includes(TOKEN));
  });

  it('documents every route, every field and every problem', async () => {
    const { body } = await call('/openapi.json');
    assert.equal(body['openapi'], '3.1.0');
    const paths = body['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    );
    assert.deepEqual(operations.map(([name]) => name).sort(), [
      'GET /',
      'GET /v1/accounts/{accountId}/balance',
      'GET /v1/payouts/{payoutId}/timeline',
      'GET /v1/replay',
      'POST /v1/replay',
    ]);
    for (const [name, { summary, responses }] of operations) {
      assert.ok(summary !== '', name);
      if (name.includes('/v1/'))
        assert.ok('401' in responses && '500' in responses && '503' in responses, name);
    }
    const { schemas } = body['components'] as {
      readonly schemas: Readonly<Record<string, { readonly properties: object }>>;
    };
    const fields = (schema: string): readonly string[] =>
      Object.keys(schemas[schema]?.properties ?? {}).sort();
    const timeline = await call(`/v1/payouts/${payoutNumber(0)}/timeline`);
    for (const entry of timeline.body['events'] as readonly object[])
      for (const field of Object.keys(entry)) assert.ok(fields('TimelineEntryView').includes(field), field);
    const balance = await call('/v1/accounts/acc-1/balance');
    assert.deepEqual(Object.keys(balance.body).sort(), fields('BalanceView'));
    await call('/v1/replay', { method: 'POST' });
    await eventually(async () => (await call('/v1/replay')).body['status'] === 'done');
    const { report } = (await call('/v1/replay')).body;
    assert.deepEqual(Object.keys(report as object).sort(), fields('ReplayReportView'));
    assert.equal((await fetch(`${url}/docs`)).status, 200);
  });

  it('says at which position the log can not be read', async () => {
    tamper(`INSERT INTO events (stream, revision, id, type, data, metadata)
            SELECT stream, revision + 1, '3f1c7d52-64c0-4a55-9d2c-0f6d0a7b9e31', 'PayoutTeleported', data, metadata
            FROM events ORDER BY position DESC LIMIT 1`);
    const begun = await call('/v1/replay', { method: 'POST' });
    assert.equal(begun.status, 202);
    await eventually(async () => (await call('/v1/replay')).body['status'] === 'failed');
    const { body } = await call('/v1/replay');
    assert.equal(body['position'], String(events.length + 1));
    assert.match(String(body['reason']), /PayoutTeleported/);
    const timeline = await call(`/v1/payouts/${payoutNumber(2)}/timeline`);
    assert.deepEqual(
      [timeline.status, timeline.body['code'], timeline.body['position']],
      [500, 'unreadable-log', String(events.length + 1)],
    );
    assert.ok(logger.alarms().includes('log-unreadable'));
  });
});

interface Operation {
  readonly summary: string;
  readonly responses: Readonly<Record<string, object>>;
}
