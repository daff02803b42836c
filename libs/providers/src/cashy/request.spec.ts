import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { providerOrderId } from '#domain/ids';
import type { BankAccount, WalletAccount } from '#domain/provider/beneficiary';
import { CountingIds, FixedClock, orderOf, REFERENCE, SilentHttp } from '#test/support/provider-doubles';
import { CashyProvider } from './provider.js';
import { createRequest, queryRequest, type CashyBeneficiary } from './request.js';
import { checkCashySettings } from './settings.js';

const settings = {
  baseUrl: 'https://cashy.example.com',
  merchantId: '1002001',
  apiKey: 'test-merchant-api-key',
  callbackUrl: 'https://xxxxxx.com/notify',
};
const config = checkCashySettings(settings);
const document = { type: 'national-id', number: '43912345' } as const;
const account: BankAccount = {
  kind: 'bank-account',
  holderName: 'Jeson',
  accountNumber: '646180000000000007',
  bankCode: '1007',
  accountType: 'checking',
  document,
};
const wallet: WalletAccount = {
  kind: 'phone-wallet',
  holderName: 'Jeson',
  phone: '+573023612345',
  operatorCode: '2209',
  document: { type: 'tax-id', number: '900123456' },
};
const bodyOf = (beneficiary: CashyBeneficiary, bankId: number, description = 'remark'): string => {
  const order = { ...orderOf('50000', 'COP', beneficiary, { description }), beneficiary };
  return createRequest(config, order, bankId, beneficiary.document ?? document, '123456789').body ?? '';
};

describe('Cashy requests', () => {
  it('has the fields of the page, the amount as a number with two decimals', () => {
    assert.equal(
      bodyOf(account, 20),
      '{"accountName":"Jeson","accountNo":"646180000000000007","accountType":0,"currency":"COP","amount":50000.00,' +
        `"bankId":20,"mchOrderNo":"${REFERENCE}","notifyUrl":"https://xxxxxx.com/notify","nonceStr":"123456789",` +
        '"idType":"1","idCard":"43912345","remark":"remark"}',
    );
  });

  it('pays an e-wallet by its national number as a savings account', () => {
    const body = JSON.parse(bodyOf(wallet, 33)) as Record<string, unknown>;
    assert.equal(body['accountNo'], '3023612345');
    assert.equal(body['accountType'], 1);
    assert.equal(body['bankId'], 33);
    assert.equal(body['idType'], '4');
  });

  it('cuts the remark at the 32 characters of the page, and never leaves it empty', () => {
    assert.match(bodyOf(account, 20, 'x'.repeat(40)), /"remark":"x{32}"/);
    assert.match(bodyOf(account, 20, `${'x'.repeat(31)}😀`), /"remark":"x{31}"/);
    assert.match(bodyOf(account, 20, ''), new RegExp(`"remark":"${REFERENCE}"`));
  });

  it('looks up by both numbers, signed over the exact bytes', () => {
    const currency = orderOf('1', 'COP', account).amount.currency;
    const query = { reference: REFERENCE, currency };
    assert.equal(queryRequest(config, query, 'n1').body, `{"mchOrderNo":"${REFERENCE}","nonceStr":"n1"}`);
    const request = queryRequest(config, { ...query, orderId: providerOrderId('PAYOUT8551') }, 'n1');
    assert.equal(request.body, `{"mchOrderNo":"${REFERENCE}","nonceStr":"n1","orderNo":"PAYOUT8551"}`);
    assert.deepEqual(request.headers, {
      'content-type': 'application/json',
      merchantid: '1002001',
      sign: createHash('md5').update(`${request.body}test-merchant-api-key`).digest('hex').toUpperCase(),
    });
  });

  it('names what the page would refuse', () => {
    const provider = new CashyProvider(settings, {
      http: new SilentHttp(),
      clock: new FixedClock(),
      ids: new CountingIds(),
    });
    const fieldsOf = (beneficiary: CashyBeneficiary): readonly string[] =>
      provider
        .problems(orderOf('50000', 'COP', beneficiary))
        .map(({ field }) => field.replace('beneficiary.', ''));
    assert.deepEqual(fieldsOf(account), []);
    assert.deepEqual(fieldsOf(wallet), []);
    const { accountType: _type, ...untyped } = account;
    assert.deepEqual(fieldsOf(untyped), ['accountType']);
    const { document: _document, ...undocumented } = account;
    assert.deepEqual(fieldsOf(undocumented), ['document']);
    assert.deepEqual(fieldsOf({ ...account, bankCode: '20' }), ['bankCode']);
    assert.deepEqual(fieldsOf({ ...account, bankCode: '2209' }), ['accountType']);
    assert.deepEqual(fieldsOf({ ...account, holderName: 'x'.repeat(33) }), ['holderName']);
    assert.deepEqual(fieldsOf({ ...account, accountNumber: '' }), ['accountNumber']);
    assert.deepEqual(fieldsOf({ ...wallet, operatorCode: '1007' }), ['operatorCode']);
    assert.deepEqual(fieldsOf({ ...wallet, phone: '3023612345' }), ['phone']);
    assert.deepEqual(
      provider.problems(orderOf('9999.99', 'COP', account)).map(({ field }) => field),
      ['amount'],
    );
    assert.deepEqual(
      provider.problems(orderOf('5000000.01', 'COP', account)).map(({ field }) => field),
      ['amount'],
    );
    assert.deepEqual(provider.problems(orderOf('10000', 'COP', account)), []);
    assert.deepEqual(provider.problems(orderOf('5000000', 'COP', account)), []);
  });
});
