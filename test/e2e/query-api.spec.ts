import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { payoutIdOf, commandId } from '#domain/ids';
import { readCommand } from '#messaging/contracts/commands.v1';
import { MessageBus } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { QueryFixture, type HttpAnswer } from '#test/support/query/query-fixture';
import { eventually } from '#test/support/eventually';

const BANK = { kind: 'bank-account', holderName: 'CANARY-NAME', accountNumber: '000123456', bankCode: 'ABA' };
const PAYOUT = {
  accountId: 'acme',
  amount: '12.50',
  currency: 'USD',
  provider: 'goldenpay',
  beneficiary: BANK,
  payeeId: 'payee-1',
};

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

function assertProblem(answer: HttpAnswer, status: number, code: string): Problem {
  assert.deepEqual(
    [answer.status, (answer.body as Problem).code],
    [status, code],
    JSON.stringify(answer.body),
  );
  const problem: Problem = answer.body;
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.deepEqual([problem.type, problem.status], [`/problems/${code}`, status]);
  assert.ok(problem.title.length > 0 && problem.detail.length > 0);
  return problem;
}

let keys = 0;
const key = (text = `key-${(keys += 1)}`): Record<string, string> => ({ 'idempotency-key': text });

describe('commands over HTTP', () => {
  let api: QueryFixture;
  before(async () => {
    api = await QueryFixture.start({ replyWaitMs: 10_000 });
    await api.post('/v1/accounts', { accountId: 'acme', currency: 'USD' }, key());
    await api.post('/v1/accounts/acme/deposits', { amount: '1000.00', currency: 'USD' }, key());
  });
  after(() => api.stop());

  it('accepts a payout, tells where it will be, and sends what was asked for', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await api.post('/v1/payouts', PAYOUT, { ...key('first'), traceparent });
    const payoutId = payoutIdOf(uuidV5, 'local', commandId('first'));
    const { position } = answer.body as { position: string };
    assert.match(position, /^[1-9][0-9]*$/);
    assert.equal(answer.status, 202);
    assert.deepEqual(answer.body, {
      payoutId,
      status: 'requested',
      position,
      links: { self: `/v1/payouts/${payoutId}`, account: '/v1/accounts/acme' },
    });
    assert.deepEqual(
      [answer.headers.get('location'), answer.headers.get('ledger-position')],
      [`/v1/payouts/${payoutId}`, position],
    );
    const message = api.commands.messages.at(-1);
    assert.ok(message);
    const { 'correlation-id': correlationId, ...headers } = message.headers;
    assert.match(correlationId ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(headers, {
      'reply-to': TOPICS.replies,
      'content-type': 'application/cloudevents+json',
      'authenticated-by': 'loopback',
      traceparent,
    });
    assert.equal(message.key, 'acme');
    const read = readCommand(message.value);
    assert.ok(read.ok);
    const { time, ...command } = read.command;
    assert.match(time ?? '', /^\d{4}-.*Z$/);
    assert.deepEqual(command, { type: 'RequestPayout', commandId: 'first', caller: 'local', data: PAYOUT });
  });

  it('gives the same command the first answer again, and refuses its key for another', async () => {
    const first = await api.post('/v1/payouts', PAYOUT, key('again'));
    const events = api.commands.history.events.length;
    const second = await api.post('/v1/payouts', PAYOUT, key('again'));
    assert.deepEqual([second.status, second.body], [first.status, first.body]);
    const other = await api.post('/v1/payouts', { ...PAYOUT, amount: '13.00' }, key('again'));
    const { payoutId } = first.body as { payoutId: string };
    const problem = assertProblem(other, 409, 'command-id-reused');
    assert.deepEqual(problem, { ...problem, payoutId, links: { self: `/v1/payouts/${payoutId}` } });
    assert.equal(api.commands.history.events.length, events);
  });

  it('answers a rejected payout as a problem that says where the record of it is', async () => {
    const answer = await api.post('/v1/payouts', { ...PAYOUT, accountId: 'nobody' }, key('rejected'));
    const payoutId = payoutIdOf(uuidV5, 'local', commandId('rejected'));
    const problem = assertProblem(answer, 422, 'unknown-account');
    const { position } = problem as Problem & { position: string };
    assert.deepEqual(problem, {
      type: '/problems/unknown-account',
      title: 'The payout was rejected',
      status: 422,
      detail: 'no account nobody was opened',
      code: 'unknown-account',
      payoutId,
      position,
      links: { self: `/v1/payouts/${payoutId}` },
    });
    const found = await api.get(`/v1/payouts/${payoutId}?minPosition=${position}`);
    assert.deepEqual([found.status, (found.body as { status: string }).status], [200, 'rejected']);
  });

  it('opens an account once', async () => {
    const body = { accountId: 'other', currency: 'USD', name: 'Other' };
    const answer = await api.post('/v1/accounts', body, key('open'));
    const { position } = answer.body as { position: string };
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.body, {
      accountId: 'other',
      status: 'opened',
      position,
      links: { self: '/v1/accounts/other', payouts: '/v1/payouts?accountId=other' },
    });
    assert.equal(answer.headers.get('location'), '/v1/accounts/other');
    assert.equal((await api.post('/v1/accounts', body, key('open'))).status, 201);
    assertProblem(await api.post('/v1/accounts', body, key()), 409, 'account-exists');
  });

  it('takes a deposit and a closing as instructions, whose fate can be read', async () => {
    const answer = await api.post('/v1/accounts/acme/close', undefined, key());
    assert.equal(answer.status, 202);
    const { position, status } = answer.body as { position: string; status: string };
    assert.equal(status, 'given');
    const found = await api.get(`${answer.headers.get('location') ?? ''}?minPosition=${position}`);
    const instruction = found.body as Record<string, unknown>;
    assert.deepEqual(
      [found.status, instruction['kind'], instruction['status'], instruction['reason']],
      [200, 'close', 'refused', 'account-not-empty'],
    );
    const unknown = await api.post('/v1/accounts/nobody/deposits', { amount: '1', currency: 'USD' }, key());
    assertProblem(unknown, 404, 'unknown-account');
  });

  it('cancels: done, refused by the state, unknown', async () => {
    const { body } = await api.post('/v1/payouts', PAYOUT, key('to-cancel'));
    const { payoutId, position } = body as { payoutId: string; position: string };
    await api.get(`/v1/payouts/${payoutId}?minPosition=${position}`);
    const path = `/v1/payouts/${payoutId}/cancel`;
    api.commands.next = { outcome: 'accepted', position: '99' };
    const done = await api.post(path, { reason: 'ordered twice' }, key());
    assert.deepEqual(
      [done.status, done.body],
      [
        200,
        {
          payoutId,
          status: 'cancelled',
          position: '99',
          links: { self: `/v1/payouts/${payoutId}`, account: '/v1/accounts/acme' },
        },
      ],
    );
    assert.equal(api.commands.messages.at(-1)?.key, 'acme');
    api.commands.next = { outcome: 'refused', reason: 'already-submitted', message: 'a request has begun' };
    assertProblem(await api.post(path, {}, key()), 409, 'already-submitted');
    const nobody = payoutIdOf(uuidV5, 'local', commandId('never'));
    assertProblem(await api.post(`/v1/payouts/${nobody}/cancel`, undefined, key()), 404, 'unknown-payout');
    assert.equal(api.commands.messages.at(-1)?.key, nobody);
  });

  it('says that a command is held', async () => {
    api.commands.next = { outcome: 'held', reason: 'held' };
    const answer = await api.post('/v1/payouts', PAYOUT, key());
    assert.deepEqual([answer.status, (answer.body as { status: string }).status], [202, 'held']);
  });

  it('passes on what the ledger found invalid', async () => {
    api.commands.next = {
      outcome: 'refused',
      reason: 'invalid-field',
      message: 'amount: too much of a good thing',
    };
    const problem = assertProblem(await api.post('/v1/payouts', PAYOUT, key()), 400, 'invalid-request');
    assert.deepEqual(problem.errors, [{ field: 'amount', message: 'too much of a good thing' }]);
  });

  describe('bad input is refused, and nothing is sent', () => {
    let sent = 0;
    const nothingSent = (): void => assert.equal(api.commands.messages.length, sent);
    afterEach(nothingSent);
    const send = (
      path: string,
      body: unknown,
      headers: Record<string, string> = key(),
    ): Promise<HttpAnswer> => {
      sent = api.commands.messages.length;
      return api.post(path, body, headers);
    };

    const wrongFields: readonly (readonly [name: string, body: object, field: string, message: RegExp])[] = [
      ['amount 0', { amount: '0' }, 'amount', /greater than zero/],
      ['amount 0.00', { amount: '0.00' }, 'amount', /greater than zero/],
      ['negative amount', { amount: '-1.00' }, 'amount', /not an amount/],
      ['over-precise amount', { amount: '12.505' }, 'amount', /USD has 2 decimals/],
      ['exponent', { amount: '1e3' }, 'amount', /not an amount/],
      ['amount beyond 10^30', { amount: `1${'0'.repeat(30)}.00` }, 'amount', /10\^30/],
      ['amount as a number', { amount: 12.5 }, 'amount', /text/],
      ['unknown currency', { currency: 'USX' }, 'currency', /unknown currency/],
      ['token without chain', { currency: 'USDT' }, 'currency', /USDT\.TRC20/],
      ['unknown provider', { provider: 'paypal' }, 'provider', /one of dvpay, goldenpay/],
      ['missing field', { accountId: undefined }, 'accountId', /is missing/],
      ['extra field', { priority: 'high' }, 'priority', /leave it out/],
      [
        'unknown kind of beneficiary',
        { beneficiary: { kind: 'cash' } },
        'beneficiary.kind',
        /must be one of/,
      ],
      [
        'missing beneficiary field',
        { beneficiary: { ...BANK, bankCode: undefined } },
        'beneficiary.bankCode',
        /is missing/,
      ],
      ['null', { description: null }, 'description', /text/],
    ];
    for (const [name, change, field, message] of wrongFields) {
      it(name, async () => {
        const problem = assertProblem(
          await send('/v1/payouts', { ...PAYOUT, ...change }),
          400,
          'invalid-request',
        );
        assert.deepEqual(
          problem.errors?.map((error) => error.field),
          [field],
        );
        assert.match(problem.errors[0]?.message ?? '', message);
        assert.doesNotMatch(JSON.stringify(problem), /CANARY/);
      });
    }

    it('everything that is wrong at once', async () => {
      const body = { amount: '0', currency: 'USD', provider: 'x', beneficiary: BANK, more: 1 };
      const problem = assertProblem(
        await send('/v1/payouts', body, key('with space')),
        400,
        'invalid-request',
      );
      assert.deepEqual(
        problem.errors?.map((error) => error.field),
        ['Idempotency-Key', 'accountId', 'provider', 'more', 'amount'],
      );
    });

    it('a missing or unusable Idempotency-Key', async () => {
      for (const headers of [{}, key(''), key('x'.repeat(129)), key('a b'), key('é')]) {
        const problem = assertProblem(await send('/v1/payouts', PAYOUT, headers), 400, 'invalid-request');
        assert.deepEqual(
          problem.errors?.map((error) => error.field),
          ['Idempotency-Key'],
        );
      }
    });

    it('malformed or ambiguous JSON', async () => {
      const bodies = [
        '{"accountId":',
        'nonsense',
        '{"accountId":"a","accountId":"b"}',
        '{"__proto__":{}}',
        '\ufeff{}',
        '{} {}',
        new Uint8Array([0x22, 0xff, 0x22]),
        `${'['.repeat(21)}${']'.repeat(21)}`,
      ];
      for (const body of bodies) assertProblem(await send('/v1/payouts', body), 400, 'malformed-json');
    });

    it('JSON that is no object, or no body at all', async () => {
      for (const body of ['[]', '"text"', '17', 'null']) {
        const answer = await send('/v1/payouts', body);
        assertProblem(answer, 400, 'invalid-request');
      }
      const problem = assertProblem(await send('/v1/payouts', undefined), 400, 'invalid-request');
      assert.equal(problem.errors?.length, 5);
    });

    it('a body over the limit', async () => {
      const body = { ...PAYOUT, description: 'x'.repeat(64 * 1024) };
      assertProblem(await send('/v1/payouts', body), 413, 'body-too-large');
    });

    it('another content type', async () => {
      for (const type of [
        'text/plain',
        'application/xml',
        'application/x-www-form-urlencoded',
        'text/json',
      ]) {
        const answer = await send('/v1/payouts', JSON.stringify(PAYOUT), { ...key(), 'content-type': type });
        assertProblem(answer, 415, 'unsupported-media-type');
      }
    });

    it('ids in the address that are none, and ids in both places', async () => {
      for (const path of ['/v1/payouts/17/cancel', '/v1/payouts/%00/cancel', '/v1/accounts/a%20b/deposits']) {
        assertProblem(await send(path, { amount: '1.00', currency: 'USD' }), 400, 'invalid-request');
      }
      const body = { accountId: 'acme', amount: '1.00', currency: 'USD' };
      const problem = assertProblem(await send('/v1/accounts/acme/deposits', body), 400, 'invalid-request');
      assert.deepEqual(
        problem.errors?.map((error) => error.field),
        ['accountId'],
      );
    });

    it('routes and methods that are not there', async () => {
      assertProblem(await send('/v1/payouts/x/y/z', {}), 404, 'not-found');
      assertProblem(await api.get('/v2/payouts'), 404, 'not-found');
      const deleted = await fetch(`${api.url}/v1/payouts/x`, { method: 'DELETE' });
      assert.equal(deleted.status, 404);
      assert.match(deleted.headers.get('content-type') ?? '', /problem\+json/);
      assertProblem(await api.get('/%zz'), 400, 'invalid-request');
    });
  });
});

