import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { providerOrderId } from '#domain/ids';
import { orderOf } from '#test/support/provider-doubles';
import { createRequest, queryRequest } from './request.js';
import { checkRevereSettings } from './settings.js';

const config = checkRevereSettings({
  groupId: 'g-1',
  linkedAccountId: 'la-1',
  walletKey: 'revere-wallet-key-1',
  reportingKey: 'revere-report-key-1',
  callbackToken: 'revere-callback-path-token-0123456789',
});

describe('Revere requests', () => {
  it('has the three fields of the page, in whole cents, with the bare wallet key', () => {
    const beneficiary = { kind: 'stored-method', methodId: '23fe345e-3e5f-4c32-8220-50b96a0fd1e0' } as const;
    const request = createRequest(config, { ...orderOf('1000.00', 'USD', beneficiary), beneficiary });
    assert.deepEqual(request, {
      method: 'POST',
      url: 'https://api.reverepayments.dev/api/v1/groups/g-1/revere_pay/la-1/wallet/payout',
      headers: { 'content-type': 'application/json', authorization: 'revere-wallet-key-1' },
      body: '{"payment_method_id":"23fe345e-3e5f-4c32-8220-50b96a0fd1e0","amount":100000,"currency":"USD"}',
    });
  });

  it('looks up in the report with the reporting key', () => {
    const request = queryRequest(config, providerOrderId('a2b88fc2'));
    assert.equal(request.headers['authorization'], 'revere-report-key-1');
    assert.equal(
      decodeURIComponent(request.url),
      'https://api.reverepayments.dev/api/v1/groups/g-1/revere_pay/la-1/transactions/reporting?type=table&transaction_id[]=a2b88fc2',
    );
  });
});
