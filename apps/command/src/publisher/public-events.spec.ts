import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPublicEvent } from '#messaging/contracts/events.v1';
import type { OutgoingMessage } from '#messaging/message-bus';
import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { LIVES } from '#test/support/read-models/history';
import { historyOf } from '#test/support/audit/ledger-folder';
import { writeLog } from '#test/support/read-models/log-writer';
import { ManualClock } from '#test/support/manual-clock';
import { Publisher } from './publisher.js';

/** All that other services are told, and nothing else: no payee, no beneficiary, nothing sealed, no reference. */
const TOLD = new Set([
  'payoutId',
  'accountId',
  'amount',
  'currency',
  'provider',
  'status',
  'from',
  'reason',
  'rawStatus',
  'fee',
  'paid',
  'position',
  'revision',
]);

class HeardBus extends InMemoryMessageBus {
  readonly heard: OutgoingMessage[] = [];

  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    await super.publish(topic, messages);
    this.heard.push(...messages);
  }
}

async function everyLife() {
  const store = new InMemoryEventStore();
  await writeLog(store, historyOf(Object.keys(LIVES)));
  const log = await store.readAll({ limit: 10_000 });
  const bus = new HeardBus({ clock: new ManualClock() });
  const publisher = new Publisher(store, bus);
  return { log, bus, publisher };
}

function read({ value }: OutgoingMessage) {
  const reading = readPublicEvent(value);
  if (!reading.ok) throw new Error(reading.reason);
  return reading;
}

describe('what other services are told', () => {
  it('keeps the order of the log for each payout, and rises by its position', async () => {
    const { log, bus, publisher } = await everyLife();
    for (const recorded of log) await publisher.handle([recorded]);
    const byPayout = Map.groupBy(bus.heard.map(read), ({ event }) => event.data.payoutId);
    assert.ok(byPayout.size > 5);
    for (const told of byPayout.values()) {
      const revisions = told.map(({ event }) => Number(event.data.revision));
      assert.deepEqual(
        revisions,
        [...new Set(revisions)].sort((a, b) => a - b),
      );
    }
  });

  it('is the same again, with the same ids, when it runs from an older checkpoint', async () => {
    const { log, bus, publisher } = await everyLife();
    await publisher.handle(log);
    const first = bus.heard.splice(0);
    // From somewhere in the middle, in other batches.
    const from = Math.floor(log.length / 3);
    for (let at = from; at < log.length; at += 7) await publisher.handle(log.slice(at, at + 7));
    const again = bus.heard;
    assert.ok(again.length > 5 && again.length < first.length);
    const known = new Map(first.map((message) => [read(message).meta.id, message]));
    for (const message of again) assert.deepEqual(message, known.get(read(message).meta.id));
  });

  it('has the id of the stored event, and the account for its key', async () => {
    const { log, bus, publisher } = await everyLife();
    await publisher.handle(log);
    const ids = new Map(log.map((recorded) => [recorded.id, recorded]));
    for (const message of bus.heard) {
      const { event, meta } = read(message);
      const stored = ids.get(meta.id);
      assert.deepEqual(
        [stored?.position, String(stored?.revision)],
        [event.data.position, event.data.revision],
      );
      assert.equal(message.key, event.data.accountId);
    }
    assert.equal(new Set(bus.heard.map((message) => read(message).meta.id)).size, bus.heard.length);
  });

  it('holds nothing but what the contract lists', async () => {
    const { log, bus, publisher } = await everyLife();
    await publisher.handle(log);
    const names = new Set<string>();
    for (const { value } of bus.heard) {
      const { data } = JSON.parse(Buffer.from(value).toString('utf8')) as { data: object };
      for (const name of Object.keys(data)) names.add(name);
    }
    assert.deepEqual(
      [...names].filter((name) => !TOLD.has(name)),
      [],
    );
    assert.ok(names.size > 8);
  });
});
