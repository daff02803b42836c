import { setTimeout as sleep } from 'node:timers/promises';
import {
  excludeSystemEvents,
  streamNameFilter,
  type AllStreamSubscription,
  type Position,
  type StreamSubscription,
} from '@eventstore/db-client';
import { all, attempt, type AnEvent, type Asking, type Question } from './asking.js';

interface Resolved {
  readonly event?: { readonly id: string };
}

/** Which of these events were given, by their place among them. */
const places = (given: readonly Resolved[], events: readonly AnEvent[]): number[] =>
  given.map(({ event }) => events.findIndex(({ id }) => id === event?.id));

async function placesHeard(
  subscription: AllStreamSubscription | StreamSubscription,
  events: readonly AnEvent[],
): Promise<number[]> {
  const heard: Resolved[] = [];
  subscription.on('data', (resolved: Resolved) => {
    if (resolved.event !== undefined) heard.push(resolved);
  });
  await sleep(1000);
  await subscription.unsubscribe();
  return places(heard, events);
}

async function whereReadsStart(asking: Asking): Promise<unknown> {
  const { client } = asking;
  const events = asking.events(4);
  await asking.append('start', events, 'no_stream');
  const stream = asking.stream('start');
  const second = (await asking.read('start'))[1]?.event;
  const fromPosition = second?.position ?? 'start';
  const backwards = { direction: 'backwards' } as const;
  return {
    stream: places(await asking.read('start', 1n), events),
    'stream backwards': places(
      await all(client.readStream(stream, { ...backwards, fromRevision: 1n })),
      events,
    ),
    all: places(await all(client.readAll({ fromPosition, maxCount: 3 })), events),
    'all backwards': places(await all(client.readAll({ ...backwards, fromPosition, maxCount: 1 })), events),
    'stream subscription': await placesHeard(client.subscribeToStream(stream, { fromRevision: 1n }), events),
    'all subscription': await placesHeard(
      client.subscribeToAll({ fromPosition, filter: streamNameFilter({ prefixes: [stream] }) }),
      events,
    ),
  };
}

async function readInPages(asking: Asking): Promise<string> {
  const wanted: string[] = [];
  const first = await asking.client.appendToStream(asking.stream('page0'), asking.events(1));
  for (let page = 1; page <= 5; page += 1) {
    const events = asking.events(100);
    wanted.push(...events.map(({ id }) => id));
    await asking.append(`page${page}`, events, 'no_stream');
  }
  const given: string[] = [];
  let last: Position | undefined = first.position;
  while (last !== undefined) {
    const { commit } = last;
    const page = await all(asking.client.readAll({ fromPosition: last, maxCount: 100 }));
    const after = page.flatMap(({ event }) =>
      event?.position !== undefined && event.position.commit > commit ? [event] : [],
    );
    given.push(...after.map(({ id }) => id));
    last = after.at(-1)?.position;
  }
  // A server's own events may have come in between.
  const ours = given.filter((id) => wanted.includes(id));
  return ours.join() === wanted.join() ? 'each once, in order' : `${ours.length} of ${wanted.length}`;
}

export const READ_QUESTIONS: readonly Question[] = [
  { ask: 'a stream that is missing', of: (asking) => asking.read('absent') },
  { ask: 'after the end of a stream', of: (asking) => asking.read('two', 50n) },
  { ask: 'everything that is told of an event', of: (asking) => asking.read('two') },
  {
    ask: 'the last event of a stream',
    of: async (asking) => {
      const options = { direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const;
      const [last] = await all(asking.client.readStream(asking.stream('two'), options));
      return {
        revision: last?.event?.revision,
        position: last?.event?.position,
        commitPosition: last?.commitPosition,
      };
    },
  },
  { ask: 'whether the place that is named comes along', of: whereReadsStart },
  {
    ask: 'a filter is ignored when all is read',
    of: async (asking) => {
      const options = { maxCount: 2, filter: excludeSystemEvents() };
      const read = await all(asking.client.readAll(options));
      return read.some(({ event }) => event?.type.startsWith('$')) ? 'system events come' : 'none come';
    },
  },
  { ask: 'all, in pages of 100 from the last position', of: readInPages },
];

export const DELETE_QUESTIONS: readonly Question[] = [
  {
    ask: 'delete a stream, and append to it again',
    of: async (asking) => {
      await asking.append('deleted', asking.events(2), 'no_stream');
      await asking.client.deleteStream(asking.stream('deleted'), { expectedRevision: 1n });
      const read = await attempt(asking.read('deleted'));
      const again = await asking.append('deleted', [asking.event()], 'no_stream');
      const after = await asking.read('deleted');
      return { read, again, after: after.map(({ event }) => event?.revision) };
    },
  },
  {
    ask: 'a tombstone',
    of: async (asking) => {
      await asking.append('buried', [asking.event()], 'no_stream');
      await asking.client.tombstoneStream(asking.stream('buried'), { expectedRevision: 0n });
      return {
        append: await attempt(asking.append('buried', [asking.event()], 'no_stream')),
        read: await attempt(asking.read('buried')),
      };
    },
  },
  {
    ask: 'metadata, before and after one event is to be kept',
    of: async (asking) => {
      const { client } = asking;
      await asking.append('kept', asking.events(3), 'no_stream');
      const before = await client.getStreamMetadata(asking.stream('kept'));
      await client.setStreamMetadata(asking.stream('kept'), { maxCount: 1 });
      const { metadata } = await client.getStreamMetadata(asking.stream('kept'));
      const seen = await asking.read('kept');
      return { before, after: metadata, seen: seen.map(({ event }) => event?.revision) };
    },
  },
];
