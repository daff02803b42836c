import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { UnreadableEventError, type JsonObject } from './fields.js';
import { CURRENT_VERSIONS, EVENT_TYPES, isEventType, versionOf } from './stored-event.js';
import { upcast, UPCASTERS, type Upcaster } from './upcasters.js';

/** Version 2 splits a name, version 3 renames a part of it. */
const split: Upcaster = (data) => {
  const [first = '', last = ''] = (data['name'] as string).split(' ');
  return { first, last };
};
const rename: Upcaster = ({ first = '', last = '' }) => ({ given: first, last });
const CHAIN = { PersonNamed: [split, rename] };

describe('upcast', () => {
  const first: JsonObject = Object.freeze({ name: 'Ada Lovelace' });

  it('raises old data step by step', () => {
    assert.deepEqual(upcast('PersonNamed', 1, 2, first, CHAIN), { first: 'Ada', last: 'Lovelace' });
    assert.deepEqual(upcast('PersonNamed', 1, 3, first, CHAIN), { given: 'Ada', last: 'Lovelace' });
    assert.deepEqual(upcast('PersonNamed', 2, 3, { first: 'A', last: 'L' }, CHAIN), {
      given: 'A',
      last: 'L',
    });
  });

  it('leaves the present version as it is', () => {
    assert.equal(upcast('PersonNamed', 3, 3, first, CHAIN), first);
    assert.equal(upcast('Anything', 1, 1, first, {}), first);
  });

  it('stops at a version that nobody wrote, and at a gap in the chain', () => {
    for (const from of [0, -1, 4, 1.5, NaN, Infinity]) {
      assert.throws(() => upcast('PersonNamed', from, 3, first, CHAIN), UnreadableEventError);
    }
    assert.throws(() => upcast('PersonNamed', 1, 4, first, CHAIN), /nothing raises version 3 to 4/);
    assert.throws(() => upcast('PersonForgotten', 1, 2, first, CHAIN), /nothing raises version 1 to 2/);
  });
});

describe('the upcasters of today', () => {
  it('reach from version 1 to the present version of each type, and there are no others', () => {
    for (const type of EVENT_TYPES) assert.equal(UPCASTERS[type]?.length ?? 0, versionOf(type) - 1, type);
    for (const type of [...Object.keys(UPCASTERS), ...Object.keys(CURRENT_VERSIONS)])
      assert.ok(isEventType(type));
  });
});
