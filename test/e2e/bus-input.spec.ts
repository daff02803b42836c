import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { payoutStream } from '#domain/streams';
import { HEADERS } from '#messaging/contracts/headers';
import { readReply, type Reply } from '#messaging/contracts/replies.v1';
import { readPublicEvent } from '#messaging/contracts/events.v1';
import { MAX_MESSAGE_BYTES, MessageRefusedError, PARKED_HEADERS } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { CommandUnderTest } from '../support/command/command-under-test.js';
import { cardOf, PayingProvider } from '../support/command/paying-provider.js';
import { passTimeUntil } from '../support/command/virtual-time.js';
import { eventually } from '../support/eventually.js';
import { ManualClock } from '../support/manual-clock.js';

type Json = Readonly<Record<string, unknown>>;

const PAYOUT = {
  accountId: 'acc',
  amount: '1.00',
  currency: 'USD',
  provider: 'goldenpay',
  beneficiary: { kind: 'stored-method', methodId: 'canary-method-4711' },
};
const UNKNOWN_PAYOUT = '0b8e9a52-6c1d-4f3a-9e27-5d4c3b2a1f00';
const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

let ledger: CommandUnderTest;
let provider: PayingProvider;
let sequence = 0;

before(async () => {
  // Nobody asks what became of a payout while this file runs: the log is quiet when nothing happens.
  const timing = {
    requestTimeout: 10_000,
    firstQueryAfter: 600_000,
    maxQueryPause: 600_000,
    parkAfter: 6_000_000,
  };
  provider = new PayingProvider(cardOf({ timing }));
  ledger = await CommandUnderTest.start(provider);
  await ledger.openWithFunds('acc', '100000.00');
});

after(() => ledger.stop());

const nextId = (): string => `command-${(sequence += 1)}`;

/** A command as a CloudEvent; `envelope` replaces attributes, `undefined` leaves one out. */
function command(type: string, data: unknown, envelope: Json = {}): Json {
  return {
    specversion: '1.0',
    id: nextId(),
    source: 'payroll',
    type: `payout.command.${type}.v1`,
    datacontenttype: 'application/json',
    data,
    ...envelope,
  };
}

const request = (more: Json = {}, envelope: Json = {}): Json =>
  command('RequestPayout', { ...PAYOUT, ...more }, envelope);

/** Sends bytes as they are and waits for the answer that belongs to them. */
async function ask(
  value: Uint8Array,
  key = 'acc',
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const correlationId = ledger.ids.uuid();
  await ledger.publish(TOPICS.commands, key, { [HEADERS.correlationId]: correlationId, ...headers }, value);
  return ledger.replyTo(correlationId);
}

async function parkedFrom(value: Uint8Array) {
  const parked = await ledger.topic(TOPICS.parked);
  return parked.filter((message) => Buffer.from(message.value).equals(value));
}

const logLength = async (): Promise<number> => (await ledger.eventStore.readAll({ limit: 1_000_000 })).length;

