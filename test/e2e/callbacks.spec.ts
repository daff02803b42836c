import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, it } from 'node:test';
import type { DomainEvent } from '#domain/codec/stored-event';
import { payoutStream } from '#domain/streams';
import { readCallbackMessage } from '#messaging/contracts/callbacks.v1';
import { PARKED_HEADERS } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import {
  ACCOUNT,
  CallbackWorld,
  SUBJECTS,
  subjectOf,
  type Answer,
  type Post,
} from '../support/callback/callback-world.js';
import { eventually } from '../support/eventually.js';
import { OTHER_REFERENCE } from '../support/provider-doubles.js';
import type { ProviderSubject } from '../support/provider-subjects.js';

let world: CallbackWorld | undefined;

async function start(
  subject: ProviderSubject,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<CallbackWorld> {
  world = await CallbackWorld.start(subject, settings);
  return world;
}

afterEach(async () => {
  await world?.stop();
  world = undefined;
});

const callbacksOf = (at: CallbackWorld) => at.ledger.topic(TOPICS.callbacks);
const parkedOf = (at: CallbackWorld) => at.ledger.topic(TOPICS.parked);

function assertAcknowledged(answer: Answer, { acknowledgement }: ProviderSubject): void {
  const { status, contentType, body } = answer;
  assert.deepEqual({ status, contentType: contentType.split(';')[0], body }, acknowledgement);
}

function assertProblem(answer: Answer, ...statuses: readonly number[]): void {
  assert.ok(statuses.includes(answer.status), `${answer.status} ${answer.body}`);
  assert.match(answer.contentType, /^application\/problem\+json/);
  const problem = JSON.parse(answer.body) as { status: number; type: string };
  assert.equal(problem.status, answer.status);
}

/** Nothing of it reached the bus, and no vendor would take the answer for its acknowledgement. */
async function assertRefused(at: CallbackWorld, post: Post, ...statuses: readonly number[]): Promise<void> {
  const before = (await callbacksOf(at)).length;
  const answer = await at.post(post);
  assertProblem(answer, ...statuses);
  assert.equal((await callbacksOf(at)).length, before);
  if (at.subject.acknowledgement.body !== '')
    assert.ok(!answer.body.includes(at.subject.acknowledgement.body));
}

const changedByte = (body: string): string =>
  body.replace(/"([^"]+)":/, (_all, name: string) => `"${name}x":`);

/** What a vendor that isn't ours would have. */
const OTHER_SECRETS: Readonly<Record<ProviderSubject['name'], Readonly<Record<string, string>>>> = {
  dvpay: { webhookSecret: 'another-webhook-secret-1' },
  goldenpay: { apiToken: 'another-api-token-0001' },
  cashy: { apiKey: 'another-merchant-api-key' },
  revere: { callbackToken: 'another-callback-path-token-0123456789' },
  chainpay: {
    platformPublicKey: generateKeyPairSync('rsa', { modulusLength: 1024 })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString(),
  },
};

