import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  EventStoreDBClient,
  jsonEvent,
  TimeoutError,
  UnavailableError,
  type AllStreamSubscription,
  type JSONEventData,
} from '@eventstore/db-client';
import { eventually } from '#test/support/eventually';
import type { ServerVersion } from '#test/support/eventstoredb/services/server-context';
import { EventStoreDbStandIn } from '#test/support/eventstoredb/stand-in';

const events = (count: number): JSONEventData[] =>
  Array.from({ length: count }, () =>
    jsonEvent({ id: randomUUID(), type: 'Probe', data: { pad: 'x'.repeat(500) } }),
  );

interface Following {
  readonly subscription: AllStreamSubscription;
  seen: number;
  caughtUp: number;
  error: Error | undefined;
}

function follow(client: EventStoreDBClient): Following {
  const subscription = client.subscribeToAll({ fromPosition: 'start' });
  const following: Following = { subscription, seen: 0, caughtUp: 0, error: undefined };
  subscription.on('data', () => (following.seen += 1));
  subscription.on('caughtUp', () => (following.caughtUp += 1));
  subscription.on('error', (error: Error) => (following.error = error));
  return following;
}

const VERSIONS: readonly ServerVersion[] = ['23.10.6', '24.2.0'];

for (const version of VERSIONS) {
  describe(`live subscriptions of the stand-in for EventStoreDB ${version}`, () => {
    let standIn: EventStoreDbStandIn;
    let client: EventStoreDBClient;

    before(async () => {
      standIn = await EventStoreDbStandIn.start({ version });
      client = EventStoreDBClient.connectionString(standIn.url);
    });
    after(async () => {
      await client.dispose();
      await standIn.stop();
    });
    afterEach(() => standIn.faults.disarm());

    it('take an append of 100 events', async () => {
      const following = follow(client);
      await eventually(() => following.caughtUp === 1);
      const before = following.seen;
      await client.appendToStream(randomUUID(), events(100));
      await eventually(() => following.seen === before + 100);
      assert.equal(following.error, undefined);
      await following.subscription.unsubscribe();
    });

    it(version === '23.10.6' ? 'are dropped by a burst' : 'fall back in a burst, and catch up', async () => {
      const following = follow(client);
      await eventually(() => following.caughtUp === 1);
      const before = following.seen;
      await client.appendToStream(randomUUID(), events(1000));
      if (version === '23.10.6') {
        await eventually(() => following.error !== undefined);
        assert.ok(following.error instanceof TimeoutError);
        assert.equal(following.error.code, 10);
        assert.match(following.error.message, /Consumer too slow to handle event while live/);
      } else {
        await eventually(() => following.seen === before + 1000 && following.caughtUp === 2);
        assert.equal(following.error, undefined);
        await following.subscription.unsubscribe();
      }
    });

    it('are dropped when a fault says so, at the next event', async () => {
      const following = follow(client);
      await eventually(() => following.caughtUp === 1);
      standIn.faults.arm({ call: 'subscription', answer: 'too-slow', times: 1 });
      await client.appendToStream(randomUUID(), events(1));
      await eventually(() => following.error !== undefined);
      assert.ok(following.error instanceof TimeoutError);
    });

    it('are cut after so many events, old ones too', async () => {
      await client.appendToStream(randomUUID(), events(20));
      standIn.faults.arm({ call: 'subscription', answer: 'cut', afterEvents: 10, times: 1 });
      const following = follow(client);
      await eventually(() => following.error !== undefined);
      assert.ok(following.error instanceof UnavailableError);
      assert.ok(following.seen <= 10);
    });

    it('are left by a stop of the consumer', async () => {
      const following = follow(client);
      await eventually(() => following.caughtUp === 1);
      await following.subscription.unsubscribe();
      await client.appendToStream(randomUUID(), events(1));
      assert.equal(following.error, undefined);
    });
  });
}
