import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryLogger } from '#test/support/memory-logger';
import { KafkaState } from './kafka-state.js';

describe('the state of Kafka', () => {
  it('is told once for each change, however many parts notice it', () => {
    const logger = new MemoryLogger();
    const state = new KafkaState(logger, 'kafka:9092');
    assert.deepEqual(state.status(), { ready: false, detail: 'waits for an answer of Kafka at kafka:9092' });
    state.set('a', undefined);
    assert.deepEqual(logger.entries, []);
    state.connected();
    state.connected();
    for (const part of ['a', 'b', 'a']) state.set(part, 'away');
    state.set('a', undefined);
    assert.deepEqual(state.status(), { ready: false, detail: 'away' });
    state.set('c', 'full');
    state.set('b', undefined);
    state.set('c', undefined);
    assert.equal(state.status().ready, true);
    assert.deepEqual(
      logger.entries.map(({ level, fields }) => [level, fields['detail']].join(': ')),
      [
        'info: Kafka at kafka:9092',
        'warn: away',
        'warn: away; full',
        'warn: full',
        'info: Kafka at kafka:9092',
      ],
    );
  });
});