for (const subject of SUBJECTS) {
  const { name, callback } = subject;
  const proved = callback.proof !== 'path';

  describe(`callbacks of ${name}`, () => {
    it('a genuine one is acknowledged in its own words, when it is durable and not before', async () => {
      const at = await start(subject);
      const letGo = at.bus.holdBack();
      let answer: Answer | undefined;
      const answered = at.post(at.genuine()).then((got) => (answer = got));
      await eventually(() => at.bus.begun === 1);
      // Nothing is waited for here but time in which a hasty answer would have come.
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(answer, undefined, 'acknowledged before it was durable');
      assert.equal((await callbacksOf(at)).length, 0);
      letGo();
      assertAcknowledged(await answered, subject);
      const [message] = await callbacksOf(at);
      const read = readCallbackMessage(message?.value ?? new Uint8Array());
      assert.ok(read.ok, 'not a callback');
      assert.deepEqual([read.callback.provider, read.callback.verdict], [name, 'verified']);
      assert.equal(
        Buffer.from(read.callback.bodyBase64, 'base64').toString(),
        String(Buffer.from(at.genuine().body)),
      );
    });

    it('is not acknowledged when it can not be kept', async () => {
      const at = await start(subject);
      at.bus.mode = 'failing';
      const answer = await at.post(at.genuine());
      assertProblem(answer, 500, 503);
      assert.ok(!answer.body.includes('secret-path'), 'an error of our own goes to nobody outside');
      at.bus.mode = 'open';
      assertAcknowledged(await at.post(at.genuine()), subject);
    });

    it('is not acknowledged while the bus is away, and fills no log', async () => {
      const at = await start(subject);
      at.bus.mode = 'away';
      assertProblem(await at.post(at.genuine()), 503, 503);
      assert.deepEqual(
        at.ledger.logger.entries.filter(({ level }) => level === 'error'),
        [],
      );
      at.bus.mode = 'open';
      assertAcknowledged(await at.post(at.genuine()), subject);
    });

    it('a forged one is refused', async () => {
      const at = await start(subject);
      const body = at.body();
      const proof = callback.proofOf(body);
      const forgeries: readonly [string, Post][] = [
        ['no proof', at.withProof(body, undefined)],
        ['an empty proof', at.withProof(body, '')],
        ['a short proof', at.withProof(body, proof.slice(0, -1))],
        ['a proof with something behind it', at.withProof(body, `${proof}0`)],
        [
          'another proof',
          at.withProof(body, proof.startsWith('0') ? `1${proof.slice(1)}` : `0${proof.slice(1)}`),
        ],
      ];
      for (const [what, post] of forgeries) {
        // An address that does not exist says as little as a wrong token.
        await assertRefused(at, post, ...(proved ? [401] : [401, 404])).catch((error: unknown) => {
          throw new Error(`${what}: ${String(error)}`);
        });
      }
      if (proved) {
        await assertRefused(at, at.withProof(body, [proof, proof]), 401);
        await assertRefused(at, at.withProof(body, [proof, proof.replace(/^./, 'f')]), 401);
        await assertRefused(at, at.withProof(changedByte(body), proof), 401);
      }
      assert.ok(at.ledger.logger.alarms().includes('callback-forged'));
    });

    it('one that is proved with another secret is refused', async () => {
      const at = await start(subject, OTHER_SECRETS[name]);
      await assertRefused(at, at.genuine(), 401);
    });

    it('a truncated one is no callback', async () => {
      const at = await start(subject);
      const { body, ...rest } = at.genuine();
      const cut = { ...rest, body: Buffer.from(body as Uint8Array).subarray(0, -12) };
      if (proved) {
        await assertRefused(at, cut, 401);
        return;
      }
      // Whose it is is known, and nothing else: its bytes are kept for a person.
      assertAcknowledged(await at.post(cut), subject);
      await assertParked(at, /^malformed: /);
    });

    it('an empty body is no callback', async () => {
      const at = await start(subject);
      const post = { ...at.genuine(), body: '' };
      if (proved) await assertRefused(at, post, 400, 401);
      else assertAcknowledged(await at.post(post), subject);
    });

    it('a genuine one that says nothing usable is kept, parked with its bytes, and raises an alarm', async () => {
      const at = await start(subject);
      const post = at.genuine(() => '{"nothing":"usable"}');
      assertAcknowledged(await at.post(post), subject);
      await assertParked(at, /^malformed: /);
      assert.ok(at.ledger.logger.alarms().includes('callback-malformed'));
    });

    it('over the limit, of another type, of another method', async () => {
      const at = await start(subject);
      const large = { ...at.genuine(), body: Buffer.alloc(70_000, 0x20) };
      await assertRefused(at, large, 413);
      await assertRefused(at, { ...large, chunked: true }, 413);
      const { headers, ...rest } = at.genuine();
      const typed = (type: string): Post => ({
        ...rest,
        headers: [['content-type', type], ...headers.filter(([header]) => header !== 'content-type')],
      });
      for (const type of [
        'text/plain',
        'application/xml',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ])
        await assertRefused(at, typed(type), 415);
      assertAcknowledged(await at.post(typed('application/json; charset=utf-8')), subject);
      for (const method of ['GET', 'PUT', 'DELETE'])
        await assertRefused(at, { ...at.genuine(), method }, 404, 405);
    });

    it('50 copies at once, and more of them later, have one effect', async () => {
      const at = await start(subject);
      const payoutId = await at.submitted();
      at.desk.lookUp = subject.lookUp.succeeded;
      const post = at.genuine();
      const answers = await Promise.all(Array.from({ length: 50 }, () => at.post(post)));
      for (const answer of answers) assertAcknowledged(answer, subject);
      await at.ledger.untilStatus('one', 'succeeded');
      await eventually(async () => (await at.ledger.balances(ACCOUNT)).reserved === 0n);
      for (let copy = 0; copy < 5; copy += 1) assertAcknowledged(await at.post(post), subject);
      await allHandled(at, 55);
      assert.deepEqual(await onlyOnce(at, payoutId), ['PayoutStatusChanged']);
      const { amount } = subject.order;
      assert.ok((await at.ledger.balances(ACCOUNT)).paid >= amount.minor);
      const settled = (await at.ledger.types(`account-${ACCOUNT}`)).filter((type) => type === 'FundsSettled');
      assert.equal(settled.length, 1);
      assert.equal(at.desk.creates, 1);
    });

    it('about an order that nobody here asked for is acknowledged, and a person hears of it', async () => {
      const at = await start(subject);
      assertAcknowledged(await at.post(at.genuine()), subject);
      if (subject.name === 'dvpay' || subject.name === 'revere') {
        // The number may still be bound: the callback waits where it will be found.
        const unmatched = async () =>
          (await events(at)).filter(({ type }) => type === 'ProviderReportUnmatched');
        await eventually(async () => (await unmatched()).length === 1);
        assert.deepEqual(await parkedOf(at), []);
        assert.ok(
          (await at.ledger.followUps.next()) !== undefined,
          'nobody will look whether it is still unmatched',
        );
      } else {
        await assertParked(at, /^no such payout was requested here$/);
        assert.ok(at.ledger.logger.alarms().includes('callback-for-unknown-payout'));
      }
      assert.equal(at.desk.queries, 0);
    });
  });
}