describe('a gateway whose replies or bus are slow', () => {
  it('answers as queued when the reply is late, and the same key gets the answer afterwards', async () => {
    const api = await QueryFixture.start({ replyWaitMs: 50 });
    try {
      api.commands.next = 'silent';
      const answer = await api.post('/v1/accounts', { accountId: 'acme', currency: 'USD' }, key('late'));
      assert.deepEqual(
        [answer.status, answer.body],
        [
          202,
          {
            accountId: 'acme',
            status: 'queued',
            links: { self: '/v1/accounts/acme', payouts: '/v1/payouts?accountId=acme' },
          },
        ],
      );
      assert.equal(answer.headers.get('location'), '/v1/accounts/acme');
      api.commands.next = 'silent';
      const payout = await api.post('/v1/payouts', PAYOUT, key('late-payout'));
      const payoutId = payoutIdOf(uuidV5, 'local', commandId('late-payout'));
      assert.deepEqual(
        [payout.status, (payout.body as { status: string }).status, payout.headers.get('location')],
        [202, 'queued', `/v1/payouts/${payoutId}`],
      );
      assert.equal(api.commands.messages.length, 2);
      const again = await api.post('/v1/accounts', { accountId: 'acme', currency: 'USD' }, key('late'));
      assert.deepEqual([again.status, (again.body as { status: string }).status], [201, 'opened']);
    } finally {
      await api.stop();
    }
  });

  it('lets a bounded number wait, and sends nothing for the others', async () => {
    const api = await QueryFixture.start({ replyWaitMs: 60_000, maxWaiting: 2 });
    try {
      api.commands.next = 'silent';
      const first = api.post('/v1/payouts', PAYOUT, key('w1'));
      await eventually(() => api.commands.messages.length === 1);
      api.commands.next = 'silent';
      const second = api.post('/v1/payouts', PAYOUT, key('w2'));
      await eventually(() => api.commands.messages.length === 2);
      const third = await api.post('/v1/payouts', PAYOUT, key('w3'));
      assertProblem(third, 429, 'too-many-waiting');
      assert.equal(third.headers.get('retry-after'), '1');
      assert.equal(api.commands.messages.length, 2);
      // Stopping lets go of those who wait: their commands are on the bus.
      const stopped = api.stop();
      for (const answer of await Promise.all([first, second])) {
        assert.deepEqual([answer.status, (answer.body as { status: string }).status], [202, 'queued']);
      }
      await stopped;
    } finally {
      await api.stop();
    }
  });

  it('says that the outcome is unknown when the bus fails, and gives the place free', async () => {
    class BrokenBus extends MessageBus {
      constructor(private readonly inner: MessageBus) {
        super();
      }
      publish(): Promise<void> {
        return Promise.reject(new Error('broker gone, CANARY'));
      }
      consume(...args: Parameters<MessageBus['consume']>): ReturnType<MessageBus['consume']> {
        return this.inner.consume(...args);
      }
      close(): Promise<void> {
        return this.inner.close();
      }
    }
    const api = await QueryFixture.start({ maxWaiting: 1 }, (bus) => new BrokenBus(bus));
    try {
      for (let time = 0; time < 3; time += 1) {
        const answer = await api.post('/v1/payouts', PAYOUT, key('broken'));
        const problem = assertProblem(answer, 503, 'bus-unavailable');
        assert.equal(answer.headers.get('retry-after'), '5');
        assert.doesNotMatch(JSON.stringify(problem), /CANARY/);
      }
      assert.equal(api.logger.entries.filter(({ level }) => level === 'error').length, 3);
    } finally {
      await api.stop();
    }
  });
});

