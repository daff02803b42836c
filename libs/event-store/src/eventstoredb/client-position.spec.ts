import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { comparePositions, logPosition } from '#domain/log-position';
import { fromClient, toClient } from './client-position.js';

describe("the server's positions", () => {
  it('are kept with commit and prepare, and come back as they were', () => {
    for (const position of [
      { commit: 0n, prepare: 0n },
      { commit: 4711n, prepare: 4711n },
      { commit: 4711n, prepare: 4000n },
      { commit: 2n ** 63n - 1n, prepare: 1n },
    ]) {
      const text = fromClient(position);
      assert.ok(text !== undefined);
      assert.deepEqual(toClient(text), position);
    }
    assert.equal(fromClient({ commit: 5n, prepare: 5n }), '5');
    assert.equal(fromClient({ commit: 5n, prepare: 3n }), '5/3');
    assert.ok(comparePositions(logPosition('5/3'), logPosition('5/4')) < 0);
  });

  it('that are none: absent, or -1 as the wire has it', () => {
    assert.equal(fromClient(undefined), undefined);
    assert.equal(fromClient({ commit: 2n ** 64n - 1n, prepare: 2n ** 64n - 1n }), undefined);
  });

  it('behind everything that a server holds are not asked for', () => {
    assert.equal(toClient(logPosition('9999999999999999999')), undefined);
  });
});