/** The log does not grow any more: what went before has had all its effects. */
async function quiet(): Promise<number> {
  let length = -1;
  for (;;) {
    const now = await logLength();
    if (now === length) return now;
    length = now;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** The next good command of the same key goes through. */
async function assertGoodPasses(key: string): Promise<void> {
  const reply = await ask(bytes(request()), key);
  assert.equal(reply.outcome, 'accepted', JSON.stringify(reply));
}

interface Bad {
  readonly name: string;
  readonly value: Uint8Array;
  readonly reason: string;
  /** The whole message, or its beginning. */
  readonly message: string | RegExp;
  readonly commandId?: string;
}

const amount = (text: unknown, message: string, more: Json = {}): Bad => ({
  name: `amount ${JSON.stringify(text)}${more['currency'] === undefined ? '' : ` in ${JSON.stringify(more['currency'])}`}`,
  value: bytes(request({ amount: text, ...more }, { id: 'an-amount' })),
  reason: 'invalid-field',
  message,
  commandId: 'an-amount',
});
const NOT_AN_AMOUNT = 'data.amount: not an amount: write digits with an optional point, such as "12.50"';
const LONG_AMOUNT = 'data.amount: must be one line of text, 1 to 80 characters';
const CURRENCY = 'use an upper-case ISO 4217 code or a token with its chain, such as USDT.TRC20';
const field = (name: string, data: Json, message: string | RegExp, type = 'RequestPayout'): Bad => ({
  name,
  value: bytes(command(type, data, { id: 'a-field' })),
  reason: 'invalid-field',
  message,
  commandId: 'a-field',
});
const envelope = (
  name: string,
  more: Json,
  reason: string,
  message: string | RegExp,
  commandId?: string,
): Bad => ({
  name,
  value: bytes(request({}, { id: 'an-envelope', ...more })),
  reason,
  message,
  ...(commandId === undefined ? {} : { commandId }),
});
const { beneficiary: _beneficiary, ...WITHOUT_BENEFICIARY } = PAYOUT;
const { accountId: _accountId, ...WITHOUT_ACCOUNT } = PAYOUT;

const INVALID: readonly Bad[] = [
  ...['', '{', '{"a":1}x', '{"a":1,"a":2}', '[1,]'].map((text) => ({
    name: `malformed JSON ${JSON.stringify(text)}`,
    value: bytes(text),
    reason: 'malformed-json',
    message: text.includes('"a":2') ? 'send the field "a" once' : 'send one well-formed JSON value',
  })),
  {
    name: 'bytes that are no UTF-8',
    value: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d),
    reason: 'malformed-json',
    message: 'send it as UTF-8',
  },
  { name: 'a list', value: bytes([]), reason: 'not-a-cloud-event', message: 'must be an object' },
  {
    name: 'the data without its envelope',
    value: bytes(PAYOUT),
    reason: 'not-a-cloud-event',
    message: /^specversion: is missing: it must be "1.0"; id: is missing/,
  },
  envelope(
    'another specversion',
    { specversion: '0.3' },
    'not-a-cloud-event',
    'specversion: must be "1.0"',
    'an-envelope',
  ),
  envelope('no id', { id: undefined }, 'not-a-cloud-event', /^id: is missing/),
  envelope('an id with a space', { id: 'a b' }, 'not-a-cloud-event', /^id: must be text of 1 to 128/),
  envelope('a number for an id', { id: 7 }, 'not-a-cloud-event', /^id: must be text/),
  envelope(
    'no data',
    { data: undefined },
    'not-a-cloud-event',
    'data: is missing: it must be an object',
    'an-envelope',
  ),
  envelope(
    'another content type',
    { datacontenttype: 'text/xml' },
    'not-a-cloud-event',
    'datacontenttype: must be application/json',
    'an-envelope',
  ),
  envelope(
    'unknown type',
    { type: 'payout.command.StealPayout.v1' },
    'unknown-type',
    /^type: must be one of payout\.command\.RequestPayout\.v1, /,
    'an-envelope',
  ),
  envelope(
    'a type of an object',
    { type: 'payout.command.constructor.v1' },
    'unknown-type',
    /^type: must be one of/,
    'an-envelope',
  ),
  envelope(
    'unknown version',
    { type: 'payout.command.RequestPayout.v2' },
    'unknown-version',
    'type: this service reads payout.command.RequestPayout.v1',
    'an-envelope',
  ),
  field('missing field', WITHOUT_ACCOUNT, /^data\.accountId: is missing: it must be 1 to 64 letters/),
  field('missing object', WITHOUT_BENEFICIARY, 'data.beneficiary: is missing: it must be an object'),
  field(
    'extra field',
    { ...PAYOUT, urgent: true },
    'data.urgent: is not a field of this message: leave it out',
  ),
  field(
    'extra field of the beneficiary',
    { ...PAYOUT, beneficiary: { ...PAYOUT.beneficiary, iban: 'x' } },
    'data.beneficiary.iban: is not a field of this message: leave it out',
  ),
  field('null for an optional field', { ...PAYOUT, payeeId: null }, /^data\.payeeId: must be 1 to 64/),
  field(
    'unknown kind of beneficiary',
    { ...PAYOUT, beneficiary: { kind: 'cash' } },
    /^data\.beneficiary\.kind: must be one of bank-account/,
  ),
  field(
    'unknown provider',
    { ...PAYOUT, provider: 'paypal' },
    'data.provider: must be one of dvpay, goldenpay, cashy, revere, chainpay',
  ),
  field('a number for an amount', { ...PAYOUT, amount: 1 }, LONG_AMOUNT),
  field(
    'cancel of what is no payout id',
    { payoutId: 'P-1' },
    /^data\.payoutId: must be a payout id/,
    'CancelPayout',
  ),
  field('negative deposit', { accountId: 'acc', amount: '-1.00', currency: 'USD' }, NOT_AN_AMOUNT, 'Deposit'),
  field(
    'zero correction',
    { accountId: 'acc', amount: '-0', currency: 'USD', reason: 'x' },
    'data.amount: the amount must be greater than zero',
    'CorrectFunds',
  ),
  amount('0', 'data.amount: the amount must be greater than zero'),
  amount('0.00', 'data.amount: the amount must be greater than zero'),
  amount('-0', NOT_AN_AMOUNT),
  amount('-1', NOT_AN_AMOUNT),
  amount('+1', NOT_AN_AMOUNT),
  amount('1e3', NOT_AN_AMOUNT),
  amount('１', NOT_AN_AMOUNT),
  amount('1,000.00', NOT_AN_AMOUNT),
  amount(' 1', NOT_AN_AMOUNT),
  amount('01', NOT_AN_AMOUNT),
  amount('.5', NOT_AN_AMOUNT),
  amount('1.', NOT_AN_AMOUNT),
  amount('NaN', NOT_AN_AMOUNT),
  amount('0x10', NOT_AN_AMOUNT),
  amount('1.001', 'data.amount: USD has 2 decimals, the amount has more'),
  amount('1.500', 'data.amount: USD has 2 decimals, the amount has more'),
  amount('1.0', 'data.amount: VND has 0 decimals, the amount has more', { currency: 'VND' }),
  amount(`1${'0'.repeat(28)}.01`, 'data.amount: the amount is over 10^30 minor units'),
  amount('9'.repeat(61), 'data.amount: the amount is too long: at most 10^30 minor units'),
  amount('9'.repeat(81), LONG_AMOUNT),
  amount('', LONG_AMOUNT),
  amount('1.00', `data.currency: unknown currency: ${CURRENCY}`, { currency: 'XYZ' }),
  amount('1.00', `data.currency: unknown currency: ${CURRENCY}`, { currency: 'usd' }),
  amount('1.00', `data.currency: unknown currency: ${CURRENCY}`, { currency: 'toString' }),
  amount(
    '1.00',
    'data.currency: unknown currency: a token needs its chain: USDT.TRC20, USDT.ERC20, USDT.BEP20',
    { currency: 'USDT' },
  ),
];

describe('what is no command is refused by name, parked as it came, and leaves no other trace', () => {
  for (const { name, value, reason, message, commandId = 'unreadable' } of INVALID) {
    it(name, async () => {
      const events = await quiet();
      const before = (await parkedFrom(value)).length;
      const reply = await ask(value);
      assert.deepEqual(
        { ...reply, message: undefined },
        { commandId, outcome: 'refused', reason, message: undefined },
      );
      if (typeof message === 'string') assert.equal(reply.message, message);
      else assert.match(reply.message ?? '', message);
      await eventually(async () => (await parkedFrom(value)).length === before + 1);
      const parked = (await parkedFrom(value)).at(-1);
      assert.equal(parked?.headers[PARKED_HEADERS.topic], TOPICS.commands);
      assert.equal(parked.headers[PARKED_HEADERS.reason], `${reason}: ${reply.message}`.slice(0, 1_000));
      assert.equal(parked.key, 'acc');
      assert.equal(await quiet(), events, 'something was written');
      await assertGoodPasses('acc');
    });
  }

  it('names no value that was sent, in the reply or beside what is parked', async () => {
    const card = '4111 1111 1111 1111';
    for (const bad of [
      request({ amount: card }),
      request({ currency: card }),
      request({ provider: card }),
      request({ accountId: card }),
    ]) {
      const reply = await ask(bytes(bad));
      assert.equal(reply.reason, 'invalid-field');
      const parked = await parkedFrom(bytes(bad));
      assert.ok(!JSON.stringify(reply).includes(card), JSON.stringify(reply));
      await eventually(async () => (await parkedFrom(bytes(bad))).length === 1);
      assert.ok(parked.every(({ headers }) => !JSON.stringify(headers).includes(card)));
    }
  });

  it('answers a thousand fields too many with a reply that can be read', async () => {
    const extra = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`extra${index}`, 1]));
    const reply = await ask(bytes(request(extra)));
    assert.equal(reply.reason, 'invalid-field');
    assert.match(
      reply.message ?? '',
      /^data\.extra0: is not a field of this message: leave it out; data\.extra1: /,
    );
  });

  it('gives two unreadable messages of one key two replies of their own', async () => {
    const first = ledger.ids.uuid();
    const second = ledger.ids.uuid();
    await ledger.sendRaw(bytes('{'), 'acc', first);
    await ledger.sendRaw(bytes('['), 'acc', second);
    await Promise.all([ledger.replyTo(first), ledger.replyTo(second)]);
    const ids = (await ledger.topic(TOPICS.replies))
      .filter(({ headers }) => [first, second].includes(headers[HEADERS.correlationId] ?? ''))
      .map(({ value }) => readReply(value))
      .map((read) => (read.ok ? read.meta.id : read.reason));
    assert.equal(new Set(ids).size, 2, ids.join(', '));
  });
});

