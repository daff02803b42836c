import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SystemIds } from '../ids/system-ids.js';
import { SealBrokenError, WrongKeyError } from './errors.js';
import { IntakeSealer } from './intake-sealer.js';
import { MasterKey } from './master-key.js';

const ids = new SystemIds();
const CANARY = 'CANARY-000123456789';

function newSealer(): IntakeSealer {
  return new IntakeSealer(MasterKey.parse(MasterKey.generate(ids)), ids);
}

function failureOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(CANARY));
    return error;
  }
  return assert.fail('it was opened');
}

describe('the intake sealer', () => {
  it('gives back the very bytes, and never the same sealed bytes twice', () => {
    const sealer = newSealer();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plain) => {
        const sealed = sealer.seal(plain);
        assert.deepEqual(Buffer.from(sealer.open(sealed)), Buffer.from(plain));
        assert.notDeepEqual(sealer.seal(plain), sealed);
      }),
    );
  });

  it('notices a change of any bit, and any cut', () => {
    const sealer = newSealer();
    const sealed = sealer.seal(Buffer.from(CANARY));
    assert.ok(!Buffer.from(sealed).includes(CANARY));
    for (let at = 0; at < sealed.length * 8; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
      const error = failureOf(() => sealer.open(changed));
      const inKeyId = at >= 8 && at < 40;
      assert.ok(inKeyId ? error instanceof WrongKeyError : error instanceof SealBrokenError, `bit ${at}`);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      assert.ok(failureOf(() => sealer.open(sealed.subarray(0, length))) instanceof SealBrokenError);
    }
    assert.ok(failureOf(() => sealer.open(Buffer.concat([sealed, Buffer.of(0)]))) instanceof SealBrokenError);
  });

  it('recognises another master key', () => {
    const sealed = newSealer().seal(Buffer.from(CANARY));
    assert.ok(failureOf(() => newSealer().open(sealed)) instanceof WrongKeyError);
  });

  it('opens what the first version sealed', () => {
    const sealer = new IntakeSealer(MasterKey.parse('n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg='), ids);
    assert.equal(Buffer.from(sealer.open(Buffer.from(FIRST, 'base64'))).toString(), 'a command as it came');
  });
});

/** Made by the first version of this code: messages that were held must stay readable. */
const FIRST = 'Ad9K78zshvQtUcMEuPxJ0Z9y1pNBoqBsoJdrfAGfyLcQ6uqvwcbC9W0g4VWrBeiGt+NcKs7bU2haR4ofqEiEgb7jTg/H';
