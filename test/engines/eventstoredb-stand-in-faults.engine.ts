import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  DeadlineExceededError,
  EventStoreDBClient,
  jsonEvent,
  NotLeaderError,
  StreamNotFoundError,
  TimeoutError,
  UnavailableError,
  UnknownError,
  type AppendResult,
  type JSONEventData,
} from '@eventstore/db-client';
import { eventually } from '#test/support/eventually';
import type { FaultAnswer } from '#test/support/eventstoredb/faults';
import { EventStoreDbStandIn } from '#test/support/eventstoredb/stand-in';

/** Credentials in the call choose the single append. */
const SINGLE = { credentials: { username: 'admin', password: 'changeit' } };

const event = (): JSONEventData => jsonEvent({ id: randomUUID(), type: 'Probe', data: {} });
const events = (count: number): JSONEventData[] => Array.from({ length: count }, event);

async function failureOf(call: Promise<unknown>): Promise<Error & { code?: unknown }> {
  return call.then(
    () => assert.fail('the call was answered'),
    (error: unknown) => {
      assert.ok(error instanceof Error);
      return error;
    },
  );
}

/** Faults of the stand-in: that the client meets them as it met those of real servers. */
describe('the faults of the stand-in for EventStoreDB', () => {
  let standIn: EventStoreDbStandIn;
  let client: EventStoreDBClient;

  before(async () => {
    standIn = await EventStoreDbStandIn.start();
    client = EventStoreDBClient.connectionString(standIn.url);
  });
  after(async () => {
    await client.dispose();
    await standIn.stop();
  });
  afterEach(() => {
    standIn.faults.disarm();
    standIn.resume();
  });

  function append(stream: string, data: JSONEventData[]): Promise<AppendResult> {
    return client.appendToStream(stream, data, { expectedRevision: 'no_stream' });
  }

  async function idsIn(stream: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const resolved of client.readStream(stream)) ids.push(resolved.event?.id ?? '');
    return ids;
  }

  for (const written of [false, true]) {
    it(`loses the acknowledgement ${written ? 'after' : 'before'} the write`, async () => {
      const stream = randomUUID();
      const data = events(2);
      const armed = standIn.faults.arm({ call: 'append', answer: 'cut', written, times: 1 });
      const failure = await failureOf(append(stream, data));
      assert.ok(failure instanceof UnavailableError, failure.constructor.name);
      assert.equal(failure.code, 14);

      if (written) assert.equal((await idsIn(stream)).length, 2);
      else await assert.rejects(idsIn(stream), StreamNotFoundError);
      assert.equal((await append(stream, data)).nextExpectedRevision, 1n);
      assert.deepEqual(
        await idsIn(stream),
        data.map(({ id }) => id),
      );
      assert.equal(standIn.faults.list().find(({ id }) => id === armed.id)?.hits, 1);
    });
  }

  const TOLD: readonly (readonly [
    FaultAnswer,
    new (...args: never[]) => Error,
    number | undefined,
    RegExp,
  ])[] = [
    ['unavailable', UnavailableError, 14, /Connection dropped/],
    ['not-ready', UnavailableError, 14, /Server Is Not Ready/],
    ['unknown', UnknownError, 13, /./],
    ['not-leader', NotLeaderError, 5, /Leader info available/],
    ['timeout', TimeoutError, 10, /Forwarding timeout/],
    ['cancelled-by-server', TimeoutError, 10, /Request canceled by server/],
  ];

  for (const [answer, errorClass, code, message] of TOLD) {
    for (const way of ['batch append', 'single append'] as const) {
      it(`answers a ${way} as when the leader changes: ${answer}`, async () => {
        const stream = randomUUID();
        const data = [event()];
        standIn.faults.arm({ call: 'append', answer, written: true, times: 1 });
        const options = way === 'single append' ? SINGLE : {};
        const failure = await failureOf(client.appendToStream(stream, data, options));
        assert.ok(failure instanceof errorClass, failure.constructor.name);
        assert.equal(failure.code, code);
        assert.match(failure.message, message);
        assert.equal((await idsIn(stream)).length, 1, 'the write happened');
      });
    }
  }

  it('says that a deadline has passed, by both appends', async () => {
    standIn.faults.arm({ call: 'append', answer: 'deadline-exceeded', times: 2 });
    const batch = await failureOf(append(randomUUID(), [event()]));
    assert.ok(batch instanceof DeadlineExceededError);
    assert.equal(batch.code, undefined, 'told in the answer of the one append');
    const single = await failureOf(client.appendToStream(randomUUID(), [event()], SINGLE));
    assert.ok(single instanceof DeadlineExceededError);
    assert.equal(single.code, 4);
  });

  it('answers with a bare error of code 14 when the features are asked of nobody', async () => {
    standIn.faults.arm({ call: 'append', answer: 'bare-unavailable', times: 1 });
    assert.ok((await failureOf(append(randomUUID(), [event()]))) instanceof UnavailableError);
    const bare = await failureOf(append(randomUUID(), [event()]));
    assert.equal(bare.constructor, Error);
    assert.equal(bare.code, 14);
    assert.equal((await append(randomUUID(), [event()])).nextExpectedRevision, 0n);
  });

  it('cuts the connection in the middle of a read', async () => {
    const stream = randomUUID();
    await append(stream, events(10));
    standIn.faults.arm({ call: 'read', answer: 'cut', afterEvents: 4, times: 1, streamPrefix: stream });
    let seen = 0;
    const reading = (async () => {
      for await (const resolved of client.readStream(stream)) seen += resolved.event === undefined ? 0 : 1;
    })();
    assert.ok((await failureOf(reading)) instanceof UnavailableError);
    assert.ok(seen <= 4, `${seen} events came`);
    assert.equal((await idsIn(stream)).length, 10);
  });

  it('goes on with other calls while one is never answered', async () => {
    const stream = randomUUID();
    standIn.faults.arm({ call: 'append', answer: 'silence', streamPrefix: stream });
    let answered = false;
    const silent = append(stream, [event()]).finally(() => {
      answered = true;
    });
    assert.equal((await append(randomUUID(), [event()])).success, true);
    assert.equal(answered, false);
    standIn.cutConnections();
    assert.ok((await failureOf(silent)) instanceof UnavailableError);
  });

  it('hangs, and answers what has come meanwhile when it is resumed', async () => {
    const stream = randomUUID();
    await append(stream, [event()]);
    standIn.hang();
    let answered = 0;
    const calls = [append(randomUUID(), [event()]), idsIn(stream)].map((call) =>
      (call as Promise<unknown>).then(() => (answered += 1)),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(answered, 0);
    standIn.resume();
    await Promise.all(calls);
  });

  it('comes back after a restart with its log, for the same client', async () => {
    const stream = randomUUID();
    const data = events(3);
    await append(stream, data);
    await standIn.restart(100);
    await eventually(async () => (await idsIn(stream).catch(() => [])).length === 3);
    assert.equal((await append(stream, data)).nextExpectedRevision, 2n);
  });
});
