import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LogPosition } from '#domain/log-position';
import { DatabaseUnreachableError } from '#platform/postgres/errors';
import { LIVES, payoutEvents, payoutNumber, usd } from '#test/support/read-models/history';
import { QueryFixture, type HttpAnswer } from '#test/support/query/query-fixture';

interface Page {
  readonly items: readonly {
    readonly payoutId: string;
    readonly accountId: string;
    readonly status: string;
  }[];
  readonly next?: string;
}
interface Problem {
  readonly code: string;
  readonly position?: string;
  readonly errors?: readonly { readonly field: string }[];
}

const codeOf = (answer: HttpAnswer): readonly unknown[] => [answer.status, (answer.body as Problem).code];

describe('reads over HTTP', () => {
  let api: QueryFixture;
  let head: LogPosition;
  const lives = Object.entries(LIVES);

  function live(
    number: number,
    steps: readonly (keyof ReturnType<typeof payoutEvents>)[],
    account: string,
  ): void {
    for (const step of steps) api.commands.history.happen(payoutEvents(number, account)[step]);
  }

  async function page(query: string): Promise<Page> {
    const answer = await api.get(`/v1/payouts?${query}`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  }

  before(async () => {
    api = await QueryFixture.start({ positionWaitMs: 10_000 });
    const { history } = api.commands;
    for (const name of ['acc-1', 'acc-2']) history.open(name);
    history.instruct('acc-1', 1, { kind: 'deposit', amount: usd('1000.00') });
    history.instruct('acc-2', 2, { kind: 'deposit', amount: usd('1000.00') });
    for (const [index, [, steps]] of lives.entries()) live(index, steps, index % 2 === 0 ? 'acc-1' : 'acc-2');
    head = await api.commands.flush();
    await api.get(`/v1/payouts?minPosition=${head}`);
  });
  after(() => api.stop());

  it('show a payout with its timeline', async () => {
    const index = lives.findIndex(([name]) => name === 'resolved');
    const answer = await api.get(`/v1/payouts/${payoutNumber(index)}?minPosition=${head}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('ledger-position'), head);
    const { timeline, ...payout } = answer.body as Record<string, unknown> & {
      timeline: readonly { type: string; position: string; summary: object }[];
    };
    assert.deepEqual(payout, {
      payoutId: payoutNumber(index),
      accountId: 'acc-2',
      provider: 'goldenpay',
      amount: '12.50',
      currency: 'USD',
      status: 'submitted',
      reversedCount: 0,
      rawStatus: 'PENDING',
      attempt: 1,
      reference: payout['reference'],
      orderId: `ORDER ${index}`,
      payeeId: `payee-${index}`,
      beneficiaryKind: 'bank-account',
      caller: 'shop',
      commandId: `pay-${index}`,
      requestedAt: payout['requestedAt'],
      updatedAt: payout['updatedAt'],
      position: payout['position'],
      revision: '6',
      links: { self: `/v1/payouts/${payoutNumber(index)}`, account: '/v1/accounts/acc-2' },
    });
    assert.deepEqual(
      timeline.map(({ type }) => type),
      [
        'PayoutRequested',
        'FundsReserved',
        'PayoutSubmissionStarted',
        'PayoutSubmissionUnknown',
        'PayoutParked',
        'PayoutResolved',
        'PayoutResendStarted',
        'PayoutSubmitted',
      ],
    );
    assert.equal(timeline.at(-1)?.position, payout['position']);
    assert.doesNotMatch(JSON.stringify(answer.body), /SEALED/);
  });

  it('show what is parked, paid and turned', async () => {
    const at = async (name: string): Promise<Record<string, unknown>> => {
      const index = lives.findIndex(([life]) => life === name);
      return (await api.get(`/v1/payouts/${payoutNumber(index)}`)).body;
    };
    const parked = await at('parked');
    assert.deepEqual(
      [parked['status'], parked['parked']],
      ['unknown', { reason: 'not-final-in-time', detail: 'no answer for 3 days' }],
    );
    const turned = await at('turned');
    assert.deepEqual(
      [turned['status'], turned['reversedCount'], turned['paid'], turned['fee'], turned['parked']],
      ['succeeded', 2, '12.50', '0.00', undefined],
    );
  });

  it('show an account with its balances, which add up', async () => {
    const answer = await api.get('/v1/accounts/acc-1');
    assert.equal(answer.status, 200);
    const { balances, ...account } = answer.body as { balances: Record<string, string>; currency: string };
    const minor = Object.fromEntries(
      Object.entries(balances).map(([book, text]) => [book, BigInt(text.replace('.', ''))]),
    );
    const sum = (...books: string[]): bigint =>
      books.reduce((total, book) => total + (minor[book] ?? 0n), 0n);
    assert.equal(
      sum('available', 'reserved', 'difference', 'paid', 'fees'),
      sum('deposits', 'corrections', 'duplicatePayment'),
    );
    assert.equal(Object.keys(balances).length, 8);
    assert.equal(balances['deposits'], '1000.00');
    assert.equal(account.currency, 'USD');
  });

  it('list accounts in pages, newest first', async () => {
    const first = (await api.get('/v1/accounts?limit=1')).body as {
      items: { accountId: string }[];
      next: string;
    };
    const second = (await api.get(`/v1/accounts?limit=1&cursor=${first.next}`)).body as typeof first;
    assert.deepEqual(
      [
        first.items.map(({ accountId }) => accountId),
        second.items.map(({ accountId }) => accountId),
        second.next,
      ],
      [['acc-2'], ['acc-1'], undefined],
    );
  });

  it('filter', async () => {
    const all = (await page('limit=200')).items;
    assert.equal(all.length, lives.length);
    const cases: readonly (readonly [
      query: string,
      keeps: (item: (typeof all)[number] & { parked?: object }) => boolean,
    ])[] = [
      ['accountId=acc-1', (item) => item.accountId === 'acc-1'],
      ['status=succeeded', (item) => item.status === 'succeeded'],
      ['parked=true', (item) => item.parked !== undefined],
      ['parked=false', (item) => item.parked === undefined],
      ['provider=goldenpay', () => true],
      ['provider=cashy', () => false],
      ['accountId=acc-2&status=failed', (item) => item.accountId === 'acc-2' && item.status === 'failed'],
      [
        'from=2026-01-01T00:00:03Z',
        (item) => ((item as { requestedAt?: string }).requestedAt ?? '') >= '2026-01-01T00:00:03',
      ],
    ];
    for (const [query, keeps] of cases) {
      const { items } = await page(`limit=200&${query}`);
      assert.deepEqual(items, all.filter(keeps), query);
    }
  });

  it('walk every row once, newest first, while rows are added and change', async () => {
    const before = (await page('limit=200')).items.map(({ payoutId }) => payoutId);
    const seen: string[] = [];
    let cursor: string | undefined;
    let number = 1_000;
    do {
      const { items, next } = await page(`limit=3${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      seen.push(...items.map(({ payoutId }) => payoutId));
      cursor = next;
      live((number += 1), ['requested', 'started', 'submitted'], 'acc-1');
      head = await api.commands.flush();
      await api.get(`/v1/payouts?limit=1&minPosition=${head}`);
    } while (cursor !== undefined);
    assert.deepEqual(seen, before);
    assert.ok((await page('limit=200')).items.length > before.length);
  });

  it('wait for what they are told to wait for', async () => {
    const number = 5_000;
    // In memory a position is the number of the event.
    const next = String(BigInt(head) + 2n);
    const waiting = api.get(`/v1/payouts/${payoutNumber(number)}?minPosition=${next}`);
    const now = await api.get(`/v1/payouts/${payoutNumber(number)}`);
    assert.deepEqual(codeOf(now), [404, 'not-found']);
    live(number, ['requested'], 'acc-1');
    head = await api.commands.flush();
    const answer = await waiting;
    assert.deepEqual([answer.status, (answer.body as { status: string }).status], [200, 'reserved']);
    assert.ok(BigInt(answer.headers.get('ledger-position') ?? '0') >= BigInt(next));
  });

  it('refuse parameters that are wrong, unknown or there twice', async () => {
    const wrong = [
      ...[
        'limit=0',
        'limit=201',
        'limit=x',
        'limit=1.5',
        'cursor=x',
        'cursor=',
        'status=paid',
        'provider=paypal',
      ],
      ...[
        'parked=yes',
        'from=yesterday',
        'from=2026-13-01T00:00:00Z',
        'accountId=a%20b',
        'minPosition=-1',
        'sort=age',
      ],
      ...['limit=1&limit=2', '__proto__=1'],
    ];
    for (const query of wrong) {
      const answer = await api.get(`/v1/payouts?${query}`);
      assert.deepEqual(codeOf(answer), [400, 'invalid-request'], query);
      assert.deepEqual(
        (answer.body as Problem).errors?.map(({ field }) => field),
        [query.split('=')[0]],
        query,
      );
    }
    assert.deepEqual(codeOf(await api.get('/v1/payouts/17')), [400, 'invalid-request']);
    assert.deepEqual(codeOf(await api.get('/v1/accounts/a%20b')), [400, 'invalid-request']);
  });

  it('say what is not there', async () => {
    const instruction = `/v1/accounts/acc-2/instructions/${payoutNumber(9)}`;
    for (const path of [`/v1/payouts/${payoutNumber(77_777)}`, '/v1/accounts/nobody', instruction]) {
      const answer = await api.get(path);
      assert.deepEqual(codeOf(answer), [404, 'not-found'], path);
      assert.ok(answer.headers.get('ledger-position'), path);
    }
  });

  it('name the addresses, and tell the health', async () => {
    const home = (await api.get('/')).body as { links: Record<string, string> };
    for (const path of Object.values(home.links)) assert.equal((await api.get(path)).status, 200, path);
    assert.deepEqual((await api.get('/health/live')).body, { live: true, detail: 'running' });
    const down = api.health.register('test', () => ({ ready: false, detail: 'on purpose' }));
    const ready = await api.get('/health/ready');
    assert.deepEqual([ready.status, (ready.body as { waitsFor: unknown }).waitsFor], [503, ['test']]);
    down();
    assert.equal((await api.get('/health/ready')).status, 200);
  });
});

describe('reads when the tables are behind', () => {
  it('give up in time, and say how far the tables are', async () => {
    const api = await QueryFixture.start({ positionWaitMs: 100, maxWaiting: 1 });
    try {
      api.commands.history.open('acc-1');
      const head = await api.commands.flush();
      await api.get(`/v1/accounts?minPosition=${head}`);
      await api.projections.stop();
      api.commands.history.open('acc-2');
      const later = await api.commands.flush();
      const answers = await Promise.all([1, 2].map(() => api.get(`/v1/accounts/acc-2?minPosition=${later}`)));
      assert.deepEqual(answers.map(codeOf).toSorted(), [
        [429, 'too-many-waiting'],
        [503, 'read-model-behind'],
      ]);
      const behind = answers.find(({ status }) => status === 503);
      assert.deepEqual(
        [behind?.headers.get('retry-after'), behind?.headers.get('ledger-position')],
        ['1', head],
      );
      assert.equal((await api.get('/v1/accounts/acc-1')).status, 200);
    } finally {
      await api.stop();
    }
  });

  it('say that the database is away, and when to ask again', async () => {
    const api = await QueryFixture.start();
    try {
      await api.projections.stop();
      api.loseTables(new DatabaseUnreachableError('db:5432 does not answer'));
      for (const path of ['/v1/payouts', '/v1/accounts/acc-1', `/v1/payouts/${payoutNumber(1)}`]) {
        const answer = await api.get(path);
        assert.deepEqual(codeOf(answer), [503, 'not-ready'], path);
        assert.equal(answer.headers.get('retry-after'), '2');
        assert.ok(!JSON.stringify(answer.body).includes('db:5432'));
      }
      // Whoever asks doesn't fill the log.
      assert.deepEqual(
        api.logger.entries.filter(({ level }) => level === 'error'),
        [],
      );
    } finally {
      await api.stop();
    }
  });

  it('start at position 0', async () => {
    const api = await QueryFixture.start();
    try {
      const answer = await api.get('/v1/payouts');
      assert.deepEqual([answer.body, answer.headers.get('ledger-position')], [{ items: [] }, '0']);
    } finally {
      await api.stop();
    }
  });
});