describe('messages that are too large', () => {
  it('a command over its limit is refused, and parked as it came', async () => {
    const value = bytes(request({ description: 'x'.repeat(70_000) }));
    const reply = await ask(value);
    assert.deepEqual([reply.outcome, reply.reason, reply.commandId], ['refused', 'too-large', 'unreadable']);
    assert.equal(reply.message, 'send at most 65536 bytes');
    await eventually(async () => (await parkedFrom(value)).length === 1);
    await assertGoodPasses('acc');
  });

  it('5 MiB are refused by the bus itself, to whoever sends them', async () => {
    const before = (await ledger.topic(TOPICS.commands)).length;
    await assert.rejects(ask(new Uint8Array(5 * 1024 * 1024)), MessageRefusedError);
    assert.equal((await ledger.topic(TOPICS.commands)).length, before);
    await assertGoodPasses('acc');
  });

  for (const [name, key, headers, field] of [
    ['a correlation id', 'acc', { [HEADERS.correlationId]: 'c'.repeat(200_000) }, 'header correlation-id'],
    [
      'a way to authenticate',
      'acc',
      { [HEADERS.authenticatedBy]: 'a'.repeat(200_000) },
      'header authenticated-by',
    ],
    ['a key', 'k'.repeat(300_000), {}, 'key'],
  ] as const) {
    it(`${name} that would be in every event is refused`, async () => {
      const commandId = nextId();
      const value = bytes(request({}, { id: commandId }));
      const events = await quiet();
      await ledger.publish(TOPICS.commands, key, headers, value);
      await eventually(async () => (await parkedFrom(value)).length === 1);
      const reply = (await repliesTo(commandId)).at(-1);
      assert.deepEqual([reply?.outcome, reply?.reason], ['refused', 'invalid-field']);
      assert.match(reply?.message ?? '', new RegExp(`^${field}: must `));
      assert.equal(await quiet(), events);
      await assertGoodPasses('acc');
    });
  }

  it('a message at the very limit of the bus is answered as well', async () => {
    const value = bytes(request({}, { id: 'at-the-limit' }));
    const name = HEADERS.correlationId;
    const room = MAX_MESSAGE_BYTES - value.byteLength - 'acc'.length - name.length;
    await ledger.publish(TOPICS.commands, 'acc', { [name]: 'c'.repeat(room) }, value);
    await eventually(async () => (await repliesTo('at-the-limit')).length === 1);
    await eventually(async () => (await parkedFrom(value)).length === 1);
    await assertGoodPasses('acc');
  });

  it('a trace that is none is left out, and the command is carried out', async () => {
    const reply = await ask(bytes(request()), 'acc', { [HEADERS.traceparent]: 't'.repeat(200_000) });
    assert.equal(reply.outcome, 'accepted');
  });
});

