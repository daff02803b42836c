import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMMON_PROBLEMS, problemsOf } from './problem-details.js';

describe('problem details', () => {
  const problem = problemsOf({ ...COMMON_PROBLEMS, 'id-reused': { status: 422, title: 'The id is taken' } });

  it('have the members of RFC 9457, a code, and only what was given', () => {
    assert.deepEqual(problem('id-reused', 'choose another id'), {
      type: '/problems/id-reused',
      title: 'The id is taken',
      status: 422,
      detail: 'choose another id',
      code: 'id-reused',
    });
  });

  it('name the fields', () => {
    const errors = [{ field: 'amount', message: 'is zero' }];
    assert.deepEqual(problem('invalid-request', 'see errors', { instance: '/v1/x', errors }), {
      type: '/problems/invalid-request',
      title: 'The request is not valid',
      status: 400,
      detail: 'see errors',
      code: 'invalid-request',
      instance: '/v1/x',
      errors,
    });
  });

  it('have codes that fit in an address, and statuses of errors', () => {
    for (const [code, { status }] of Object.entries(COMMON_PROBLEMS)) {
      assert.match(code, /^[a-z]+(-[a-z]+)*$/);
      assert.ok(status >= 400 && status < 600);
    }
  });
});