async function assertParked(at: CallbackWorld, reason: RegExp): Promise<void> {
  await eventually(async () => (await parkedOf(at)).length === 1);
  const [parked] = await parkedOf(at);
  const [message] = await callbacksOf(at);
  assert.match(parked?.headers[PARKED_HEADERS.reason] ?? '', reason);
  assert.equal(parked?.headers[PARKED_HEADERS.topic], TOPICS.callbacks);
  assert.deepEqual(parked.value, message?.value);
}

async function events(at: CallbackWorld): Promise<readonly { readonly type: string }[]> {
  return at.ledger.eventStore.readAll({ limit: 10_000 });
}

/** The command app has committed what came before. */
async function allHandled(at: CallbackWorld, count: number): Promise<void> {
  await eventually(async () => {
    const offsets = await at.ledger.messages.join('command', TOPICS.callbacks, 'earliest');
    return offsets.reduce((sum, next) => sum + next, 0n) === BigInt(count);
  });
}

/** The types of the events about the payout's outcome, in their order. */
async function onlyOnce(at: CallbackWorld, payoutId: string): Promise<readonly string[]> {
  const types = await at.ledger.types(`payout-${payoutId}`);
  return types.filter((type) => /StatusChanged|Reversed|Held|Dismissed|Parked|Duplicate/.test(type));
}

async function parkingOf(at: CallbackWorld): Promise<string | undefined> {
  const state = await at.ledger.payout('one');
  return 'parked' in state ? state.parked?.reason : undefined;
}

