import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_MESSAGE_BYTES } from '../message-bus.js';
import { parkedMessage } from '../consumer/parked-message.js';
import { committedOnly, outgoingRecord, parkedOriginal, readRecord, recordBytes } from './record.js';
import type { WireMessage } from './wire.js';

function wire(over: Partial<WireMessage> = {}): WireMessage {
  return { offset: '7', timestamp: '1700000000000', key: Buffer.from('k'), value: Buffer.from('v'), ...over };
}

describe('a record of Kafka', () => {
  it('becomes a message whose bytes are its own', () => {
    const value = Buffer.from('value');
    const { message, flaw } = readRecord('t', 3, wire({ value, headers: { 'x-ភ': Buffer.from('ភាសា') } }));
    value.fill(0);
    assert.deepEqual(message, {
      topic: 't',
      partition: 3,
      offset: 7n,
      publishedAt: 1_700_000_000_000,
      key: 'k',
      headers: { 'x-ភ': 'ភាសា' },
      value: Uint8Array.from(Buffer.from('value')),
    });
    assert.equal(flaw, undefined);
  });

  it('without a key has the empty one', () => {
    const { message, flaw } = readRecord('t', 0, wire({ key: null }));
    assert.deepEqual([message.key, flaw], ['', undefined]);
  });

  it('keeps a header named like a property of every object', () => {
    const headers = Object.fromEntries([['__proto__', Buffer.from('x')]]);
    const { message } = readRecord('t', 0, wire({ headers }));
    assert.deepEqual(Object.entries(message.headers), [['__proto__', 'x']]);
    assert.deepEqual(Object.keys(outgoingRecord(message).headers), ['__proto__']);
  });

  const bad = Buffer.from([0xc3, 0x28]);
  const flawed: readonly (readonly [string, Partial<WireMessage>, RegExp])[] = [
    ['no value', { value: null }, /no value/],
    ['a key that is no text', { key: bad }, /key is not UTF-8/],
    ['a header that is no text', { headers: { h: bad } }, /"h" is not UTF-8/],
    ['a repeated header', { headers: { h: [Buffer.from('1'), Buffer.from('2')] } }, /"h" more than once/],
    ['too many bytes', { value: Buffer.alloc(MAX_MESSAGE_BYTES) }, /1048577 bytes is over the limit/],
  ];
  for (const [what, over, reason] of flawed) {
    it(`with ${what} is parked as it was`, () => {
      const original = wire(over);
      const { message, flaw } = readRecord('t', 0, original);
      assert.match(flaw?.reason ?? '', reason);
      const parked = parkedOriginal(
        parkedMessage(message, 'g', flaw?.reason ?? ''),
        flaw?.original ?? never(),
      );
      assert.deepEqual([parked.key, parked.value], [original.key, original.value]);
      assert.deepEqual(parked.headers['original-h'], original.headers?.['h']);
      assert.equal(String(parked.headers['parked-by-group']), 'g');
      assert.equal(String(parked.headers['parked-from-offset']), '7');
    });
  }

  it('of exactly the limit is handed out', () => {
    const value = Buffer.alloc(MAX_MESSAGE_BYTES - 1);
    assert.equal(readRecord('t', 0, wire({ value })).flaw, undefined);
  });

  it('can be written again when a header has no value', () => {
    const { flaw } = readRecord('t', 0, wire({ value: null, headers: { h: null } }));
    assert.deepEqual(flaw?.original.headers, { h: Buffer.alloc(0) });
    assert.equal(recordBytes(flaw.original), 2);
  });
});

describe('transactions', () => {
  const of = (offset: number, producerId: string, over: Partial<WireMessage> = {}): WireMessage =>
    wire({ offset: String(offset), batchContext: { producerId, inTransaction: true }, ...over });
  const end = (offset: number, producerId: string): WireMessage =>
    of(offset, producerId, { isControlRecord: true });

  it('that were taken back are left out, and their marks, and nothing else', () => {
    const messages = [of(0, 'a'), of(1, 'b'), of(2, 'a'), end(3, 'a'), of(4, 'a'), end(5, 'b'), end(6, 'a')];
    const plain = wire({ offset: '7', batchContext: { producerId: 'a', inTransaction: false } });
    const left = committedOnly([...messages, plain], [{ producerId: 'a', firstOffset: '0' }]);
    assert.deepEqual(
      left.map(({ offset }) => offset),
      ['1', '4', '7'],
    );
  });

  it('that began before the first message of an answer are known by their first offset', () => {
    const left = committedOnly([of(5, 'a'), end(6, 'a')], [{ producerId: 'a', firstOffset: '2' }]);
    assert.deepEqual(left, []);
  });

  it('that went well leave only their marks out', () => {
    assert.equal(committedOnly([of(0, 'a'), end(1, 'a')], []).length, 1);
  });
});

function never(): never {
  throw new Error('there is no flaw');
}
