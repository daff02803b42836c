import { WrongExpectedVersionError } from '@eventstore/db-client';
import { all, attempt, type AnEvent, type Asking, type Question } from './asking.js';

/** The pair that the first questions are about, once per asking. */
const pairs = new WeakMap<Asking, AnEvent[]>();

function pairOf(asking: Asking): [AnEvent, AnEvent] {
  const pair = pairs.get(asking) ?? asking.events(2);
  pairs.set(asking, pair);
  const [first, second] = pair;
  if (first === undefined || second === undefined) throw new Error('a pair is two');
  return [first, second];
}

async function appendFiveThousand(asking: Asking, stream: string): Promise<void> {
  for (let batch = 0; batch < 10; batch += 1) await asking.append(stream, asking.events(500), 'any');
}

/** Appends at an exact revision, and what an id stands for. */
export const APPEND_QUESTIONS: readonly Question[] = [
  {
    ask: 'two events to a new stream',
    of: (asking) => asking.append('two', asking.events(2), 'no_stream'),
  },
  {
    ask: 'a pair to a new stream',
    of: (asking) => asking.append('pair', pairOf(asking), 'no_stream'),
  },
  {
    ask: 'the same pair again',
    of: (asking) => asking.append('pair', pairOf(asking), 'no_stream'),
  },
  {
    ask: 'the ids of the pair with other data: dropped',
    of: async (asking) => {
      const changed = pairOf(asking).map((event) => ({ ...event, data: { other: true } }));
      const answer = await asking.append('pair', changed, 'no_stream');
      const read = await asking.read('pair');
      return { answer, changed: read.map(({ event }) => Object.hasOwn(event?.data as object, 'other')) };
    },
  },
  {
    ask: 'only the first of the pair',
    of: (asking) => asking.append('pair', [pairOf(asking)[0]], 'no_stream'),
  },
  {
    ask: 'only the second of the pair, at its place',
    of: (asking) => asking.append('pair', [pairOf(asking)[1]], 0n),
  },
  {
    ask: 'the first of the pair and another event',
    of: (asking) => asking.append('pair', [pairOf(asking)[0], asking.event()], 'no_stream'),
  },
  {
    ask: 'the pair and another event',
    of: (asking) => asking.append('pair', [...pairOf(asking), asking.event()], 'no_stream'),
  },
  {
    ask: 'another event and the pair',
    of: (asking) => asking.append('pair', [asking.event(), ...pairOf(asking)], 'no_stream'),
  },
  {
    ask: 'the pair, its second event first',
    of: (asking) => asking.append('pair', pairOf(asking).toReversed(), 'no_stream'),
  },
  {
    ask: 'the pair where the next event belongs: a second time in the stream',
    of: async (asking) => ({
      answer: await asking.append('pair', pairOf(asking), 1n),
      events: await asking.count('pair'),
    }),
  },
  {
    ask: 'the pair to a stream of another name',
    of: (asking) => asking.append('other-pair', pairOf(asking), 'no_stream'),
  },
  {
    ask: 'one id from two clients at one moment',
    of: async (asking) => {
      const event = asking.event();
      await asking.append('same-id', [asking.event()], 'no_stream');
      const answers = await Promise.all([
        attempt(asking.append('same-id', [event], 0n)),
        attempt(asking.second.appendToStream(asking.stream('same-id'), [event], { expectedRevision: 0n })),
      ]);
      return { answers, events: await asking.count('same-id') };
    },
  },
  {
    ask: 'two ids from two clients at one moment',
    of: async (asking) => {
      await asking.append('rivals', [asking.event()], 'no_stream');
      const answers = await Promise.all([
        attempt(asking.append('rivals', [asking.event()], 0n)),
        attempt(
          asking.second.appendToStream(asking.stream('rivals'), [asking.event()], { expectedRevision: 0n }),
        ),
      ]);
      return {
        won: answers.filter((answer) => !(answer instanceof Error)).length,
        lost: answers.flatMap((answer) =>
          answer instanceof WrongExpectedVersionError
            ? [{ expected: answer.expectedVersion, actual: answer.actualVersion }]
            : [],
        ),
        events: await asking.count('rivals'),
      };
    },
  },
  {
    ask: 'the first id again, 5,000 events later',
    of: async (asking) => {
      const first = asking.event();
      await asking.append('long', [first], 'no_stream');
      await appendFiveThousand(asking, 'long');
      return {
        last: (await asking.read('long')).at(-1)?.event?.revision,
        again: await attempt(asking.append('long', [first], 'no_stream')),
        another: await attempt(asking.append('long', [asking.event()], 'no_stream')),
      };
    },
  },
  {
    ask: 'one id twice in one append',
    of: async (asking) => {
      const event = asking.event();
      const answer = await asking.append('twins', [event, event], 'no_stream');
      return { answer, events: await asking.count('twins') };
    },
  },
  {
    ask: 'without a condition: the same id at once again',
    of: async (asking) => {
      const events = asking.events(1);
      const first = await asking.append('any', events, 'any');
      return { first, again: await asking.append('any', events, 'any'), events: await asking.count('any') };
    },
  },
  {
    ask: 'without a condition: the same id, 5,000 events later',
    of: async (asking) => {
      const events = asking.events(1);
      await asking.append('any-long', events, 'any');
      await appendFiveThousand(asking, 'any-long');
      await asking.append('any-long', events, 'any');
      return (await all(asking.client.readStream(asking.stream('any-long')))).length;
    },
  },
];

/** Revisions that aren't there, by both appends. */
export const REVISION_QUESTIONS: readonly Question[] = [
  { ask: 'a stream that should be new is there', of: (a) => a.append('two', [a.event()], 'no_stream') },
  { ask: 'the stream has gone on', of: (a) => a.append('two', [a.event()], 0n) },
  { ask: 'the stream is not so far', of: (a) => a.append('two', [a.event()], 5n) },
  { ask: 'a revision of a stream that is missing', of: (a) => a.append('absent', [a.event()], 5n) },
  {
    ask: 'a stream that should be there is missing',
    of: (a) => a.append('absent', [a.event()], 'stream_exists'),
  },
  { ask: 'single append: the stream has gone on', of: (a) => a.appendSingly('two', [a.event()], 0n) },
  {
    ask: 'single append: a revision of a stream that is missing',
    of: (a) => a.appendSingly('absent', [a.event()], 5n),
  },
  {
    ask: 'by the single append, then again by the other',
    of: async (asking) => {
      const pair = asking.events(2);
      return [
        await asking.appendSingly('both-ways', pair, 'no_stream'),
        await asking.append('both-ways', pair, 'no_stream'),
      ];
    },
  },
  {
    ask: 'an option that asks for no error is not heeded',
    of: (asking) => {
      const options = { expectedRevision: 0n, throwOnAppendFailure: false };
      return asking.client.appendToStream(asking.stream('two'), [asking.event()], options);
    },
  },
  {
    ask: 'an append that only the leader may take',
    of: (asking) => {
      const options = { expectedRevision: 'no_stream', requiresLeader: true } as const;
      return asking.client.appendToStream(asking.stream('by-leader'), [asking.event()], options);
    },
  },
];