async function repliesTo(commandId: string): Promise<readonly Reply[]> {
  return (await ledger.topic(TOPICS.replies))
    .map(({ value }) => readReply(value))
    .flatMap((read) => (read.ok && read.reply.commandId === commandId ? [read.reply] : []));
}

describe('where answers go', () => {
  const correlated = async (topic: string, correlationId: string) =>
    (await ledger.topic(topic)).filter(({ headers }) => headers[HEADERS.correlationId] === correlationId);

  for (const [name, replyTo] of [
    ['no reply-to', undefined],
    ['a reply-to of commands', TOPICS.commands],
    ['a reply-to of parked messages', TOPICS.parked],
    ['a reply-to that does not exist', 'answers.of.payroll'],
    ['a reply-to that is no name of a topic', 'a topic/with spaces'],
    ['an empty reply-to', ''],
  ] as const) {
    it(`${name}: to the replies, and only there`, async () => {
      const reply = await ask(
        bytes(request()),
        'acc',
        replyTo === undefined ? {} : { [HEADERS.replyTo]: replyTo },
      );
      assert.equal(reply.outcome, 'accepted');
      const [sent] = (await ledger.topic(TOPICS.commands)).slice(-1);
      const id = sent?.headers[HEADERS.correlationId] ?? '';
      assert.equal((await correlated(TOPICS.replies, id)).length, 1);
      assert.equal((await correlated(TOPICS.commands, id)).length, 1, 'an answer among the commands');
      assert.equal((await correlated(TOPICS.parked, id)).length, 0);
    });
  }

  it('without a correlation id the answer has none, and its command id tells', async () => {
    await ledger.publish(TOPICS.commands, 'acc', {}, bytes(request({}, { id: 'uncorrelated' })));
    await eventually(async () => (await repliesTo('uncorrelated')).length === 1);
    assert.equal((await repliesTo('uncorrelated'))[0]?.outcome, 'accepted');
  });
});

