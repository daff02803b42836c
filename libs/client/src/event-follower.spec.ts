import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printPublicEvent, PUBLIC_STATUSES, type PublicEventData } from '#messaging/contracts/events.v1';
import { printOwnMessage } from '#messaging/contracts/own-message';
import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import { InMemoryMessageLog } from '#messaging/in-memory/in-memory-message-log';
import { TOPICS } from '#messaging/topics';
import { SystemClock } from '#platform/time/system-clock';
import { eventually } from '#test/support/eventually';
import { isFinal, type LedgerEvent } from './event-follower.js';
import { LedgerClient } from './ledger-client.js';

const TIME = '2026-01-15T12:00:00.000Z';
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function data(revision: number): PublicEventData {
  return {
    payoutId: '0190a7de-7bb5-5c2f-8d3e-4b1f3a5c7d9e',
    accountId: 'acme',
    amount: '12.50',
    currency: 'USD',
    provider: 'goldenpay',
    status: 'requested',
    position: String(revision),
    revision: String(revision),
  };
}

const eventOf = (revision: number): Uint8Array =>
  printPublicEvent({ name: 'PayoutRequested', data: data(revision) }, { id: `e-${revision}`, time: TIME });

function world() {
  const clock = new SystemClock();
  const log = new InMemoryMessageLog(clock);
  const bus = new InMemoryMessageBus({ clock, log });
  const client = new LedgerClient({ bus, caller: 'shop' });
  const publish = (...values: Uint8Array[]): Promise<void> =>
    bus.publish(
      TOPICS.events,
      values.map((value) => ({ key: 'acme', headers: { traceparent: TRACE }, value })),
    );
  return { log, bus, client, publish };
}

describe('LedgerClient.followEvents', () => {
  it('gives each event with its id, time and trace, in order', async (t) => {
    const { bus, client, publish } = world();
    t.after(() => bus.close());
    const heard: LedgerEvent[] = [];
    await publish(eventOf(0), eventOf(1));
    await client.followEvents({ group: 'g', onEvent: async (event) => void heard.push(event) });
    await eventually(() => heard.length === 2);
    assert.deepEqual(
      heard,
      [0, 1].map((revision) => ({
        id: `e-${revision}`,
        time: TIME,
        name: 'PayoutRequested',
        data: data(revision),
        traceparent: TRACE,
      })),
    );
  });

  it('goes on where the group was, and another group begins at the start', async (t) => {
    const { bus, client, publish } = world();
    t.after(() => bus.close());
    const heard: string[] = [];
    const onEvent = async ({ id }: LedgerEvent): Promise<void> => void heard.push(id);
    await publish(eventOf(0));
    const first = await client.followEvents({ group: 'g', onEvent });
    await eventually(() => heard.length === 1);
    await first.stop();
    await publish(eventOf(1));
    const second = await client.followEvents({ group: 'g', onEvent });
    await eventually(() => heard.length === 2);
    await second.stop();
    await client.followEvents({ group: 'other', onEvent });
    await eventually(() => heard.length === 4);
    assert.deepEqual(heard, ['e-0', 'e-1', 'e-0', 'e-1']);
  });

  it("doesn't share a group with another caller", async (t) => {
    const { bus, client, publish } = world();
    t.after(() => bus.close());
    const heard: string[] = [];
    await publish(eventOf(0));
    for (const follower of [client, new LedgerClient({ bus, caller: 'payroll' })]) {
      await follower.followEvents({ group: 'g', onEvent: async ({ id }) => void heard.push(id) });
    }
    await eventually(() => heard.length === 2);
    assert.deepEqual(heard, ['e-0', 'e-0']);
  });

  it('gives an event again whose handler failed, before the later ones of its account', async (t) => {
    const { bus, client, publish } = world();
    t.after(() => bus.close());
    const heard: string[] = [];
    await publish(eventOf(0), eventOf(1));
    await client.followEvents({
      group: 'g',
      onEvent: async ({ id }) => {
        heard.push(id);
        if (heard.length === 1) throw new Error('the database is away');
      },
    });
    await eventually(() => heard.length === 3);
    assert.deepEqual(heard, ['e-0', 'e-0', 'e-1']);
  });

  it('passes over types that it does not know', async (t) => {
    const { bus, client, publish } = world();
    t.after(() => bus.close());
    const heard: string[] = [];
    const later = ['payout.event.PayoutRequested.v2', 'payout.event.PayoutSplit.v1'].map((type) =>
      printOwnMessage(type, { id: 'x', time: TIME }, { anything: 1 }),
    );
    await publish(...later, eventOf(7));
    await client.followEvents({ group: 'g', onEvent: async ({ id }) => void heard.push(id) });
    await eventually(() => heard.length > 0);
    assert.deepEqual(heard, ['e-7']);
  });

  it('waits at an event that it cannot read, or passes over it where it is told to', async (t) => {
    const { bus, client, publish } = world();
    t.after(() => bus.close());
    const heard: string[] = [];
    const onEvent = async ({ id }: LedgerEvent): Promise<void> => void heard.push(id);
    await publish(new TextEncoder().encode('{'), eventOf(1));
    const reasons: string[] = [];
    const waiting = await client.followEvents({
      group: 'g',
      onEvent,
      onUnreadable: (reason) => {
        reasons.push(reason);
        return 'wait';
      },
    });
    await eventually(() => reasons.length >= 2);
    await waiting.stop();
    assert.deepEqual(heard, []);
    assert.match(reasons[0] ?? '', /^malformed-json: /);
    await client.followEvents({ group: 'g', onEvent, onUnreadable: () => 'skip' });
    await eventually(() => heard.length === 1);
    assert.deepEqual(heard, ['e-1']);
  });

  it('knows which states are final', () => {
    assert.deepEqual(PUBLIC_STATUSES.filter(isFinal), ['succeeded', 'failed', 'rejected', 'cancelled']);
  });
});
