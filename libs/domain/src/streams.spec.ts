import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as streams from './streams.js';

describe('the names of streams', () => {
  it('begin with one of the prefixes by which ours are told from others', () => {
    const { STREAM_PREFIXES, SENDING_STREAM, ...named } = streams;
    const names = [
      SENDING_STREAM,
      ...Object.values(named).map((name) =>
        (name as (...parts: readonly string[]) => string)('3f0c6f4e-8a3f-4a57-9a53-0d6a35d0c111', 'abc'),
      ),
    ];
    assert.equal(names.length, STREAM_PREFIXES.length);
    for (const name of names) {
      assert.equal(STREAM_PREFIXES.filter((prefix) => name.startsWith(prefix)).length, 1, name);
    }
  });
});
