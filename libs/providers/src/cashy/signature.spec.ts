import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { vectors } from '#test/support/provider-doubles';
import { callbackSignatureHolds, sign } from './signature.js';

describe('Cashy signatures', () => {
  const { apiKey, cases } = vectors().cashy;
  const config = { apiKey, signCase: 'upper' } as const;

  for (const { name, body, len, sign: expected, sign_if_reserialised: reserialised } of cases) {
    it(`signs the worked example ${name} over its exact bytes`, () => {
      assert.equal(Buffer.byteLength(body), len);
      assert.equal(sign(body, config), expected);
      assert.equal(sign(body, { ...config, signCase: 'lower' }), expected.toLowerCase());
      assert.equal(callbackSignatureHolds(expected.toLowerCase(), Buffer.from(body), config), true);
      const printedAgain = JSON.stringify(JSON.parse(body));
      assert.equal(sign(printedAgain, config), reserialised);
      assert.equal(
        callbackSignatureHolds(expected, Buffer.from(printedAgain), config),
        printedAgain === body,
      );
    });
  }
});
