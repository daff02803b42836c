import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { exactNumber } from '../../exact-json.js';
import { preSignString, sign, verified } from './signature.js';

const CASES = {
  simple: {
    fields: {
      amount: '100',
      currency: 'USDT',
      nonce: '202402241530',
      outTradeNo: 'TEST123456',
      timestamp: '1708752612',
    },
    sha256: 'a1f38351a4438c6377f3f5cb32a947fe918830c2b60aa2606259b7c37da3f0b6',
  },
  'extra with three names': {
    fields: {
      payChannel: 'payChannelName',
      amount: '1.5',
      currency: 'USDT',
      currencyId: 'USDT',
      timestamp: '1757913914',
      payAddress: '+855-xxxxxxxx',
      outTradeNo: '78988784565456',
      extra: { channel_pay_type: 'card', description: 'edison', attach: 'edison' },
    },
    sha256: 'f4c3e78751727ccf8da672eedc12ee60e059f04cbe33bb98353702479eba8760',
  },
  'empty dropped': {
    fields: {
      payChannel: 'payChannelName',
      outTradeNo: '1757313174350770800',
      amount: '20',
      currency: 'USDH',
      currencyId: 'USDH',
      timestamp: '1754981843',
      timeExpire: '900',
      payAddress: '',
      extra: { channel_pay_type: 'cards' },
    },
    sha256: 'c850c0d849bbbb93aef15fc3b81fe610c08c34a3abeaa670c9ee247de8ec9e70',
  },
  payout: {
    fields: {
      amount: '1',
      currency: 'USD',
      outTradeNo: 'wendjfdsj',
      payChannel: 'xpay',
      currencyId: 'P575ItNeMxM6fy6zhbnrlezYlvQnHMLZ',
      receiver: '0xB0c5852ff023291D0de6333c9155b2f884368559',
      extra: { memo: 'm1', description: 'payout transaction' },
    },
    sha256: '84526c052e3cbfaf057f5c8ce89f431a639fa3292ec1be86a096adb5ec888431',
  },
  'assumed callback': {
    fields: {
      merchantId: exactNumber('2'),
      appId: 'app-caf118dc-4e23-4ced-ab23-8a3f65d5071a',
      merchantOrderNo: 'wendjfdsj',
      orderNo: '1752664386848723000',
      channelName: 'xpay',
      tokenSymbol: 'USD',
      tokenCount: '1',
      tokenFeeCount: '',
      currencyId: 'P575ItNeMxM6fy6zhbnrlezYlvQnHMLZ',
      payHash: '',
      transactionID: '',
      receiver: '0xB0c5852ff023291D0de6333c9155b2f884368559',
      state: 'DONE_PAYMENT',
      extra: '{"channel_pay_type":"cards","description":"xxxx"}',
      payTime: exactNumber('0'),
    },
    sha256: 'a9463ade013409d833472ebda8d11c922708979e30dfc2f850f4b7a53e8646f1',
  },
};

describe('ChainPay signature', () => {
  for (const [name, { fields, sha256 }] of Object.entries(CASES)) {
    it(`string of the vector: ${name}`, () => {
      assert.equal(createHash('sha256').update(preSignString(fields, 'kept')).digest('hex'), sha256);
    });
  }

  it('verifies what was signed and nothing else', () => {
    const keys = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const signature = sign(CASES.payout.fields, keys.privateKey);
    assert.equal(verified(CASES.payout.fields, signature, keys.publicKey), true);
    assert.equal(verified({ ...CASES.payout.fields, amount: '2' }, signature, keys.publicKey), false);
    assert.equal(verified(CASES.payout.fields, 'c2lnbmF0dXJl', keys.publicKey), false);
  });
});
