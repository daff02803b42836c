import { setTimeout as sleep } from 'node:timers/promises';
import { streamNameFilter, type AllStreamSubscription, type StreamSubscription } from '@eventstore/db-client';
import type { AnEvent, Asking, Question } from './asking.js';

interface Heard {
  /** What the subscription said, in order; of its events the first alone. */
  readonly said: string[];
  readonly ids: string[];
}

/** Listens while `feed` runs and for a while after it. */
async function listen(
  subscription: AllStreamSubscription | StreamSubscription,
  feed: () => Promise<void>,
  afterMs: number,
): Promise<Heard> {
  const said: string[] = [];
  const ids: string[] = [];
  subscription.on('confirmation', () => said.push('confirmed'));
  subscription.on('caughtUp', () => said.push('caught up'));
  subscription.on('fellBehind', () => said.push('fell behind'));
  subscription.on('end', () => said.push('ended'));
  subscription.on('error', (error: Error) => said.push(error.constructor.name));
  subscription.on('data', (resolved: { readonly event?: { readonly id: string } }) => {
    if (resolved.event === undefined) return;
    if (ids.length === 0) said.push('first event');
    ids.push(resolved.event.id);
  });
  await feed();
  await sleep(afterMs);
  await subscription.unsubscribe();
  await sleep(300);
  return { said, ids };
}

const compared = ({ said, ids }: Heard, events: readonly AnEvent[]): unknown => ({
  said,
  events: ids.join() === events.map(({ id }) => id).join() ? 'each once, in order' : ids.length,
});

const byPrefix = (asking: Asking, name: string) => streamNameFilter({ prefixes: [asking.stream(name)] });

/** The order of what a subscription says is part of the answer. */
export const SUBSCRIPTION_QUESTIONS: readonly Question[] = [
  {
    ask: 'old events of some streams, then new ones',
    of: async (asking) => {
      const old = asking.events(600);
      const fresh = asking.events(20);
      await asking.append('old0', old.slice(0, 300), 'no_stream');
      await asking.append('old1', old.slice(300), 'no_stream');
      const subscription = asking.client.subscribeToAll({
        fromPosition: 'start',
        filter: byPrefix(asking, 'old'),
      });
      const feed = async (): Promise<void> => {
        await sleep(2500);
        for (const event of fresh) await asking.append('old0', [event], 'any');
      };
      return compared(await listen(subscription, feed, 1000), [...old, ...fresh]);
    },
  },
  {
    ask: 'only new events, among those of others',
    of: async (asking) => {
      const events = asking.events(5);
      const subscription = asking.client.subscribeToAll({
        fromPosition: 'end',
        filter: byPrefix(asking, 'new'),
      });
      const feed = async (): Promise<void> => {
        await sleep(500);
        for (const [index, event] of events.entries()) {
          await asking.append(`beside${index}`, [asking.event()], 'no_stream');
          await asking.append(`new${index}`, [event], 'no_stream');
        }
      };
      return compared(await listen(subscription, feed, 800), events);
    },
  },
  {
    ask: 'checkpoints where no event matches',
    of: async (asking) => {
      let checkpoints = 0;
      const subscription = asking.client.subscribeToAll({
        fromPosition: 'start',
        filter: streamNameFilter({
          prefixes: [asking.stream('no-such')],
          maxSearchWindow: 32,
          checkpointInterval: 1,
          checkpointReached: async () => {
            checkpoints += 1;
          },
        }),
      });
      const { said } = await listen(subscription, async () => undefined, 2500);
      return { said, checkpoints: checkpoints > 0 ? 'some' : 'none' };
    },
  },
  {
    ask: 'a stream that is made later',
    of: async (asking) => {
      const subscription = asking.client.subscribeToStream(asking.stream('later'));
      const feed = async (): Promise<void> => {
        await sleep(800);
        await asking.append('later', [asking.event()], 'no_stream');
      };
      const { said, ids } = await listen(subscription, feed, 800);
      return { said, events: ids.length };
    },
  },
];
