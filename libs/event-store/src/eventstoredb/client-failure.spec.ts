import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { NoAnswerError } from './answer-within.js';
import { clientFailure, type ClientFailure } from './client-failure.js';

const withCode = (code: number): Error => Object.assign(new Error('14 UNAVAILABLE'), { code });

describe("the client's errors", () => {
  const cases: readonly (readonly [string, unknown, ClientFailure])[] = [
    [
      'a conflict',
      new WrongExpectedVersionError(undefined, { streamName: 'a', current: 3n, expected: 1n }),
      { kind: 'conflict', actual: 3n },
    ],
    [
      'too large an append',
      MaxAppendSizeExceededError.fromMaxAppendSize(1_048_576),
      { kind: 'too-large', limit: 1_048_576 },
    ],
    [
      'a refusal in the answer of one append, without a code',
      new AccessDeniedError(),
      { kind: 'access-denied' },
    ],
    ['a refusal by code 7', withCode(7), { kind: 'access-denied' }],
    ['a refusal by code 16', withCode(16), { kind: 'access-denied' }],
    ['a tombstone', StreamDeletedError.fromStreamName('a'), { kind: 'stream-deleted' }],
    ['a bare Error with code 14', withCode(14), { kind: 'unknown', code: 14 }],
    ['a bare Error without one', new Error('Failed to discover'), { kind: 'unknown', code: undefined }],
    ['our own time limit', new NoAnswerError('x'), { kind: 'unknown', code: undefined }],
    ['what is no error', 'text', { kind: 'unknown', code: undefined }],
  ];
  for (const [title, error, expected] of cases) {
    it(`${title}: ${expected.kind}`, () => assert.deepEqual(clientFailure(error), expected));
  }
});
