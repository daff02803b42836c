import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currencyCode } from '#domain/money/currency';
import type { Beneficiary } from '#domain/provider/beneficiary';
import { printCommand, readCommand, type WireCommand } from '#messaging/contracts/commands.v1';
import { commandId } from '#domain/ids';
import { SystemIds } from '#platform/ids/system-ids';
import { KeyedHash } from '#platform/vault/keyed-hash';
import { MasterKey } from '#platform/vault/master-key';
import { CommandTranslation, InvalidFieldError } from './command-translation.js';

const key = MasterKey.parse(MasterKey.generate(new SystemIds()));
const translate = new CommandTranslation(new KeyedHash(key));
const USD = currencyCode('USD');

type Request = Extract<WireCommand, { type: 'RequestPayout' }>;

const BANK: Beneficiary = {
  kind: 'bank-account',
  holderName: 'NGUYEN XUAN HUNG',
  accountNumber: '2333667799212341',
  bankCode: '970412',
};
const REQUEST: Request = {
  type: 'RequestPayout',
  commandId: commandId('pay-1'),
  caller: 'payroll',
  data: { accountId: 'acc', amount: '1.00', currency: 'USD', provider: 'goldenpay', beneficiary: BANK },
};
const fingerprintOf = (command: WireCommand): string => translate.originOf(command).fingerprint;
const withData = (data: Partial<Request['data']>): Request => ({
  ...REQUEST,
  data: { ...REQUEST.data, ...data },
});

/** The same object with its fields the other way round, at every depth. */
function turned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, part]) => [name, turned(part)]),
  );
}

describe('the fingerprint of a command', () => {
  it('does not depend on the order of fields, at any depth, nor on the way through JSON', () => {
    const other = turned(REQUEST) as Request;
    assert.notEqual(JSON.stringify(other), JSON.stringify(REQUEST));
    assert.equal(fingerprintOf(other), fingerprintOf(REQUEST));
    const read = readCommand(printCommand(other));
    assert.ok(read.ok);
    assert.equal(fingerprintOf(read.command), fingerprintOf(REQUEST));
  });

  it('does not depend on the time that the caller wrote, nor on a field that is left out', () => {
    assert.equal(fingerprintOf({ ...REQUEST, time: '2026-01-01T00:00:00Z' }), fingerprintOf(REQUEST));
    const absent = { ...REQUEST.data, description: undefined } as unknown as Request['data'];
    assert.equal(fingerprintOf({ ...REQUEST, data: absent }), fingerprintOf(REQUEST));
  });

  it('differs with any content, with the caller and with the type', () => {
    const others: readonly WireCommand[] = [
      REQUEST,
      withData({ amount: '1.01' }),
      // The same amount in other words is other content: what was sent is compared, not what it means.
      withData({ amount: '1' }),
      withData({ currency: 'EUR' }),
      withData({ accountId: 'acc2' }),
      withData({ provider: 'cashy' }),
      withData({ description: 'x' }),
      withData({ payeeId: 'x' }),
      withData({ beneficiary: { ...BANK, accountNumber: '2333667799212342' } }),
      withData({ beneficiary: { ...BANK, holderName: 'NGUYEN XUAN HUNH' } }),
      { ...REQUEST, caller: 'payrol1' },
      { type: 'CloseAccount', commandId: REQUEST.commandId, caller: 'payroll', data: { accountId: 'acc' } },
    ];
    assert.equal(new Set(others.map(fingerprintOf)).size, others.length);
  });

  it('is keyed: without the key nobody can try out contents', () => {
    const stranger = new CommandTranslation(
      new KeyedHash(MasterKey.parse(MasterKey.generate(new SystemIds()))),
    );
    assert.notEqual(stranger.originOf(REQUEST).fingerprint, fingerprintOf(REQUEST));
  });
});

describe('ids that follow from a command', () => {
  it('a payout and an instruction follow from caller and command id alone, and are told apart', () => {
    const origin = translate.originOf(REQUEST);
    const again = translate.originOf(withData({ amount: '2.00' }));
    assert.equal(translate.payoutIdFor(again), translate.payoutIdFor(origin));
    assert.notEqual(translate.payoutIdFor(origin), translate.instructionIdFor(origin));
    const otherCaller = translate.originOf({ ...REQUEST, caller: 'payrol1' });
    const otherId = translate.originOf({ ...REQUEST, commandId: commandId('pay-2') });
    const ids = [origin, otherCaller, otherId].map((one) => translate.payoutIdFor(one));
    assert.equal(new Set(ids).size, 3);
  });
});

describe('whose data it is', () => {
  it("is the caller's own id, where there is one", () => {
    assert.equal(translate.payeeId('employee-17', BANK), 'employee-17');
  });

  it('else follows from what identifies the beneficiary, and from nothing else', () => {
    const derived = translate.payeeId(undefined, BANK);
    assert.match(derived, /^[0-9a-f]{40}$/);
    assert.equal(
      translate.payeeId(undefined, { ...BANK, holderName: 'N. X. HUNG', branch: 'Hanoi' }),
      derived,
    );
    const people: readonly Beneficiary[] = [
      BANK,
      { ...BANK, accountNumber: '2333667799212342' },
      { ...BANK, bankCode: '970413' },
      { kind: 'phone-wallet', holderName: 'A', phone: '3101234567' },
      { kind: 'phone-wallet', holderName: 'A', phone: '3101234567', operatorCode: '1551' },
      { kind: 'phone-wallet', holderName: 'A', phone: '3101234568' },
      { kind: 'crypto-wallet', address: 'TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE' },
      { kind: 'stored-method', methodId: 'TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE' },
    ];
    assert.equal(new Set(people.map((one) => translate.payeeId(undefined, one))).size, people.length);
  });

  it('is keyed: the id of an account number can not be worked out', () => {
    const stranger = new CommandTranslation(
      new KeyedHash(MasterKey.parse(MasterKey.generate(new SystemIds()))),
    );
    assert.notEqual(stranger.payeeId(undefined, BANK), translate.payeeId(undefined, BANK));
  });
});

describe('amounts', () => {
  const invalid = (read: () => unknown, field: string): void => {
    assert.throws(read, (error: unknown) => error instanceof InvalidFieldError && error.field === field);
  };

  it('of orders are above zero, and exact', () => {
    assert.deepEqual(translate.amount('12.5', USD), { minor: 1250n, currency: USD });
    for (const text of ['0', '-1', '1e3', '１', '1.001', ''])
      invalid(() => translate.amount(text, USD), 'data.amount');
  });

  it('of corrections may have one sign', () => {
    assert.deepEqual(translate.signedAmount('-12.5', USD), { minor: -1250n, currency: USD });
    assert.deepEqual(translate.signedAmount('12.5', USD), { minor: 1250n, currency: USD });
    for (const text of ['--1', '-', '-0', '+1', '0', '-1e3'])
      invalid(() => translate.signedAmount(text, USD), 'data.amount');
  });

  it('of fees may be zero, and no less', () => {
    assert.deepEqual(translate.amountOrZero('fee', '0', USD), { minor: 0n, currency: USD });
    invalid(() => translate.amountOrZero('fee', '-1', USD), 'data.fee');
    invalid(() => translate.amountOrZero('paid', 'x', USD), 'data.paid');
  });
});
