import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { vectors } from '#test/support/provider-doubles';
import { readJson, topObject } from '../wire/lossless-json.js';
import { baseString, messageSignatureHolds, preSignString, sign } from './signature.js';

describe('GoldenPay signatures', () => {
  const { token, cases } = vectors().wdl;
  const config = { apiToken: token, keyPlacement: 'prefix', digestCase: 'lower' } as const;

  for (const { name, params, base, presign, sign: expected, alt_suffix_key_upper: alternative } of cases) {
    const texts = Object.fromEntries(
      Object.entries(params).map(([field, value]): [string, string] => [
        field,
        typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value),
      ]),
    );
    it(`signs the worked example ${name}, with the key before or behind`, () => {
      assert.equal(baseString(texts), base);
      assert.equal(preSignString(texts, config), presign);
      assert.equal(sign(texts, config), expected);
      assert.equal(sign(texts, { ...config, keyPlacement: 'suffix', digestCase: 'upper' }), alternative);
      assert.equal(preSignString(texts, { ...config, keyPlacement: 'suffixBare' }), base + token);
    });

    it(`verifies the message ${name}`, () => {
      const message = (given: unknown) =>
        topObject(readJson(Buffer.from(JSON.stringify({ ...params, sign: given }))));
      assert.equal(messageSignatureHolds(message(expected), config), true);
      assert.equal(messageSignatureHolds(message(expected.toUpperCase()), config), true);
      for (const wrong of [alternative, '', null, 7, [expected], expected.slice(1), `${expected}0`]) {
        assert.equal(messageSignatureHolds(message(wrong), config), false);
      }
    });
  }

  it('counts a number as the text that was sent', () => {
    const signed = sign({ order_amount: '100.00' }, config);
    const message = (number: string) =>
      topObject(readJson(Buffer.from(`{"order_amount":${number},"sign":"${signed}"}`)));
    assert.equal(messageSignatureHolds(message('100.00'), config), true);
    assert.equal(messageSignatureHolds(message('100'), config), false);
  });
});
