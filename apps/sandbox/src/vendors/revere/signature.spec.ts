import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authorized } from './signature.js';

describe('Revere authorization', () => {
  it('is the raw key and nothing around it', () => {
    assert.equal(authorized('key', 'key'), true);
    assert.equal(authorized('Bearer key', 'key'), false);
    assert.equal(authorized(null, 'key'), false);
  });
});
