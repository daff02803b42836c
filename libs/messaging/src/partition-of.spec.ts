import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { partitionOf } from './partition-of.js';

describe('partitionOf', () => {
  // FNV-1a, 32 bits, from the authors' test vectors: '' 811c9dc5, 'a' e40c292c, 'foobar' bf9cf968.
  const vectors: [string, number][] = [
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ];
  for (const [key, hash] of vectors) {
    it(`hashes ${JSON.stringify(key)} as FNV-1a does`, () => {
      assert.equal(partitionOf(key, 1_021), hash % 1_021);
      assert.equal(partitionOf(key, 8), hash % 8);
    });
  }

  it('hashes the UTF-8 bytes of a key', () => {
    assert.notEqual(partitionOf('é', 1_021), partitionOf('e', 1_021));
    assert.equal(partitionOf('é', 1_021), partitionOf(Buffer.from([0xc3, 0xa9]).toString('utf8'), 1_021));
  });
});
