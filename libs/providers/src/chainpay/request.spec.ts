import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { currencyCode } from '#domain/money/currency';
import { orderOf, REFERENCE } from '#test/support/provider-doubles';
import { ProviderSettingsError } from '../provider-settings-error.js';
import { chainpayCard } from './card.js';
import { createRequest, queryRequest } from './request.js';
import { checkChainpaySettings, type ChainpayCurrency } from './settings.js';

const pair = generateKeyPairSync('rsa', { modulusLength: 1024 });
const tron: ChainpayCurrency = { currency: 'USDT.TRC20', currencyId: 'P575', payChannel: 'settlement' };
const check = (currencies: readonly ChainpayCurrency[]) =>
  checkChainpaySettings({
    appId: 'app-1',
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    platformPublicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    currencies,
  });
const config = check([tron]);
const entry = config.currencies.get(currencyCode('USDT.TRC20')) ?? assert.fail();

describe('ChainPay requests', () => {
  const beneficiary = { kind: 'crypto-wallet', address: 'TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE' } as const;
  const bodyOf = (description: string): Record<string, unknown> => {
    const order = { ...orderOf('12.500000', 'USDT.TRC20', beneficiary, { description }), beneficiary };
    return JSON.parse(createRequest(config, order, entry).body ?? '') as Record<string, unknown>;
  };

  it('has the fields of the page and a signature over the sorted text', () => {
    const { sign, ...rest } = bodyOf('payout transaction');
    assert.deepEqual(rest, {
      amount: '12.5',
      currency: 'USDT',
      outTradeNo: REFERENCE,
      payChannel: 'settlement',
      currencyId: 'P575',
      receiver: beneficiary.address,
      extra: { description: 'payout transaction' },
    });
    const text =
      `amount=12.5&currency=USDT&currencyId=P575&extra={"description":"payout transaction"}` +
      `&outTradeNo=${REFERENCE}&payChannel=settlement&receiver=${beneficiary.address}`;
    assert.ok(typeof sign === 'string');
    assert.ok(verify('sha256', Buffer.from(text), pair.publicKey, Buffer.from(sign, 'base64')));
  });

  it('leaves a description out that two JSON writers might write differently', () => {
    for (const description of ['', 'a < b', 'a & b', '"a"', 'a\\b', 'é', 'a\nb']) {
      assert.equal('extra' in bodyOf(description), false);
    }
  });

  it('looks up by our reference', () => {
    const request = queryRequest(config, { reference: REFERENCE, currency: currencyCode('USDT.TRC20') });
    assert.equal(request.url, 'https://api.chainpays.org/v2/queryPayOutOrder');
    assert.equal(request.headers['app-id'], 'app-1');
    assert.deepEqual(Object.keys(JSON.parse(request.body ?? '') as object), ['outTradeNo', 'sign']);
  });
});

describe('ChainPay currencies', () => {
  it('become terms of the card', () => {
    const { currencies } = chainpayCard(
      check([tron, { ...tron, currency: 'USDC.ERC20', currencyId: 'Q1', decimals: 2, max: '50' }]),
    );
    assert.deepEqual(currencies, {
      'USDT.TRC20': { decimals: 6, min: '0.000001', max: '1000000', feeReserve: '0' },
      'USDC.ERC20': { decimals: 2, min: '0.01', max: '50', feeReserve: '0' },
    });
  });

  it('are refused when they are none, twice, or have limits that are none', () => {
    const wrong: readonly (readonly ChainpayCurrency[])[] = [
      [],
      [{ ...tron, currency: 'USDT' }],
      [tron, { ...tron, currencyId: 'other' }],
      [tron, { ...tron, currency: 'USDC.ERC20' }],
      [{ ...tron, max: '1e6' }],
      [{ ...tron, min: '0' }],
      [{ ...tron, decimals: 7 }],
      [{ ...tron, currencyId: '' }],
      [{ ...tron, payChannel: '' }],
    ];
    for (const currencies of wrong) assert.throws(() => check(currencies), ProviderSettingsError);
  });
});
