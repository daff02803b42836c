import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { logPosition } from '#domain/log-position';
import {
  CALLBACK_TYPE,
  printCallbackMessage,
  readCallbackMessage,
  type CallbackMessage,
} from './callbacks.v1.js';
import { PUBLIC_EVENTS, printPublicEvent, readPublicEvent, type PublicEventData } from './events.v1.js';
import { printReply, readReply, REPLY_OUTCOMES, type Reply } from './replies.v1.js';

const PAYOUT = '0190a7de-7bb5-5c2f-8d3e-4b1f3a5c7d9e';
const META = { id: 'm-1', time: '2026-01-02T03:04:05.678Z' };

type Printed = Readonly<Record<string, unknown>> & { readonly data: Readonly<Record<string, unknown>> };

function parsed(value: Uint8Array): Printed {
  return JSON.parse(new TextDecoder().decode(value)) as Printed;
}

/** What a reader says of the printed message when its envelope or its data is changed. */
function changed(value: Uint8Array, envelope: object, data: object = {}): Uint8Array {
  const original = parsed(value);
  return new TextEncoder().encode(
    JSON.stringify({ ...original, data: { ...original.data, ...data }, ...envelope }),
  );
}

function reasonOf(reading: { readonly ok: true } | { readonly ok: false; readonly reason: string }): string {
  return reading.ok ? 'ok' : reading.reason;
}

describe('replies.v1', () => {
  const full: Reply = {
    commandId: 'cmd-1',
    outcome: 'accepted',
    payoutId: PAYOUT,
    accountId: 'acc-1',
    instructionId: 'i-1',
    reason: 'because',
    message: 'text',
    position: '17/16',
    revision: '3',
  };

  it('prints a CloudEvent and reads it back', () => {
    const value = printReply(full, META);
    assert.deepEqual(parsed(value), {
      specversion: '1.0',
      id: 'm-1',
      source: 'payout-ledger',
      type: 'payout.reply.v1',
      time: META.time,
      datacontenttype: 'application/json',
      data: full,
    });
    assert.deepEqual(readReply(value), { ok: true, reply: full, meta: META });
  });

  for (const outcome of REPLY_OUTCOMES) {
    it(`carries ${outcome} alone`, () => {
      const reply = { commandId: 'c', outcome };
      assert.deepEqual(readReply(printReply(reply, META)), { ok: true, reply, meta: META });
    });
  }

  it('passes over a field that a later ledger may add', () => {
    const later = changed(printReply(full, META), {}, { addedLater: { deep: 1 } });
    assert.deepEqual(readReply(later), { ok: true, reply: full, meta: META });
  });

  it('refuses what is no reply, naming the field', () => {
    const value = printReply(full, META);
    assert.match(reasonOf(readReply(new Uint8Array())), /^malformed-json: send one well-formed JSON value$/);
    assert.match(
      reasonOf(readReply(changed(value, { type: 'payout.reply.v2' }))),
      /^unknown-type: type: .*payout\.reply\.v1$/,
    );
    assert.match(reasonOf(readReply(changed(value, { time: undefined }))), /time: is missing/);
    assert.match(
      reasonOf(readReply(changed(value, { source: 'shop' }))),
      /^not-a-cloud-event: source: must be payout-ledger$/,
    );
    for (const [field, wrong] of Object.entries({
      commandId: 1,
      outcome: 'paid',
      payoutId: '',
      accountId: null,
      instructionId: [],
      reason: 5,
      message: {},
      position: 17,
      revision: 3,
    })) {
      assert.match(
        reasonOf(readReply(changed(value, {}, { [field]: wrong }))),
        new RegExp(`^invalid-field: data\\.${field}: `),
      );
    }
  });
});

