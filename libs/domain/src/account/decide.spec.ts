import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { closed, instruct, instructed, open, opened } from '#test/support/account-fixtures';
import { deepFreeze } from '#test/support/given';
import { commandIdOf, contentOf, usd, USD } from '#test/support/payout-fixtures';
import { currencyCode } from '../money/currency.js';
import { decideInstruction, decideOpen, type AccountRefusal } from './decide.js';
import { foldAccount, NO_ACCOUNT } from './state.js';

const EUR = currencyCode('EUR');
const refused = (reason: AccountRefusal) => ({ events: [], answer: { outcome: 'refused', reason } });
const ACCEPTED_BEFORE = { events: [], answer: { outcome: 'accepted' } };

describe('OpenAccount', () => {
  it('opens the account once', () => {
    assert.deepEqual(decideOpen(NO_ACCOUNT, open({ name: 'ACME' })), {
      events: [opened({ name: 'ACME' })],
      answer: { outcome: 'accepted' },
    });
  });

  const state = deepFreeze(foldAccount([opened()]));

  it('again is answered as before, also when the account is closed by now', () => {
    assert.deepEqual(decideOpen(state, open()), ACCEPTED_BEFORE);
    assert.deepEqual(decideOpen(foldAccount([opened(), closed(1)]), open()), ACCEPTED_BEFORE);
  });

  it('with the same id and other content is refused by name', () => {
    assert.deepEqual(
      decideOpen(state, open({ currency: EUR, fingerprint: contentOf('open in EUR') })),
      refused('command-id-reused'),
    );
  });

  it('by another command or another caller is refused: the account exists', () => {
    assert.deepEqual(
      decideOpen(state, open({ commandId: commandIdOf('open-2') })),
      refused('account-exists'),
    );
    assert.deepEqual(decideOpen(state, open({ caller: 'somebody' })), refused('account-exists'));
  });
});

describe('an order about an account', () => {
  const account = { currency: USD };
  const euros = { kind: 'deposit', amount: { minor: 1n, currency: EUR } } as const;

  it('is taken down; the ledger process carries it out', () => {
    for (const instruction of [
      { kind: 'deposit', amount: usd('500.00') },
      { kind: 'correction', amount: usd('-1.00'), reason: 'bank fee' },
      { kind: 'close' },
    ] as const) {
      assert.deepEqual(decideInstruction(undefined, account, instruct({ instruction })), {
        events: [instructed(instruction)],
        answer: { outcome: 'accepted' },
      });
    }
  });

  it('again is answered as before, whatever became of the account', () => {
    const given = instructed({ kind: 'close' });
    assert.deepEqual(decideInstruction(given, 'unknown', instruct()), ACCEPTED_BEFORE);
  });

  it('is refused in the documented order: each row has one thing less wrong', () => {
    const given = instructed({ kind: 'close' });
    const other = contentOf('other');
    const command = instruct({ instruction: euros, fingerprint: other });
    const seen = [
      decideInstruction(given, 'unknown', command),
      decideInstruction(undefined, 'unknown', command),
      decideInstruction(undefined, account, command),
    ];
    assert.deepEqual(seen, [
      refused('command-id-reused'),
      refused('unknown-account'),
      refused('account-currency-differs'),
    ]);
    assert.equal(decideInstruction(undefined, account, instruct({ fingerprint: other })).events.length, 1);
  });
});