describe('callbacks that differ from the intent', () => {
  const differing: readonly [ProviderSubject['name'], string, (body: string) => string][] = [
    ['goldenpay', 'another amount', (body) => body.replace('250000.00', '250001.00')],
    ['goldenpay', 'another order number', (body) => body.replace('P202605040001', 'P202605040002')],
    ['cashy', 'another amount', (body) => body.replace('60000.00', '60000.01')],
    ['cashy', 'another order number', (body) => body.replace('PAYOUT8551827184491839488', 'PAYOUT1')],
    ['dvpay', 'another amount', (body) => body.replace('200.00', '20.00')],
    ['dvpay', 'another currency', (body) => body.replace('USD', 'KHR')],
  ];
  for (const [name, what, change] of differing) {
    it(`${name}, ${what}: the payout is parked, and its funds stay reserved`, async () => {
      const at = await start(subjectOf(name));
      const payoutId = await at.submitted();
      const before = await at.ledger.balances(ACCOUNT);
      const post = at.genuine(change);
      assert.notEqual(String(Buffer.from(post.body)), String(Buffer.from(at.genuine().body)));
      assertAcknowledged(await at.post(post), at.subject);
      await eventually(async () => (await parkingOf(at)) === 'claim-mismatch');
      assert.ok(at.ledger.logger.alarms().includes('provider-report'));
      assert.deepEqual(await onlyOnce(at, payoutId), ['PayoutParked']);
      assert.deepEqual(await at.ledger.balances(ACCOUNT), before);
      // Evidence is still accepted while a person thinks.
      assertAcknowledged(await at.post(at.genuine()), at.subject);
      await at.ledger.untilStatus('one', 'succeeded');
    });
  }

  it('of an attempt that was never made: nothing happens, and an alarm says so', async () => {
    const at = await start(subjectOf('cashy'));
    const payoutId = await at.submitted();
    const second = `${at.desk.reference?.slice(0, -2)}${OTHER_REFERENCE.slice(-2)}`;
    assertAcknowledged(
      await at.post(at.genuine((body) => body.replace(at.desk.reference ?? '', second))),
      at.subject,
    );
    await allHandled(at, 1);
    assert.deepEqual(await onlyOnce(at, payoutId), []);
    assert.ok(at.ledger.logger.alarms().length > 0);
  });

  for (const name of ['chainpay', 'revere'] as const) {
    it(`${name} proves nothing by a callback: what the look-up says counts, and a wrong amount parks`, async () => {
      const at = await start(subjectOf(name));
      const payoutId = await at.submitted();
      const before = await at.ledger.balances(ACCOUNT);
      const { lookUp } = at.subject;
      at.desk.lookUp = {
        ...lookUp.succeeded,
        body: lookUp.succeeded.body.replace('"12.5"', '"12.6"').replace('100000', '100001'),
      };
      assertAcknowledged(await at.post(at.genuine()), at.subject);
      await eventually(async () => (await parkingOf(at)) === 'claim-mismatch');
      assert.ok(at.desk.queries > 0);
      assert.deepEqual(await onlyOnce(at, payoutId), ['PayoutParked']);
      assert.deepEqual(await at.ledger.balances(ACCOUNT), before);
    });

    it(`${name}: a callback that says success changes nothing while the look-up says pending`, async () => {
      const at = await start(subjectOf(name));
      const payoutId = await at.submitted();
      at.desk.lookUp = at.subject.lookUp.pending;
      assertAcknowledged(await at.post(at.genuine()), at.subject);
      await eventually(() => at.desk.queries > 0);
      await allHandled(at, 1);
      assert.deepEqual(await onlyOnce(at, payoutId), []);
    });
  }
});

describe("a callback before the create answer, where it carries only the vendor's number", () => {
  for (const name of ['dvpay', 'revere'] as const) {
    it(`${name}: it waits, and is delivered when the number is known`, async () => {
      const at = await start(subjectOf(name));
      const { promise, resolve } = Promise.withResolvers<typeof at.subject.create.accepted>();
      const asked = at.request();
      // `request` scripts the usual answer first.
      at.desk.create = promise;
      at.desk.lookUp = at.subject.lookUp.succeeded;
      const payoutId = await asked;
      at.desk.create = promise;
      await eventually(() => at.desk.creates === 1);
      assertAcknowledged(await at.post(at.genuine()), at.subject);
      const unmatched = async () =>
        (await events(at)).filter(({ type }) => type === 'ProviderReportUnmatched');
      await eventually(async () => (await unmatched()).length === 1);
      // A repeat waits once.
      assertAcknowledged(await at.post(at.genuine()), at.subject);
      await allHandled(at, 2);
      assert.equal((await unmatched()).length, 1);
      assert.deepEqual(await onlyOnce(at, payoutId), []);
      resolve(at.subject.create.accepted);
      await at.ledger.untilStatus('one', 'succeeded');
      await eventually(async () => (await at.ledger.balances(ACCOUNT)).reserved === 0n);
      assert.deepEqual(await onlyOnce(at, payoutId), ['PayoutStatusChanged']);
      const bound = (await events(at)).filter(({ type }) => type === 'ProviderReferenceBound');
      assert.equal(bound.length, 1);
    });
  }
});

