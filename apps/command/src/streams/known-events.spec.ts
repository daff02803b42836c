import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordedEvent } from '#event-store/event-store';
import { logPosition } from '#domain/log-position';
import { knownPart } from './known-events.js';

const event = (type: string, position: string): RecordedEvent => ({
  id: `00000000-0000-4000-8000-00000000000${position}`,
  type,
  stream: 'payout-1',
  revision: BigInt(position),
  position: logPosition(position),
  data: {},
  metadata: {},
});

describe('the known part of a batch', () => {
  const paused = event('SendingPaused', '1');
  const submitted = event('PayoutSubmitted', '3');

  it('is all of it where every type is known', () => {
    assert.deepEqual(knownPart([paused, submitted]), { known: [paused, submitted], refusal: undefined });
  });

  it('ends before the first type that is not, which is named with the remedy', () => {
    const { known, refusal } = knownPart([paused, event('MadeUpLater', '2'), submitted]);
    assert.deepEqual(known, [paused]);
    assert.match(
      refusal?.message ?? '',
      /unknown event type "MadeUpLater" at 2: start a program that knows it/,
    );
  });

  it('is nothing where the first is unknown', () => {
    assert.deepEqual(knownPart([event('toString', '1'), paused]).known, []);
  });
});
