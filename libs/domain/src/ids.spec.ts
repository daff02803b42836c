import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as ids from './ids.js';
import {
  accountStream,
  evidenceStream,
  instructionStream,
  payoutStream,
  referenceStream,
} from './streams.js';

const UUID = '5d0f3b1c-8a64-5a0e-9a3e-2f6c1d7b9e01';
const HASH = 'a'.repeat(64);

describe('ids', () => {
  const CASES: readonly (readonly [
    name: string,
    read: (text: string) => string,
    good: readonly string[],
    bad: readonly string[],
  ])[] = [
    ['payoutId', ids.payoutId, [UUID], [UUID.toUpperCase(), UUID.slice(1), `${UUID}\n`, `{${UUID}}`, '']],
    ['instructionId', ids.instructionId, [UUID], ['x', '']],
    [
      'accountId',
      ids.accountId,
      ['a', 'acme-usd', 'A.b_c:d-9', 'a'.repeat(64)],
      ['', '-a', '.a', 'a b', 'a/b', 'ä', 'a'.repeat(65), 'a\n'],
    ],
    ['payeeId', ids.payeeId, ['payee-1'], ['', 'a b', '../x']],
    [
      'commandId',
      ids.commandId,
      ['!', '~', 'a'.repeat(128), '{"x":1}'],
      ['', ' ', 'a b', 'a\tb', 'é', 'a'.repeat(129), 'a\n'],
    ],
    ['fingerprint', ids.fingerprint, [HASH], [HASH.toUpperCase(), HASH.slice(1), `${HASH}a`, '']],
    ['evidenceHash', ids.evidenceHash, [HASH], ['g'.repeat(64)]],
    [
      'providerReference',
      ids.providerReference,
      [`p${'0'.repeat(27)}`],
      [`P${'0'.repeat(27)}`, `q${'0'.repeat(27)}`, `p${'0'.repeat(26)}`, ''],
    ],
    [
      'providerOrderId',
      ids.providerOrderId,
      ['1', 'ORD 1', 'a'.repeat(128)],
      ['', 'a\n', 'é', 'a'.repeat(129)],
    ],
  ];
  for (const [name, read, good, bad] of CASES) {
    it(`${name} takes its own form only`, () => {
      for (const text of good) assert.equal(read(text), text);
      for (const text of bad) assert.throws(() => read(text), RangeError, JSON.stringify(text));
    });
  }

  it('quotes no more than the start of a text that it refuses', () => {
    assert.throws(
      () => ids.commandId('é'.repeat(100_000)),
      (error) => error instanceof RangeError && error.message.length < 300,
    );
  });

  const uuid = (namespace: string, name: string): string => {
    const hex = createHash('sha256').update(`${namespace}|${name}`).digest('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
      '-',
    );
  };

  it('one caller and command id make one payout, and others make others', () => {
    const of = (caller: string, command: string) => ids.payoutIdOf(uuid, caller, ids.commandId(command));
    assert.equal(of('payroll', 'c1'), of('payroll', 'c1'));
    assert.equal(
      new Set([of('payroll', 'c1'), of('payroll', 'c2'), of('other', 'c1'), of('payrol', 'lc1')]).size,
      4,
    );
    assert.notEqual(of('a\nb', 'c'), of('a', 'b'));
    assert.notEqual(of('payroll', 'c1'), ids.instructionIdOf(uuid, 'payroll', ids.commandId('c1')));
  });

  it('streams are named after what they are about', () => {
    assert.deepEqual(
      [
        payoutStream(ids.payoutId(UUID)),
        accountStream(ids.accountId('acme-usd')),
        instructionStream(ids.instructionId(UUID)),
        evidenceStream(ids.evidenceHash(HASH)),
        referenceStream('dvpay', HASH),
      ],
      [
        `payout-${UUID}`,
        'account-acme-usd',
        `instruction-${UUID}`,
        `evidence-${HASH}`,
        `reference-dvpay-${HASH}`,
      ],
    );
  });
});