describe('well-formed commands that can not be carried out', () => {
  const rejected = async (more: Json): Promise<Reply> => {
    const value = bytes(request(more));
    const reply = await ask(value);
    assert.equal((await parkedFrom(value)).length, 0, 'a rejection is a fact, not a parked message');
    await assertGoodPasses('acc');
    return reply;
  };

  for (const [name, more, reason, message] of [
    [
      'a provider that is not set up',
      { provider: 'cashy' },
      'provider-unavailable',
      "cashy isn't set up here",
    ],
    [
      'a currency that the provider does not pay',
      { currency: 'KHR' },
      'currency-not-paid-by-provider',
      "goldenpay doesn't pay KHR",
    ],
    [
      'too little for the provider',
      { amount: '0.09' },
      'amount-outside-provider-limits',
      'goldenpay pays 0.10 to 10000.00 USD at once',
    ],
    [
      '10^30 minor units',
      { amount: `1${'0'.repeat(28)}.00` },
      'amount-outside-provider-limits',
      'goldenpay pays 0.10 to 10000.00 USD at once',
    ],
    ['an unknown account', { accountId: 'nobody' }, 'unknown-account', 'no account nobody was opened'],
  ] as const) {
    it(`${name}: PayoutRejected is the payout's first event`, async () => {
      const reply = await rejected(more);
      assert.deepEqual([reply.outcome, reply.reason, reply.message], ['rejected', reason, message]);
      assert.deepEqual(await ledger.types(`payout-${reply.payoutId}`), ['PayoutRejected']);
    });
  }

  for (const [name, account, reason] of [
    ['insufficient funds', 'poor', 'insufficient-funds'],
    ['a closed account', 'closed', 'account-closed'],
  ] as const) {
    it(`${name}: accepted, then rejected by the funding account, for all to hear`, async () => {
      await ask(bytes(command('OpenAccount', { accountId: account, currency: 'USD' })), account);
      if (account === 'closed') {
        await ask(bytes(command('CloseAccount', { accountId: account })), account);
        await eventually(async () => (await ledger.types('account-closed')).includes('AccountClosed'));
      }
      const reply = await ask(bytes(request({ accountId: account })), account);
      assert.equal(reply.outcome, 'accepted');
      const stream = `payout-${reply.payoutId}`;
      await eventually(async () => (await ledger.types(stream)).length === 2);
      assert.deepEqual(await ledger.types(stream), ['PayoutRequested', 'PayoutRejected']);
      const heard = (await heardOf(reply.payoutId)).map(({ status, reason: why }) => [status, why]);
      assert.deepEqual(heard, [
        ['requested', undefined],
        ['rejected', reason],
      ]);
      assert.deepEqual(await ledger.balances(account), { available: 0n, reserved: 0n, paid: 0n });
    });
  }

  it('refuses orders about an account that nobody opened', async () => {
    for (const [type, data] of [
      ['Deposit', { amount: '1.00', currency: 'USD' }],
      ['CloseAccount', {}],
    ] as const) {
      const events = await quiet();
      const reply = await ask(bytes(command(type, { accountId: 'nobody', ...data })), 'nobody');
      assert.deepEqual(
        [reply.outcome, reply.reason, reply.message],
        ['refused', 'unknown-account', 'no account has this id; open it first'],
      );
      assert.equal(await quiet(), events);
    }
  });

  it('refuses a deposit in another currency, and a second opening', async () => {
    const other = await ask(bytes(command('Deposit', { accountId: 'acc', amount: '1.00', currency: 'EUR' })));
    assert.deepEqual([other.outcome, other.reason], ['refused', 'account-currency-differs']);
    const again = await ask(bytes(command('OpenAccount', { accountId: 'acc', currency: 'USD' })));
    assert.deepEqual([again.outcome, again.reason], ['refused', 'account-exists']);
  });

  it('refuses to cancel a payout that nobody asked for, and parks it for whoever comes too early', async () => {
    const events = await quiet();
    const value = bytes(command('CancelPayout', { payoutId: UNKNOWN_PAYOUT }));
    const reply = await ask(value);
    assert.deepEqual(
      [reply.outcome, reply.reason, reply.payoutId],
      ['refused', 'unknown-payout', UNKNOWN_PAYOUT],
    );
    await eventually(async () => (await parkedFrom(value)).length === 1);
    assert.equal((await parkedFrom(value))[0]?.headers[PARKED_HEADERS.reason], 'unknown-payout');
    assert.equal(await quiet(), events);
    await assertGoodPasses('acc');
  });

  it('refuses to cancel after the send, and records that once', async () => {
    const { payoutId = '' } = await ask(bytes(request()));
    await eventually(async () => (await ledger.types(`payout-${payoutId}`)).includes('PayoutSubmitted'));
    const cancel = bytes(command('CancelPayout', { payoutId }));
    for (let time = 0; time < 2; time += 1) {
      const reply = await ask(cancel);
      assert.deepEqual([reply.outcome, reply.reason], ['refused', 'already-submitted']);
    }
    const types = await ledger.types(`payout-${payoutId}`);
    assert.equal(types.filter((type) => type === 'CommandRefused').length, 1);
    assert.equal((await parkedFrom(cancel)).length, 0);
  });

  it('refuses to resolve a payout that is not parked', async () => {
    const { payoutId = '' } = await ask(bytes(request()));
    const data = { payoutId, decision: 'paid', operator: 'ann', reason: 'seen on the statement' };
    const reply = await ask(bytes(command('ResolvePayout', data)));
    assert.deepEqual([reply.outcome, reply.reason], ['refused', 'not-parked']);
  });
});

