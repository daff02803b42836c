import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sameHexDigest, sameText } from './constant-time.js';

describe('sameText', () => {
  it('compares texts of any length without throwing', () => {
    assert.equal(sameText('token', 'token'), true);
    for (const other of ['', 'toke', 'tokens', 'Token', 'tökeñ', 'tokeñ', '\0\0\0\0\0']) {
      assert.equal(sameText(other, 'token'), false);
    }
    // Five characters and five bytes are not the same thing.
    assert.equal(sameText('éé', 'abcd'), false);
  });
});

describe('sameHexDigest', () => {
  it('takes either case and nothing but hexadecimal digits', () => {
    assert.equal(sameHexDigest('ABCDEF01', 'abcdef01'), true);
    for (const other of ['', 'abcdef0', 'abcdef012', 'abcdef0g', ' abcdef01', 'abcdef02', 'ａbcdef01']) {
      assert.equal(sameHexDigest(other, 'abcdef01'), false);
    }
  });
});
