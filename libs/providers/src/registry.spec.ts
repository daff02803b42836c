import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currencyCode } from '#domain/money/currency';
import { money } from '#domain/money/money';
import { CountingIds, FixedClock, SilentHttp } from '#test/support/provider-doubles';
import { ProviderSettingsError } from './provider-settings-error.js';
import { ProviderRegistry, type ProvidersTiming } from './registry.js';

const parts = {
  http: new SilentHttp(),
  clock: new FixedClock(),
  ids: new CountingIds(),
};
const settings = {
  dvpay: { appId: 'a', apiKey: 'dvpay-api-key-0001', webhookSecret: 'dvpay-webhook-0001' },
  cashy: {
    baseUrl: 'https://cashy.example.com',
    merchantId: '1002001',
    apiKey: 'test-merchant-api-key',
    callbackUrl: 'https://xxxxxx.com/notify',
  },
};
const build = (timing?: ProvidersTiming) => ProviderRegistry.build(settings, parts, timing);

describe('ProviderRegistry', () => {
  it('holds the providers that have settings', () => {
    const registry = build();
    assert.deepEqual(registry.names(), ['dvpay', 'cashy']);
    assert.equal(registry.get('cashy')?.card.provider, 'cashy');
    assert.equal(registry.get('revere'), undefined);
    assert.equal(registry.card('revere'), undefined);
    assert.deepEqual(ProviderRegistry.build({}, parts).names(), []);
  });

  it('tells how a currency is paid', () => {
    const registry = build();
    const COP = currencyCode('COP');
    const terms = {
      currency: COP,
      min: money(1_000_000n, COP),
      max: money(500_000_000n, COP),
      decimals: 2,
      feeReserve: money(600_000n, COP),
    };
    assert.deepEqual(registry.orderTerms('cashy', COP), terms);
    assert.equal(registry.orderTerms('dvpay', COP), undefined);
    assert.equal(registry.orderTerms('goldenpay', COP), undefined);
    assert.deepEqual([...registry.orderTermsOf(COP)], [['cashy', terms]]);
  });

  it('takes a deployment’s timing, provider by provider', () => {
    const registry = build({ cashy: { requestTimeout: 500, notFoundIsFinalAfter: 2_000 } });
    assert.equal(registry.card('cashy')?.timing.requestTimeout, 500);
    assert.equal(registry.card('cashy')?.timing.firstQueryAfter, 10_000);
    assert.equal(registry.card('cashy')?.notFoundIsFinalAfter, 2_000);
    assert.equal(registry.card('dvpay')?.timing.requestTimeout, 30_000);
  });

  it('refuses timing that could pay twice, or is none', () => {
    const wrong: readonly ProvidersTiming[] = [
      { cashy: { notFoundIsFinalAfter: 30_000 } },
      { cashy: { requestTimeout: 3_600_000 } },
      { dvpay: { notFoundIsFinalAfter: 60_000_000 } },
      { dvpay: { parkAfter: 0 } },
      { dvpay: { parkAfter: 1.5 } },
      { dvpay: { parkAfter: NaN } },
    ];
    for (const timing of wrong) assert.throws(() => build(timing), ProviderSettingsError);
  });

  it('builds nothing when one provider’s settings can not be used', () => {
    const broken = { ...settings, cashy: { ...settings.cashy, apiKey: '' } };
    assert.throws(() => ProviderRegistry.build(broken, parts), ProviderSettingsError);
  });

  it('holds each name once', () => {
    const provider = build().get('dvpay') ?? assert.fail();
    assert.throws(() => new ProviderRegistry([provider, provider]), RangeError);
  });
});