async function heardOf(payoutId: string | undefined) {
  const told = async () =>
    (await ledger.topic(TOPICS.events))
      .map(({ value }) => readPublicEvent(value))
      .flatMap((read) => (read.ok && read.event.data.payoutId === payoutId ? [read.event.data] : []));
  await eventually(async () => (await told()).length === 2);
  return told();
}

describe('the same command id', () => {
  it('with the same content gets the first answer, for ever, in whatever order the fields come', async () => {
    const sends = provider.sends;
    const first = request();
    const reply = await ask(bytes(first));
    const { data, ...attributes } = first;
    const turned = Object.fromEntries(Object.entries(data as Json).reverse());
    for (const again of [first, { data: turned, ...attributes }]) {
      const { outcome, payoutId } = await ask(bytes(again), 'another-key');
      assert.deepEqual([outcome, payoutId], ['accepted', reply.payoutId]);
    }
    await eventually(async () =>
      (await ledger.types(`payout-${reply.payoutId}`)).includes('PayoutSubmitted'),
    );
    assert.equal(provider.sends, sends + 1);
    await ledger.crashAndRestart();
    assert.equal((await ask(bytes(first))).payoutId, reply.payoutId);
  });

  it('of a rejected payout gets the rejection again', async () => {
    const value = bytes(request({ accountId: 'nobody' }));
    const first = await ask(value);
    const { outcome, reason, message, payoutId, position } = await ask(value);
    assert.deepEqual(
      { outcome, reason, message, payoutId, position },
      {
        outcome: 'rejected',
        reason: 'unknown-account',
        message: first.message,
        payoutId: first.payoutId,
        position: first.position,
      },
    );
  });

  for (const [name, first, second] of [
    ['RequestPayout', { ...PAYOUT }, { ...PAYOUT, amount: '2.00' }],
    [
      'Deposit',
      { accountId: 'acc', amount: '1.00', currency: 'USD' },
      { accountId: 'acc', amount: '1.01', currency: 'USD' },
    ],
    [
      'OpenAccount',
      { accountId: 'two-contents', currency: 'USD' },
      { accountId: 'two-contents', currency: 'EUR' },
    ],
  ] as const) {
    it(`of ${name} with other content is refused by name, and nothing happens`, async () => {
      const id = nextId();
      assert.equal((await ask(bytes(command(name, first, { id })))).outcome, 'accepted');
      const events = await quiet();
      const reply = await ask(bytes(command(name, second, { id })));
      assert.deepEqual([reply.outcome, reply.reason], ['refused', 'command-id-reused']);
      assert.equal(await quiet(), events);
    });
  }

  it('of two callers is two commands', async () => {
    const id = nextId();
    const one = await ask(bytes(request({}, { id, source: 'one' })));
    const other = await ask(bytes(request({}, { id, source: 'other' })));
    assert.deepEqual([one.outcome, other.outcome], ['accepted', 'accepted']);
    assert.notEqual(one.payoutId, other.payoutId);
  });

  it('sent 50 times at once, over all partitions, is one payout', async () => {
    const value = bytes(request());
    const sends = provider.sends;
    const replies = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(value, `key-${index}`)));
    assert.equal(new Set(replies.map(({ payoutId }) => payoutId)).size, 1);
    assert.deepEqual([...new Set(replies.map(({ outcome }) => outcome))], ['accepted']);
    const stream = `payout-${replies[0]?.payoutId}`;
    await eventually(async () => (await ledger.types(stream)).includes('PayoutSubmitted'));
    assert.equal((await ledger.types(stream)).filter((type) => type === 'PayoutRequested').length, 1);
    assert.equal(provider.sends, sends + 1);
  });
});

