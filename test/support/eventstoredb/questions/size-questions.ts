import { randomUUID } from 'node:crypto';
import { jsonEvent } from '@eventstore/db-client';
import { attempt, type Question } from './asking.js';

const KIBIBYTE = 1024;

const ofSize = (kibibytes: number): Question => ({
  ask: `an event of ${kibibytes} KiB`,
  of: (asking) => asking.append(`kib${kibibytes}`, [asking.event(1, kibibytes * KIBIBYTE)], 'no_stream'),
});

const ofCount = (count: number, bytes: number): Question => ({
  ask: `${count} events of ${bytes} B in one append`,
  of: (asking) => asking.append(`many${count}`, asking.events(count, bytes), 'no_stream'),
});

/** Sizes, ids and names. What would end the client's process by the batch append is asked by the single one. */
export const SIZE_QUESTIONS: readonly Question[] = [
  ...[256, 1000, 1025, 5000].map(ofSize),
  ofCount(1100, 900),
  ofCount(4000, 900),
  {
    ask: 'an append of nothing',
    of: async (asking) => ({
      answer: await asking.append('nothing', [], 'no_stream'),
      read: await attempt(asking.read('nothing')),
    }),
  },
  {
    ask: 'an id that is not a UUID',
    of: (asking) => asking.appendTo(asking.stream('bad-id'), asking.event(1, 0, 'thirteen'), true),
  },
  {
    ask: 'an id in capitals',
    of: async (asking) => {
      const id = randomUUID().toUpperCase();
      await asking.appendTo(asking.stream('capitals'), asking.event(1, 0, id));
      const [read] = await asking.read('capitals');
      return read?.event?.id === id.toLowerCase() ? 'comes back in small letters' : read?.event?.id;
    },
  },
  {
    ask: 'a type without letters',
    of: (asking) => asking.appendTo(asking.stream('no-type'), jsonEvent({ type: '', data: {} }), true),
  },
  { ask: 'a stream without a name', of: (asking) => asking.appendTo('', asking.event(), true) },
  {
    ask: 'a name of blanks and marks',
    of: (asking) => asking.appendTo(asking.stream(' /\'"'), asking.event()),
  },
  {
    ask: 'text of many alphabets, and a number too large for JSON as text',
    of: async (asking) => {
      const data = { ключ: '值😀', n: '9007199254740993' };
      await asking.appendTo(asking.stream('alphabets'), jsonEvent({ type: 'Ü-型', data }));
      const [read] = await asking.read('alphabets');
      return { type: read?.event?.type, data: read?.event?.data };
    },
  },
];
