import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantTimeEqual, KeyedHash } from './keyed-hash.js';
import { HASH_PURPOSES, MasterKey } from './master-key.js';

const hash = new KeyedHash(MasterKey.parse('n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg='));
const other = new KeyedHash(MasterKey.parse('LCa0a2j/xo/5m0U8HTBBNEBzjFO8lyAVYX6rVbnQ3Lk='));

describe('keyed hashes', () => {
  it('are the same for the same data, for ever', () => {
    assert.equal(hash.hex('payee-id', 'សុខ'), hash.hex('payee-id', Buffer.from('សុខ')));
    assert.equal(hash.hex('payee-id', '000123456'), GOLDEN);
  });

  it('differ by purpose, by data and by master key', () => {
    const all = HASH_PURPOSES.flatMap((purpose) =>
      ['', '000123456', '000123457'].flatMap((text) => [hash.hex(purpose, text), other.hex(purpose, text)]),
    );
    assert.equal(new Set(all).size, HASH_PURPOSES.length * 6);
    for (const hex of all) assert.match(hex, /^[0-9a-f]{64}$/);
  });

  it('refuse text that has no bytes of its own', () => {
    assert.throws(() => hash.hex('command-fingerprint', 'a\udc00'), TypeError);
  });

  it('are compared at any length without an exception', () => {
    const right = hash.hex('evidence-hash', 'x');
    for (let length = 0; length <= 200; length += 1) {
      const given = right.repeat(4).slice(0, length);
      assert.equal(constantTimeEqual(given, right), length === 64);
    }
    assert.equal(constantTimeEqual('é'.repeat(32), right), false);
    assert.equal(
      constantTimeEqual(
        right.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
        right,
      ),
      false,
    );
    assert.equal(constantTimeEqual(Buffer.from(right), right), true);
    assert.equal(constantTimeEqual('', ''), true);
  });
});

const GOLDEN = '01c59da88087742a6bea307b137bfb0b4570c87bf371c55a53d98ca5fb6a410a';
