import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { vectors } from '#test/support/provider-doubles';
import { callbackSignatureHolds, signCallback, signRequest } from './signature.js';

describe('DVPay signatures', () => {
  for (const { raw, ts, secret, signature } of vectors().dvpay) {
    it(`signs ${raw} as the worked example`, () => assert.equal(signRequest(raw, ts, secret), signature));
  }

  it('signs callbacks as the worked example, however the digest is written', () => {
    const { secret, raw, signature } = vectors().dvpay_webhook;
    const body = Buffer.from(raw);
    assert.equal(signCallback(body, secret), signature);
    for (const given of [signature, signature.toUpperCase(), `sha256=${signature}`]) {
      assert.equal(callbackSignatureHolds(given, body, secret), true);
    }
    for (const given of [
      `sha1=${signature}`,
      `sha256=sha256=${signature}`,
      `sha256=`,
      Buffer.from(signature, 'hex').toString('base64'),
    ]) {
      assert.equal(callbackSignatureHolds(given, body, secret), false);
    }
    assert.equal(
      callbackSignatureHolds(signature, Buffer.from(raw.replace('200.00', '200.0')), secret),
      false,
    );
  });
});
