import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import * as account from '#test/support/account-fixtures';
import { HISTORIES, requested, started, submitted } from '#test/support/payout-fixtures';
import { UnreadableEventError, type Json, type JsonObject } from './fields.js';
import {
  decodeEvent,
  encodeEvent,
  EVENT_TYPES,
  isAccountEvent,
  isEventType,
  isInstructionEvent,
  isPayoutEvent,
  versionOf,
  type DomainEvent,
} from './stored-event.js';

const { type, data } = encodeEvent(requested());

function unreadable(stored: { type: string; data: JsonObject }, version: number, why: RegExp): void {
  assert.throws(
    () => decodeEvent(stored, version),
    (error) => {
      assert.ok(error instanceof UnreadableEventError, String(error));
      assert.match(error.message, why);
      return true;
    },
  );
}

const changed = (over: Record<string, Json | undefined>): JsonObject =>
  JSON.parse(JSON.stringify({ ...data, ...over })) as JsonObject;

describe('decodeEvent stops, it never skips or guesses', () => {
  it('at an unknown type', () => {
    for (const unknown of [
      'PayoutForgotten',
      'payoutRequested',
      '',
      'toString',
      '__proto__',
      'constructor',
    ]) {
      unreadable({ type: unknown, data }, 1, /unknown event type/);
      assert.equal(isEventType(unknown), false);
    }
  });

  it('at a version that nobody ever wrote', () => {
    for (const version of [0, -1, 2, 99, 1.5, NaN]) {
      unreadable({ type, data }, version, /version .* is unknown, this program reads 1 to 1/);
    }
  });

  it('at a field that this version doesn’t know', () => {
    unreadable({ type, data: changed({ colour: 'blue' }) }, 1, /PayoutRequested\.colour: a field that/);
    const polluted = JSON.parse(`{"__proto__":{"x":1},${JSON.stringify(data).slice(1)}`) as JsonObject;
    unreadable({ type, data: polluted }, 1, /__proto__: a field that/);
  });

  for (const name of Object.keys(data)) {
    it(`at a missing ${name}, or one that is null`, () => {
      unreadable({ type, data: changed({ [name]: undefined }) }, 1, new RegExp(`PayoutRequested\\.${name}`));
      unreadable({ type, data: changed({ [name]: null }) }, 1, new RegExp(`PayoutRequested\\.${name}`));
    });
  }

  const MONEY: readonly (readonly [string, Json])[] = [
    ['an exponent that isn’t the table’s', { minor: '100', exponent: 3, currency: 'USD' }],
    ['an unknown currency', { minor: '100', exponent: 2, currency: 'XXX' }],
    ['minor units in a number', { minor: 100, exponent: 2, currency: 'USD' }],
    ['minor units with a point', { minor: '1.00', exponent: 2, currency: 'USD' }],
    ['minor units with an exponent', { minor: '1e3', exponent: 2, currency: 'USD' }],
    ['minus nothing', { minor: '-0', exponent: 2, currency: 'USD' }],
    ['leading zeros', { minor: '007', exponent: 2, currency: 'USD' }],
    ['no minor units', { exponent: 2, currency: 'USD' }],
    ['a field more', { minor: '100', exponent: 2, currency: 'USD', cents: 1 }],
    ['decimal text', '1.00'],
    ['a list', []],
  ];
  for (const [what, amount] of MONEY) {
    it(`at money with ${what}`, () => {
      unreadable({ type, data: changed({ amount }) }, 1, /PayoutRequested\.amount/);
    });
  }

  it('at anything of the wrong kind', () => {
    const WRONG: readonly (readonly [string, Json])[] = [
      ['payoutId', 'not-a-uuid'],
      ['payoutId', 7],
      ['provider', 'paypal'],
      ['requestedAt', '2026-01-15'],
      ['requestedAt', '2026-01-15T12:00:00Z'],
      ['requestedAt', '2026-13-15T12:00:00.000Z'],
      ['requestedAt', '2026-01-15T13:00:00.000+01:00'],
      ['requestedAt', 1768478400000],
      ['fingerprint', 'xyz'],
      ['caller', ['payroll']],
      ['payee', 'payee-1'],
      ['payee', { payeeId: 'payee-1', kind: 'cash', sealed: '' }],
    ];
    for (const [name, value] of WRONG) {
      unreadable({ type, data: changed({ [name]: value }) }, 1, new RegExp(`PayoutRequested\\.${name}`));
    }
    const instruction = encodeEvent(account.instructed({ kind: 'close' }));
    for (const kind of ['open', 'constructor', 'toString', 7, null]) {
      unreadable(
        { type: instruction.type, data: { ...instruction.data, instruction: { kind } } },
        1,
        /AccountInstructionGiven\.instruction/,
      );
    }
    const sent = encodeEvent(submitted());
    unreadable({ type: sent.type, data: { ...sent.data, recognised: 'yes' } }, 1, /recognised/);
    for (const attempt of [-1, 1.5, '1', 2 ** 53]) {
      unreadable({ type: sent.type, data: { ...sent.data, attempt } }, 1, /attempt/);
    }
    const intent = encodeEvent(started());
    for (const revision of ['', '-1', '01', 'x']) {
      const funds = { ...(intent.data['funds'] as JsonObject), revision };
      unreadable({ type: intent.type, data: { ...intent.data, funds } }, 1, /funds\.revision/);
    }
  });

  it('names where it is wrong, and never what was there', () => {
    const secret = { payeeId: 'payee-1', kind: 'cash', sealed: 'IBAN DE00 1234' };
    assert.throws(
      () => decodeEvent({ type, data: changed({ payee: secret }) }, 1),
      (error) => error instanceof Error && !error.message.includes('IBAN'),
    );
  });
});

describe('encodeEvent', () => {
  it('never writes what nobody could read', () => {
    const broken: readonly DomainEvent[] = [
      requested({ payoutId: 'x' as never }),
      requested({ caller: undefined }),
      requested({ provider: 'paypal' as never }),
      submitted({ attempt: -1 }),
      submitted({ attempt: NaN }),
      submitted({ evidence: 'ab' as never }),
    ];
    for (const event of broken) assert.throws(() => encodeEvent(event), UnreadableEventError, event.type);
    assert.throws(() => encodeEvent(requested({ requestedAt: NaN })), RangeError);
  });

  it('writes plain JSON, in the order of the shape, with what is absent left out', () => {
    const { data: sent } = encodeEvent(submitted({ evidence: undefined }));
    assert.deepEqual(sent, JSON.parse(JSON.stringify(sent)));
    assert.deepEqual(Object.keys(sent), ['payoutId', 'attempt', 'rawStatus', 'recognised', 'source']);
  });
});

describe('the event types', () => {
  it('are each in one family, with a version', () => {
    const families = [HISTORIES.submitted, [account.opened()], [account.instructed({ kind: 'close' })]];
    const tests = [isPayoutEvent, isAccountEvent, isInstructionEvent];
    families.forEach((events, family) => {
      for (const event of events as readonly DomainEvent[]) {
        assert.deepEqual(
          tests.map((is) => is(event)),
          tests.map((_, i) => i === family),
        );
      }
    });
    assert.equal(new Set(EVENT_TYPES).size, 37);
    for (const each of EVENT_TYPES) assert.ok(versionOf(each) >= 1);
  });
});
