import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import type { CallbackReading } from '../provider.js';
import { readDvpayCallback } from './callback.js';
import { checkDvpaySettings } from './settings.js';

const secret = 'dvpay-webhook-0001';
const config = checkDvpaySettings({ appId: 'a', apiKey: 'dvpay-api-key-0001', webhookSecret: secret });

function read(body: unknown): CallbackReading {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  return readDvpayCallback(config, { body: Buffer.from(text), headers: { 'x-dvpay-signature': signature } });
}

function brief(reading: CallbackReading): string {
  if (reading.verdict !== 'verified') return reading.verdict;
  const { outcome } = reading;
  const recognised = outcome.kind === 'pending' && !outcome.recognised ? '?' : '';
  return `${reading.orderId ?? ''} ${outcome.kind}${recognised}`;
}

describe('DVPay callbacks', () => {
  const nested = (event: string, status: string) => ({
    event,
    timestamp: '2025-09-15T14:30:00Z',
    data: { payout_id: 'payout_1', amount: 200, currency: 'USD', status },
  });
  const flat = (event: string, status: string) => ({
    event,
    order_id: 'order_1',
    amount: 200,
    currency: 'USD',
    status,
    timestamp: 1,
  });
  const v14 = (status: string): string =>
    `{"accountName":"x","amount":200.00,"appId":1,"currency":"USD","orderId":1754377439308531402,"status":"${status}","transactionId":1754377439308531401}`;

  const cases: readonly (readonly [unknown, string])[] = [
    [nested('payout.completed', 'completed'), 'payout_1 succeeded'],
    [nested('payout.failed', 'failed'), 'payout_1 failed'],
    [nested('payout.updated', 'processing'), 'payout_1 pending'],
    [nested('payout.updated', 'frozen'), 'payout_1 pending?'],
    // The event and the status contradict each other.
    [nested('payout.completed', 'failed'), 'payout_1 pending?'],
    [nested('payout.failed', 'completed'), 'payout_1 pending?'],
    [nested('order.completed', 'completed'), 'malformed'],
    [nested('refund.processed', 'completed'), 'malformed'],
    [flat('payment.success', 'completed'), 'order_1 succeeded'],
    [flat('payment.failed', 'failed'), 'order_1 failed'],
    [flat('refund.completed', 'completed'), 'malformed'],
    [v14('SUCCESS'), '1754377439308531401 succeeded'],
    [v14('FAILED'), '1754377439308531401 failed'],
    [v14('REFUNDED'), '1754377439308531401 pending?'],
    [v14('success'), '1754377439308531401 pending?'],
    [{ status: 'completed' }, 'malformed'],
    [{ ...v14Like(), amount: 0.001 }, 'malformed'],
    [{ ...v14Like(), currency: 'XXX' }, 'malformed'],
  ];
  for (const [body, expected] of cases) {
    it(`reads ${JSON.stringify(body).slice(0, 90)} as ${expected}`, () =>
      assert.equal(brief(read(body)), expected));
  }
});

function v14Like(): object {
  return { transactionId: 1, status: 'SUCCESS', amount: 1, currency: 'USD' };
}
