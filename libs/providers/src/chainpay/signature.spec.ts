import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { vectors } from '#test/support/provider-doubles';
import { readJson, topObject, writeJson } from '../wire/lossless-json.js';
import { readPrivateKey, readPublicKey } from './rsa-keys.js';
import { messageSignatureHolds, preSignString, sign } from './signature.js';

const pair = generateKeyPairSync('rsa', { modulusLength: 1024 });
const message = (value: unknown) => topObject(readJson(Buffer.from(JSON.stringify(value))));

describe('ChainPay signatures', () => {
  for (const { name, params, base, sha256 } of vectors().chainpay.cases) {
    it(`writes the signed text of the worked example ${name}, signs and verifies it`, () => {
      const text = preSignString(message(params));
      assert.equal(text, base);
      assert.equal(createHash('sha256').update(text).digest('hex'), sha256);
      const signature = sign(text, pair.privateKey);
      assert.equal(Buffer.from(signature, 'base64').length, vectors().chainpay.doc_sample_sign_bytes);
      assert.equal(
        messageSignatureHolds(message({ ...params, sign: signature }), pair.publicKey, true),
        true,
      );
      assert.equal(
        messageSignatureHolds(message({ ...params, more: 'x', sign: signature }), pair.publicKey, true),
        false,
      );
    });
  }

  it('writes the assumed callback as its worked example, with empty values and without', () => {
    const data = message({
      merchantId: 2,
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
      payTime: 0,
    });
    const hash = (text: string | undefined): string =>
      createHash('sha256')
        .update(text ?? '')
        .digest('hex');
    assert.equal(
      hash(preSignString(data, true)),
      'a9463ade013409d833472ebda8d11c922708979e30dfc2f850f4b7a53e8646f1',
    );
    assert.equal(
      hash(preSignString(data, false)),
      'e25dbb8864734e4c85ad80ba73215e58411e735473abc9ba57f6a39517263948',
    );
  });

  it('takes one spelling of a signature only', () => {
    const signature = sign('a=1', pair.privateKey);
    const holds = (text: unknown): boolean =>
      messageSignatureHolds(message({ a: 1, sign: text }), pair.publicKey, true);
    assert.equal(holds(signature), true);
    const url = Buffer.from(signature, 'base64').toString('base64url');
    for (const other of [
      signature.replace(/=+$/, ''),
      ` ${signature}`,
      `${signature}\n`,
      `${signature}AA==`,
      url,
      '',
      null,
      1,
    ]) {
      assert.equal(holds(other), false);
    }
    assert.equal(preSignString(message({ a: [1] })), undefined);
    assert.equal(writeJson({ a: 1 }), '{"a":1}');
  });
});

describe('ChainPay keys', () => {
  const bare = (text: string): string => text.replace(/-----[A-Z ]+-----|\n/g, '');
  it('come as PEM or as the bare Base64 of either form', () => {
    for (const type of ['pkcs8', 'pkcs1'] as const) {
      const text = pair.privateKey.export({ type, format: 'pem' }).toString();
      for (const given of [text, bare(text), text.replaceAll('\n', '\\n')]) {
        assert.equal(readPrivateKey(given)?.equals(pair.privateKey), true);
      }
    }
    for (const type of ['spki', 'pkcs1'] as const) {
      const text = pair.publicKey.export({ type, format: 'pem' }).toString();
      for (const given of [text, bare(text)])
        assert.equal(readPublicKey(given)?.equals(pair.publicKey), true);
    }
  });

  it('are RSA of a sufficient length, and each of its own kind', () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 512 });
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = (key: typeof small.privateKey): string =>
      key.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const given of [pem(small.privateKey), pem(curve.privateKey), '', 'x', undefined, 7]) {
      assert.equal(readPrivateKey(given), undefined);
    }
    assert.equal(readPublicKey(pem(pair.privateKey)), undefined);
    assert.equal(readPublicKey(bare(pem(pair.privateKey))), undefined);
  });
});
