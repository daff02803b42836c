import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCommandLine } from './command-line.js';

const PAYOUT = '00000000-0000-5000-8000-000000000001';

describe('the command line of the audit', () => {
  it('reads each question with its defaults', () => {
    const settings = { place: { kind: 'folder', dataFolder: './data' }, json: false };
    assert.deepEqual(readCommandLine(['timeline', PAYOUT]), {
      question: { kind: 'timeline', payoutId: PAYOUT },
      ...settings,
    });
    assert.deepEqual(readCommandLine(['balance', 'acme']), {
      question: { kind: 'balance', accountId: 'acme', asOf: undefined },
      ...settings,
    });
    assert.deepEqual(readCommandLine(['replay']), { question: { kind: 'replay' }, ...settings });
    assert.deepEqual(readCommandLine(['--help']), { question: { kind: 'help' }, ...settings });
  });

  it('reads options before and after the question', () => {
    assert.deepEqual(readCommandLine(['--json', 'balance', 'acme', '--as-of', '12', '--data', '/tmp/x']), {
      question: { kind: 'balance', accountId: 'acme', asOf: { kind: 'position', position: '12' } },
      place: { kind: 'folder', dataFolder: '/tmp/x' },
      json: true,
    });
  });

  it('reads a ledger on servers where EVENTSTORE_URL names one and no folder is given', () => {
    const env = { EVENTSTORE_URL: 'esdb://log:2113', PAYOUT_DATA_FOLDER: '/tmp/y' };
    const placeOf = (args: readonly string[], given: Readonly<Record<string, string>>) =>
      readCommandLine(['replay', ...args], given).place;
    assert.deepEqual(placeOf([], env), { kind: 'servers', env });
    const file = { EVENTSTORE_URL_FILE: '/run/secrets/log' };
    assert.deepEqual(placeOf([], file), { kind: 'servers', env: file });
    assert.deepEqual(placeOf(['--data', '/tmp/x'], env), { kind: 'folder', dataFolder: '/tmp/x' });
    assert.deepEqual(placeOf([], { ...env, EVENTSTORE_URL: ' ' }), { kind: 'folder', dataFolder: '/tmp/y' });
  });

  it('refuses a wrong call and says what is wrong', () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /nothing was asked/],
      [['delete'], /no command "delete"/],
      [['timeline'], /one payout id/],
      [['timeline', PAYOUT, PAYOUT], /one payout id/],
      [['timeline', 'P-1'], /not a payout id/],
      [['balance', 'no such name'], /not an account id/],
      [['balance', 'acme', '--as-of', 'yesterday'], /"yesterday" is no moment: write an RFC 3339 time/],
      [['replay', 'acme'], /no operand/],
      [['replay', '--as-of', '12'], /--as-of belongs to balance/],
      [['replay', '--fast'], /--fast/],
    ];
    for (const [args, message] of wrong) {
      assert.throws(() => readCommandLine(args), { name: 'UsageError', message }, args.join(' '));
      assert.throws(() => readCommandLine(args), /audit --help shows how it is called/);
    }
  });
});
