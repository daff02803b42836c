import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personalValues, vendorText, withoutValues } from './vendor-text.js';

describe('vendorText', () => {
  it('is one short printable line without what may be personal', () => {
    assert.equal(vendorText('ACCOUNT NOT EXITS'), 'ACCOUNT NOT EXITS');
    assert.equal(vendorText(' two\r\nlines\u2028\u0000 '), 'two lines');
    assert.equal(vendorText('account 2333667799212341 of a@b.example'), 'account [number] of [e-mail]');
    assert.equal(vendorText('phone +57 302 361 2345'), 'phone [number]');
    assert.equal(vendorText('to 0xB0c5852ff023291D0de6333c9155b2f884368559'), 'to [address]');
    assert.equal(vendorText('to TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE.'), 'to [address].');
    assert.equal(vendorText('code 500'), 'code 500');
    assert.ok(vendorText('x'.repeat(1_000_000)).length <= 160);
  });
});

describe('withoutValues', () => {
  it('blanks out the values of a beneficiary, in any case and every time', () => {
    const values = personalValues({
      kind: 'bank-account',
      holderName: 'Nguyen Xuan Hung',
      accountNumber: '12345',
      bankCode: '1007',
      document: { type: 'passport', number: 'AB123' },
    });
    const outcome = withoutValues(
      { kind: 'refused', rawStatus: '400', reason: 'NGUYEN XUAN HUNG: 12345 and 12345 at 1007, ab123' },
      values,
    );
    assert.deepEqual(outcome, { kind: 'refused', rawStatus: '400', reason: '[…]: […] and […] at 1007, […]' });
  });
});
