import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sign } from './signature.js';

describe('Cashy signature', () => {
  for (const [name, body, expected] of [
    [
      'payOut',
      '{"amount":50000.00,"bankId":33,"idType":"1","accountName":"Jeson","mchOrderNo":"order00000001","idCard":"43912345","accountNo":"3023612345","accountType":"0","notifyUrl":"https://xxxxxx.com/notify","currency":"COP","remark":"remark","nonceStr":"123456789"}',
      '47CAFDF8027A6AA35B766711C557465D',
    ],
    [
      'payOutQuery',
      '{"mchOrderNo":"1863484722378907648","nonceStr":"9459931608","orderNo":"PAYOUT8551739282639106048"}',
      'F25AED499BFA2BE1D13F6B4F4AFD561C',
    ],
    [
      'webhook',
      '{"amount":60000.00,"completionTime":"2024-12-02 08:42:54","fee":5150.0000,"mchOrderNo":"1863484722378907648","merchantId":"3002124","nonceStr":"1733103774518","orderNo":"PAYOUT8551739282639106048","orderStatus":"SUCCESS","payType":"11"}',
      'C4FE84595E090CD19831477FC83EEBAD',
    ],
  ] as const) {
    it(`of the vector ${name}`, () => assert.equal(sign(body, 'test-merchant-api-key'), expected));
  }
});