describe('one poison among 1,000', () => {
  it('holds nobody up, not even its own key', async () => {
    const poison = 500;
    const correlation = (index: number): string => `among-1000-${index}`;
    for (let index = 0; index < 1_000; index += 1) {
      const value = index === poison ? bytes('{"poison":') : bytes(request({ amount: '0.10' }));
      // Four keys: what is behind the poison in its own key has to come through as well.
      await ledger.sendRaw(value, `key-${index % 4}`, correlation(index));
    }
    const answered = async () => {
      const replies = await ledger.topic(TOPICS.replies);
      return replies.filter(
        ({ headers }) => headers[HEADERS.correlationId]?.startsWith('among-1000-') === true,
      );
    };
    await eventually(async () => (await answered()).length === 1_000, 30_000);
    const outcomes = Map.groupBy(await answered(), ({ value }) => {
      const read = readReply(value);
      return read.ok ? read.reply.outcome : read.reason;
    });
    assert.deepEqual([...outcomes].map(([outcome, all]) => [outcome, all.length]).sort(), [
      ['accepted', 999],
      ['refused', 1],
    ]);
    assert.equal((await parkedFrom(bytes('{"poison":'))).length, 1);
  });
});

describe('a failure of our own', () => {
  it("holds that payout's later commands durably, and nobody else's, until an operator says retry or skip", async () => {
    const clock = new ManualClock();
    const broken = new PayingProvider(cardOf());
    const own = await CommandUnderTest.startWith({ providers: [broken], clock });
    const send = async (value: unknown): Promise<Reply> => {
      const id = own.ids.uuid();
      await own.sendRaw(bytes(value), 'acc', id);
      assert.ok(await passTimeUntil(clock, async () => (await own.replies(id)).length === 1, 60_000));
      return own.replyTo(id);
    };
    const open = await send(command('OpenAccount', { accountId: 'acc', currency: 'USD' }));
    assert.equal(open.outcome, 'accepted');

    broken.scripts.push('fails-ours');
    const first = request({}, { id: 'held-one' });
    assert.equal((await send(first)).outcome, 'held');
    assert.ok(own.logger.alarms().includes('command-held'));
    const payoutId = own.payoutId('held-one');
    const cancel = command('CancelPayout', { payoutId });
    assert.equal((await send(cancel)).outcome, 'held', 'a command behind a held one has to wait');
    broken.scripts.length = 0;
    assert.equal((await send(request())).outcome, 'accepted', 'nobody else waits');
    assert.deepEqual(await own.types(payoutStream(payoutId)), []);

    await own.crashAndRestart();
    const [hold] = await own.held.list();
    assert.deepEqual([hold?.key, hold?.count, hold?.reason], [`payout-${payoutId}`, 2, 'Error']);
    await own.held.requestRetry(`payout-${payoutId}`);
    assert.ok(await passTimeUntil(clock, async () => (await own.held.list()).length === 0, 60_000));
    assert.equal((await own.types(payoutStream(payoutId)))[0], 'PayoutRequested');
    await own.stop();
  });
});
