import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#platform/config/read-config';
import { checkListener, DEFAULT_QUERY_SETTINGS } from '../query-settings.js';
import { CALLERS_SETTING, readCallers } from './callers-setting.js';

describe('the settings of the HTTP API', () => {
  it('have defaults that fit this machine alone', () => {
    assert.deepEqual(readConfig({ callers: CALLERS_SETTING }, {}), { callers: [] });
    checkListener(DEFAULT_QUERY_SETTINGS);
  });

  it('read callers, one a line or separated by spaces; a token may hold a colon', () => {
    assert.deepEqual(readCallers(' shop:abcdefgh12345678\npayroll:12345678:abcdefgh '), [
      { subject: 'shop', token: 'abcdefgh12345678' },
      { subject: 'payroll', token: '12345678:abcdefgh' },
    ]);
  });

  it('refuse callers that are none, without quoting a token', () => {
    for (const value of [
      'shop',
      'shop:short',
      ':abcdefgh12345678',
      'a:abcdefgh12345678 b:abcdefgh12345678',
    ]) {
      assert.throws(
        () => readConfig({ callers: CALLERS_SETTING }, { PAYOUT_CALLERS: value }),
        (error) =>
          error instanceof Error &&
          /PAYOUT_CALLERS/.test(error.message) &&
          !error.message.includes('abcdefgh'),
        value,
      );
    }
  });

  it('let nobody from outside in without asking who they are', () => {
    for (const host of ['127.0.0.1', '::1', 'localhost']) checkListener({ ...DEFAULT_QUERY_SETTINGS, host });
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.evil.org']) {
      assert.throws(
        () => checkListener({ ...DEFAULT_QUERY_SETTINGS, host }),
        { name: 'InsecureListenerError' },
        host,
      );
    }
  });
});
