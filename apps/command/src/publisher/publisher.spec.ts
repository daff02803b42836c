import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UnreadableEventError } from '#domain/codec/fields';
import type { RecordedEvent } from '#event-store/event-store';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { readPublicEvent } from '#messaging/contracts/events.v1';
import type { OutgoingMessage } from '#messaging/message-bus';
import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import { ManualClock } from '#test/support/manual-clock';
import { historyOf } from '#test/support/audit/ledger-folder';
import { LIVES } from '#test/support/read-models/history';
import { writeLog } from '#test/support/read-models/log-writer';
import { Publisher } from './publisher.js';

class HeardBus extends InMemoryMessageBus {
  readonly heard: OutgoingMessage[] = [];

  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    await super.publish(topic, messages);
    this.heard.push(...messages);
  }
}

class CountingStore extends InMemoryEventStore {
  reads = 0;

  override readStream(stream: string, fromRevision?: bigint) {
    this.reads += 1;
    return super.readStream(stream, fromRevision);
  }
}

async function logOf(...lives: readonly (keyof typeof LIVES)[]) {
  const store = new CountingStore();
  await writeLog(store, historyOf(lives));
  return { store, log: await store.readAll({ limit: 10_000 }) };
}

async function published(store: CountingStore, log: readonly RecordedEvent[], batchSize: number) {
  const bus = new HeardBus({ clock: new ManualClock() });
  const publisher = new Publisher(store, bus);
  for (let from = 0; from < log.length; from += batchSize)
    await publisher.handle(log.slice(from, from + batchSize));
  return bus.heard.map(({ key, headers, value }) => ({
    key,
    headers,
    value: new TextDecoder().decode(value),
  }));
}

function statusOf({ value }: { readonly value: string }) {
  const read = readPublicEvent(new TextEncoder().encode(value));
  if (!read.ok) throw new Error(read.reason);
  return `${read.event.name} ${read.event.data.status}`;
}

describe('Publisher', () => {
  it('tells of a life in the words and the order of the log', async () => {
    const { store, log } = await logOf('turned');
    assert.deepEqual((await published(store, log, 100)).map(statusOf), [
      'PayoutRequested requested',
      'PayoutSubmitted submitted',
      'PayoutStatusChanged succeeded',
      'PayoutReversed failed',
      'PayoutReversed succeeded',
    ]);
  });

  it('tells the same of every life, however the log is cut into batches', async () => {
    const { store, log } = await logOf(...Object.keys(LIVES));
    const whole = await published(store, log, log.length);
    assert.ok(whole.length > Object.keys(LIVES).length);
    for (const size of [1, 2, 3, 7, 20])
      assert.deepEqual(await published(store, log, size), whole, String(size));
  });

  it('reads no stream that begins in the batch, nor one of which it tells nothing', async () => {
    const { store, log } = await logOf('resent');
    await published(store, log, log.length);
    assert.equal(store.reads, 0);
    await published(store, log, 1);
    assert.equal(store.reads, 0, 'only the request is told of, and it is the first event');
  });

  it('stops at an event that it cannot read, told of or not', async () => {
    const { store, log } = await logOf('resent');
    for (const type of ['PayoutStarted', 'PayoutSubmissionUnknown']) {
      const at = log.findIndex((event) => event.type === 'PayoutSubmissionStarted');
      const changed = log.map((event, index) => (index === at ? { ...event, type } : event));
      await assert.rejects(published(store, changed, 1), UnreadableEventError);
    }
  });
});