describe('callers', () => {
  const CALLERS = [
    { subject: 'shop', token: 'token-of-the-shop-1' },
    { subject: 'payroll', token: 'token-of-payroll-22' },
  ];

  it('are known by their token, and named as the source of their commands', async () => {
    const api = await QueryFixture.start({ callers: CALLERS });
    try {
      const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
      const body = { accountId: 'acme', currency: 'USD' };
      for (const headers of [
        {},
        bearer('wrong'),
        bearer('token-of-the-shop-'),
        { authorization: 'Basic c2hvcDp4' },
      ]) {
        const answer = await api.post('/v1/accounts', body, { ...key(), ...headers });
        assertProblem(answer, 401, 'unauthenticated');
        assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="payout-ledger"');
        assertProblem(await api.get('/v1/payouts', headers), 401, 'unauthenticated');
      }
      assert.equal(api.commands.messages.length, 0);
      const answer = await api.post('/v1/accounts', body, {
        ...key('mine'),
        ...bearer('token-of-payroll-22'),
      });
      assert.equal(answer.status, 201);
      const [message] = api.commands.messages;
      assert.ok(message);
      const read = readCommand(message.value);
      assert.deepEqual(
        [read.ok && read.command.caller, message.headers['authenticated-by']],
        ['payroll', 'bearer'],
      );
      for (const open of ['/', '/health/live', '/health/ready', '/openapi.json', '/docs']) {
        assert.equal((await api.get(open)).status, 200, open);
      }
    } finally {
      await api.stop();
    }
  });

  it('must be set where others than this machine can call', async () => {
    await assert.rejects(QueryFixture.start({ host: '0.0.0.0' }), {
      name: 'InsecureListenerError',
      message: /0\.0\.0\.0 .*callers with their tokens/,
    });
    const api = await QueryFixture.start({ host: '0.0.0.0', callers: CALLERS });
    await api.stop();
  });
});
