import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAsOf } from './as-of.js';

describe('a moment as text', () => {
  it('is a position when it looks like one', () => {
    for (const position of ['0', '1234', '99/98'])
      assert.deepEqual(readAsOf(position), { kind: 'position', position });
  });

  it('is an RFC 3339 time with its offset', () => {
    const time = Date.UTC(2026, 7, 1, 12);
    for (const text of [
      '2026-08-01T12:00:00Z',
      '2026-08-01T12:00:00.000z',
      '2026-08-01t19:00:00+07:00',
      '2026-08-01T07:00:00-05:00',
    ])
      assert.deepEqual(readAsOf(text), { kind: 'time', time }, text);
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'yesterday',
      '-1',
      '007',
      '2026-08-01',
      '2026-08-01T12:00:00',
      '2026-02-30T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-08-01T25:00:00Z',
      '１２',
    ])
      assert.equal(readAsOf(text), undefined, text);
  });
});