describe('a provider whose final states turn', () => {
  it('cashy: success, failure, success, through callbacks that a look-up confirms; a late repeat turns nothing', async () => {
    const at = await start(subjectOf('cashy'));
    const payoutId = await at.submitted();
    const { lookUp } = at.subject;
    const says = (status: string, nonce: string): Post =>
      at.genuine((body) => body.replace('SUCCESS', status).replace('1733103774518', nonce));
    const fundsOf = () => at.ledger.balances(ACCOUNT);
    const start0 = 100_000_000n;

    assertAcknowledged(await at.post(says('SUCCESS', '1')), at.subject);
    await at.ledger.untilStatus('one', 'succeeded');
    await eventually(async () => (await fundsOf()).paid === 6_000_000n);
    assert.deepEqual(await fundsOf(), {
      available: start0 - 6_000_000n - 515_000n,
      reserved: 0n,
      paid: 6_000_000n,
    });

    // The callback alone leaves no final state.
    at.desk.lookUp = lookUp.succeeded;
    const failure = says('FAIL', '2');
    assertAcknowledged(await at.post(failure), at.subject);
    await eventually(async () => (await onlyOnce(at, payoutId)).includes('PayoutReportDismissed'));
    assert.equal((await at.ledger.payout('one')).status, 'succeeded');

    at.desk.lookUp = lookUp.failed;
    assertAcknowledged(await at.post(says('FAIL', '3')), at.subject);
    await at.ledger.untilStatus('one', 'failed');
    await eventually(async () => (await fundsOf()).paid === 0n);
    assert.deepEqual(await fundsOf(), { available: start0, reserved: 0n, paid: 0n });

    at.desk.lookUp = lookUp.succeeded;
    assertAcknowledged(await at.post(says('SUCCESS', '4')), at.subject);
    await at.ledger.untilStatus('one', 'succeeded');
    await eventually(async () => (await fundsOf()).paid === 6_000_000n);
    assert.deepEqual(await fundsOf(), {
      available: start0 - 6_000_000n - 515_000n,
      reserved: 0n,
      paid: 6_000_000n,
    });

    const queries = at.desk.queries;
    assertAcknowledged(await at.post(failure), at.subject);
    await eventually(
      async () =>
        at.desk.queries > queries && (await onlyOnce(at, payoutId)).at(-1) === 'PayoutReportDismissed',
    );
    assert.equal((await at.ledger.payout('one')).status, 'succeeded');
    const reversals = (await at.ledger.events(payoutStream(payoutId))).filter(isReversal);
    assert.deepEqual(
      reversals.map(({ data }) => [data.from, data.to]),
      [
        ['succeeded', 'failed'],
        ['failed', 'succeeded'],
      ],
    );
  });
});

function isReversal(event: DomainEvent): event is Extract<DomainEvent, { type: 'PayoutReversed' }> {
  return event.type === 'PayoutReversed';
}

describe('addresses that are none', () => {
  it('an unknown provider, one with a strange name, and what lies beside', async () => {
    const at = await start(subjectOf('goldenpay'));
    const { headers, body } = at.genuine();
    for (const path of [
      '/callbacks/paypal',
      '/callbacks/constructor',
      '/callbacks/__proto__',
      '/callbacks/',
      '/callbacks',
      '/',
      '/callbacks/goldenpay/a/b',
      '/callbacks/%00',
      '/callbacks/GoldenPay',
    ])
      await assertRefused(at, { path, headers, body }, 404);
    for (const path of ['/callbacks/%', `/callbacks/${'x'.repeat(300)}`])
      await assertRefused(at, { path, headers, body }, 404);
  });
});