describe('events.v1', () => {
  const data: PublicEventData = {
    payoutId: PAYOUT,
    accountId: 'acc-1',
    amount: '12.50',
    currency: 'USDT.TRC20',
    provider: 'chainpay',
    status: 'failed',
    from: 'submitted',
    reason: 'blocked',
    rawStatus: 'REJECTED',
    fee: '0.10',
    paid: '0',
    position: logPosition('9'),
    revision: '4',
  };

  for (const name of PUBLIC_EVENTS) {
    it(`prints and reads ${name}`, () => {
      const value = printPublicEvent({ name, data }, META);
      assert.deepEqual(parsed(value), {
        specversion: '1.0',
        id: 'm-1',
        source: 'payout-ledger',
        type: `payout.event.${name}.v1`,
        time: META.time,
        datacontenttype: 'application/json',
        data,
      });
      assert.deepEqual(readPublicEvent(value), { ok: true, event: { name, data }, meta: META });
    });
  }

  it('passes over a field that a later ledger may add', () => {
    const event = { name: 'PayoutSubmitted', data } as const;
    const later = changed(printPublicEvent(event, META), {}, { addedLater: 'x' });
    assert.deepEqual(readPublicEvent(later), { ok: true, event, meta: META });
  });

  it('refuses another type, and each bad field by name', () => {
    const value = printPublicEvent({ name: 'PayoutSubmitted', data }, META);
    assert.match(
      reasonOf(readPublicEvent(changed(value, { type: 'payout.event.FundsReserved.v1' }))),
      /^unknown-type/,
    );
    assert.match(reasonOf(readPublicEvent(changed(value, { type: 'constructor' }))), /^unknown-type/);
    for (const [field, wrong] of Object.entries({
      payoutId: 'x',
      accountId: '',
      amount: 12.5,
      currency: 1,
      provider: 'paypal',
      status: 'paid',
      from: 'x',
      reason: 1,
      rawStatus: null,
      fee: '1e3',
      paid: '-1',
      position: '-1',
      revision: 4,
    })) {
      const reason = reasonOf(readPublicEvent(changed(value, {}, { [field]: wrong })));
      assert.match(reason, new RegExp(`^invalid-field: data\\.${field}: `));
    }
  });
});

describe('callbacks.v1', () => {
  const callback: CallbackMessage = {
    provider: 'dvpay',
    receivedAt: META.time,
    headers: { 'x-signature': 'abc', 'set-cookie': ['a', 'b'], __proto__x: '' },
    bodyBase64: Buffer.from([0xff, 0x00, 0x22]).toString('base64'),
    pathToken: 'tok',
    verdict: 'verified',
  };

  it('prints and reads a callback, bytes unchanged', () => {
    const value = printCallbackMessage(callback, META);
    assert.deepEqual(parsed(value), {
      specversion: '1.0',
      id: 'm-1',
      source: 'payout-ledger',
      type: CALLBACK_TYPE,
      time: META.time,
      datacontenttype: 'application/json',
      data: callback,
    });
    assert.deepEqual(readCallbackMessage(value), { ok: true, callback, meta: META });
  });

  it('carries an empty body, no token and 256 KiB', () => {
    for (const size of [0, 256 * 1024]) {
      const bodyBase64 = Buffer.alloc(size, 7).toString('base64');
      const { pathToken: _, ...rest } = callback;
      const sent = { ...rest, bodyBase64 };
      assert.deepEqual(readCallbackMessage(printCallbackMessage(sent, META)), {
        ok: true,
        callback: sent,
        meta: META,
      });
    }
  });

  it('leaves out headers that no reader could take', () => {
    const headers = Object.fromEntries([
      ['constructor', 'x'],
      ['__proto__', 'y'],
      ['accept', '*/*'],
    ]);
    const read = readCallbackMessage(printCallbackMessage({ ...callback, headers }, META));
    assert.ok(read.ok);
    assert.deepEqual(Object.entries(read.callback.headers), [['accept', '*/*']]);
  });

  it('names each bad field', () => {
    const value = printCallbackMessage(callback, META);
    for (const [field, wrong] of Object.entries({
      provider: 'paypal',
      receivedAt: '2026-01-02',
      headers: { a: 1 },
      bodyBase64: '***',
      pathToken: 1,
      verdict: 'forged',
      extra: 1,
    })) {
      const reason = reasonOf(readCallbackMessage(changed(value, {}, { [field]: wrong })));
      assert.match(reason, new RegExp(`^invalid-field: data\\.${field}: `));
    }
  });
});
