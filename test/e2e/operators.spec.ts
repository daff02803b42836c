import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { commandId } from '#domain/ids';
import { payoutStream } from '#domain/streams';
import { EventStoreUnavailableError } from '#event-store/eventstoredb/errors';
import { printCommand } from '#messaging/contracts/commands.v1';
import { readReply } from '#messaging/contracts/replies.v1';
import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import { TOPICS } from '#messaging/topics';
import { SystemClock } from '#platform/time/system-clock';
import { judgeRun } from '#demo/checker/judge-run';
import { CommandUnderTest } from '../support/command/command-under-test.js';
import { cardOf, PayingProvider } from '../support/command/paying-provider.js';
import { eventually } from '../support/eventually.js';
import { AppProcess } from '../support/processes/app-process.js';
import { publishCommand, replyTo } from '../support/processes/bus-bridge.js';
import { callOnce, callUntilAnswered, type JsonAnswer } from '../support/processes/json-call.js';
import { LedgerProcesses } from '../support/processes/ledger-processes.js';
import { openWithFunds } from '../support/processes/opened-accounts.js';

describe('a failure of our own', () => {
  const REQUEST = {
    accountId: 'acc',
    amount: '1.00',
    currency: 'USD',
    provider: 'goldenpay' as const,
    beneficiary: { kind: 'stored-method' as const, methodId: 'some-method' },
  };
  let ledger: CommandUnderTest;
  let broken: PayingProvider;
  afterEach(() => ledger.stop());

  /** The first payout meets a defect of ours, and a cancellation comes behind it. */
  async function holdOne(): Promise<{ readonly key: string; readonly correlationIds: readonly string[] }> {
    broken = new PayingProvider(cardOf());
    broken.scripts.push('fails-ours');
    ledger = await CommandUnderTest.start(broken, new PayingProvider(cardOf({ provider: 'dvpay' })));
    await ledger.openWithFunds('acc', '100.00');
    const correlationIds = ['first', 'behind'];
    await ledger.send('RequestPayout', 'held', REQUEST, { correlationId: 'first' });
    assert.equal((await ledger.replyTo('first')).outcome, 'held');
    const payoutId = ledger.payoutId('held');
    await ledger.send('CancelPayout', 'cancel-held', { payoutId }, { correlationId: 'behind' });
    assert.equal((await ledger.replyTo('behind')).outcome, 'held');
    return { key: `payout-${payoutId}`, correlationIds };
  }

  async function outcomes(correlationIds: readonly string[]): Promise<readonly string[]> {
    const replies = await Promise.all(correlationIds.map((id) => ledger.replies(id)));
    return replies.map((of) => of.map(({ outcome, reason }) => reason ?? outcome).join(', '));
  }

  const waiting = async (): Promise<readonly (readonly [string, number, boolean])[]> =>
    (await ledger.held.list()).map(({ key, count, retryRequested }) => [key, count, retryRequested]);

  it('holds the later commands of its payout over a crash while others flow, until a retry succeeds', async () => {
    const { key, correlationIds } = await holdOne();
    assert.deepEqual(await waiting(), [[key, 2, false]]);
    const flows = async (id: string): Promise<void> => {
      assert.equal(
        (await ledger.ask('RequestPayout', id, { ...REQUEST, provider: 'dvpay' })).outcome,
        'accepted',
      );
      await ledger.untilStatus(id, 'submitted');
    };
    await flows('other');
    await ledger.crashAndRestart();
    await flows('after-the-crash');
    assert.deepEqual(await waiting(), [[key, 2, false]]);
    assert.deepEqual(await ledger.types(payoutStream(ledger.payoutId('held'))), []);

    // The defect is still there: everything waits on, in its order.
    assert.equal(await ledger.held.requestRetry(key), true);
    await eventually(async () => (await waiting())[0]?.[2] === false);
    assert.deepEqual(await waiting(), [[key, 2, false]]);
    assert.ok(ledger.logger.alarms().includes('held-command-failed-again'));

    broken.scripts.length = 0;
    await ledger.held.requestRetry(key);
    await eventually(async () => (await waiting()).length === 0);
    const [first, behind = ''] = await outcomes(correlationIds);
    assert.equal(first, 'held, accepted');
    assert.match(behind, /^held, (accepted|already-submitted)$/);
    assert.equal((await ledger.types(payoutStream(ledger.payoutId('held'))))[0], 'PayoutRequested');
  });

  it('gives up one command at a skip; what waits behind it waits on', async () => {
    const { key, correlationIds } = await holdOne();
    assert.equal((await ledger.held.skipFirst(key))?.headers['correlation-id'], 'first');
    assert.deepEqual(await waiting(), [[key, 1, false]]);
    await ledger.held.requestRetry(key);
    await eventually(async () => (await waiting()).length === 0);
    assert.deepEqual(await outcomes(correlationIds), ['held', 'held, unknown-payout']);
    assert.deepEqual(await ledger.types(payoutStream(ledger.payoutId('held'))), []);
  });
});

describe('an engine that is away', () => {
  const REQUEST = {
    accountId: 'acc',
    amount: '1.00',
    currency: 'USD',
    provider: 'goldenpay' as const,
    beneficiary: { kind: 'stored-method' as const, methodId: 'some-method' },
  };
  const TRIES_OF_A_FAILURE = 4;
  let ledger: CommandUnderTest;
  let [away, asked] = [false, 0];
  afterEach(async () => {
    away = false;
    await ledger.stop();
  });

  /** Longer than a failure of our own is tried. */
  async function askedOften(): Promise<void> {
    await eventually(() => asked > TRIES_OF_A_FAILURE + 1, 20_000);
  }

  it('holds no command: the log may be away for as long as it likes', async () => {
    ledger = await CommandUnderTest.start(new PayingProvider(cardOf()));
    await ledger.openWithFunds('acc', '100.00');
    const append = ledger.eventStore.append.bind(ledger.eventStore);
    [away, asked] = [true, 0];
    ledger.eventStore.append = async (...args) => {
      if (!away) return append(...args);
      asked += 1;
      throw new EventStoreUnavailableError('it is away');
    };
    await ledger.send('RequestPayout', 'waits', REQUEST, { correlationId: 'waits' });
    await askedOften();
    assert.deepEqual([await ledger.held.list(), await ledger.replies('waits')], [[], []]);
    away = false;
    assert.equal((await ledger.replyTo('waits')).outcome, 'accepted');
    assert.ok(!ledger.logger.alarms().includes('command-held'));
  });

  it('holds no command: the bus may take no reply for as long as it likes', async () => {
    const inner = new InMemoryMessageBus({ clock: new SystemClock() });
    const publish = inner.publish.bind(inner);
    inner.publish = async (topic, messages) => {
      if (!away || topic !== TOPICS.replies) return publish(topic, messages);
      asked += 1;
      throw new Error('no broker');
    };
    ledger = await CommandUnderTest.startWith({
      providers: [new PayingProvider(cardOf())],
      openBus: async () => inner,
    });
    [away, asked] = [true, 0];
    const command = printCommand({
      type: 'RequestPayout',
      commandId: commandId('waits'),
      caller: 'payroll',
      data: REQUEST,
    });
    await inner.publish(TOPICS.commands, [{ key: 'acc', headers: {}, value: command }]);
    await askedOften();
    const stream = payoutStream(ledger.payoutId('waits'));
    // Nobody opened the account: the answer is a rejection, and it is in the log once.
    assert.deepEqual(await ledger.types(stream), ['PayoutRejected']);
    assert.deepEqual(await ledger.held.list(), []);
    const answers: string[] = [];
    await inner.consume({
      group: 'caller',
      topic: TOPICS.replies,
      from: 'earliest',
      concurrency: 1,
      handler: async ({ value }) => {
        const read = readReply(value);
        if (read.ok) answers.push(`${read.reply.commandId} ${read.reply.outcome}`);
        return { kind: 'done' };
      },
    });
    away = false;
    await eventually(() => answers.length > 0);
    assert.deepEqual(answers, ['waits rejected']);
    assert.ok(!ledger.logger.alarms().includes('command-held'));
  });
});

describe('payout-ops on a running service', () => {
  let processes: LedgerProcesses;
  const beneficiaries = new Map<string, string>();
  before(async () => {
    processes = await LedgerProcesses.create();
    await processes.startSandbox();
    await processes.startService();
    await openWithFunds(processes.api, 'acc', { currency: 'USD', deposit: '100.00' });
  });
  after(() => processes.dispose());

  interface Ran {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
    readonly json: unknown;
  }

  async function ops(...args: readonly string[]): Promise<Ran> {
    return opsIn(processes.data, ...args);
  }

  async function opsIn(data: string, ...args: readonly string[]): Promise<Ran> {
    const cli = AppProcess.start('ops', [...args, '--url', processes.operators, '--data', data]);
    const { code } = await cli.exited;
    const json: unknown = code === 0 ? JSON.parse(cli.stdout) : undefined;
    return { code, out: cli.stdout, err: cli.stderr, json };
  }

  function request(
    commandId: string,
    provider: string,
    methodId: string,
    amount: string,
  ): Promise<JsonAnswer> {
    return callUntilAnswered(`${processes.api}/v1/payouts`, {
      body: {
        accountId: 'acc',
        amount,
        currency: 'USD',
        provider,
        payeeId: `payee-${commandId}`,
        beneficiary: { kind: 'stored-method', methodId },
      },
      key: commandId,
    });
  }

  async function payout(id: string): Promise<Readonly<Record<string, unknown>>> {
    return (await callUntilAnswered(`${processes.api}/v1/payouts/${id}`)).body;
  }

  async function balances(): Promise<Readonly<Record<string, unknown>>> {
    const { body } = await callUntilAnswered(`${processes.api}/v1/accounts/acc`);
    const { available, reserved, paid } = body['balances'] as Readonly<Record<string, unknown>>;
    return { available, reserved, paid };
  }

  it('shows each loop, and that nothing is held', async () => {
    const loops = await ops('loops');
    assert.equal(loops.code, 0, loops.err);
    const names = (loops.json as readonly { name: string }[]).map(({ name }) => name);
    assert.deepEqual(names, ['ledger-process', 'payout-process', 'publisher', 'held-commands']);
    const held = await ops('held');
    assert.deepEqual([held.code, held.json], [0, []], held.err);
  });

  it('shows who does what only one copy may do', async () => {
    const { code, json, err } = await ops('leases');
    assert.equal(code, 0, err);
    const leases = json as readonly { name: string; holder: string; fence: string; expiresInMs: number }[];
    const ofCommand = ['held-commands', 'ledger-process', 'payout-process', 'publisher'];
    const theirs = leases.filter(({ name }) => ofCommand.includes(name));
    assert.deepEqual(
      theirs.map(({ name }) => name),
      ofCommand,
    );
    assert.equal(new Set(theirs.map(({ holder }) => holder)).size, 1);
    for (const { fence, expiresInMs } of leases) assert.ok(/^[1-9]/.test(fence) && expiresInMs > 0);
  });

  it('pauses sending by name and reason, over a restart, until somebody resumes it', async () => {
    assert.deepEqual((await ops('sending')).json, { status: 'on' });
    const because = ['--operator', 'Ann', '--reason', 'restored a backup'];
    const nameless = await ops('pause-sending', '--operator', ' ', '--reason', 'x');
    assert.equal(nameless.code, 1);
    assert.match(nameless.err, /"field": "operator"/);
    const { json } = await ops('pause-sending', ...because);
    const paused = json as Readonly<Record<string, unknown>>;
    assert.match(String(paused['since']), /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(
      [paused['status'], paused['cause'], paused['by'], paused['reason']],
      ['paused', 'operator', 'Ann', 'restored a backup'],
    );
    const again = await ops('pause-sending', '--operator', 'Bob', '--reason', 'to be sure');
    assert.deepEqual([again.code, again.json], [0, paused], 'the first reason stays');
    const asked = await request('while-paused', 'dvpay', 'acc_while_paused', '1.00');
    const id = String(asked.body['payoutId']);
    await processes.service.end('SIGTERM');
    await processes.startService();
    assert.deepEqual((await ops('sending')).json, paused);
    await eventually(async () => (await payout(id))['status'] === 'reserved');
    const orders = (await processes.book()).text;
    assert.ok(!orders.includes('acc_while_paused'), 'a request left for the provider');
    assert.deepEqual((await ops('resume-sending', ...because)).json, { status: 'on' });
    await eventually(async () => (await payout(id))['status'] === 'succeeded', 20_000);
  });

  for (const command of ['retry', 'skip']) {
    it(`says that nothing is held for the key at a ${command}`, async () => {
      const { code, out, err } = await ops(command, 'payout-nobody-knows');
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /nothing is held for payout-nobody-knows/);
    });
  }

  it('is refused with another token, and names what is missing without one', async () => {
    const other = join(processes.folder, 'other-folder');
    const without = await opsIn(other, 'held');
    assert.equal(without.code, 1);
    assert.match(without.err, /operator-token can't be read: name the service's data folder with --data/);
    writeFileSync(join(processes.folder, 'operator-token'), 'a'.repeat(40));
    const wrong = await opsIn(processes.folder, 'held');
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /operator token/);
    assert.ok(!wrong.err.includes('a'.repeat(40)));
  });

  it('says so when no service answers', async () => {
    const cli = AppProcess.start('ops', ['held', '--url', 'http://127.0.0.1:9', '--data', processes.data]);
    assert.equal((await cli.exited).code, 1);
    assert.match(cli.stderr, /no answer from http:\/\/127\.0\.0\.1:9 .*is the service running/);
  });

  for (const [name, args] of [
    ['no command', []],
    ['an unknown command', ['restart']],
    ['an unknown option', ['held', '--force']],
    ['a retry of nothing', ['retry']],
    ['a resolve without a reason', ['resolve', 'x', '--decision', 'paid', '--operator', 'Ann']],
  ] as const) {
    it(`exits with 2 and shows the usage at ${name}`, async () => {
      const { code, out, err } = await ops(...args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /payout-ops retry <key>/);
    });
  }

  it('holds the commands of a payout that cannot be handled, over a restart, until they are retried', async () => {
    // The payee's key is damaged: nothing can be sealed for this payee, and that is nobody's fault but ours.
    const first = await request('whole', 'dvpay', 'acc_whole', '1.00');
    assert.equal(first.status, 202, first.text);
    await processes.service.end('SIGTERM');
    const envelope = setEnvelope('payee-whole', (text) => `${text.slice(0, -4)}AAAA`);
    await processes.startService();
    const data = {
      accountId: 'acc',
      amount: '2.00',
      currency: 'USD',
      provider: 'dvpay',
      payeeId: 'payee-whole',
      beneficiary: { kind: 'stored-method', methodId: 'acc_damaged' },
    };
    const address = { key: 'acc', correlationId: 'damaged' };
    await publishCommand(processes.bus, { type: 'RequestPayout', commandId: 'damaged', data }, address);
    const reply = await replyTo(processes.bus, address, 20_000);
    assert.equal(reply?.body['outcome'], 'held');
    // Others flow, also on the same account.
    assert.equal((await request('other', 'dvpay', 'acc_other', '1.00')).status, 202);

    const held = (await ops('held')).json as readonly { key: string; count: number; reason: string }[];
    assert.deepEqual(
      held.map(({ count }) => count),
      [1],
    );
    const key = held[0]?.key ?? '';
    assert.match(key, /^payout-[0-9a-f-]{36}$/);
    assert.equal((await ops('retry', key)).code, 0);
    await eventually(() => processes.service.stderr.includes('held-command-failed-again'));

    await processes.service.end('SIGTERM');
    setEnvelope('payee-whole', () => envelope);
    await processes.startService();
    assert.deepEqual(
      ((await ops('held')).json as readonly { key: string }[]).map((one) => one.key),
      [key],
    );
    assert.equal((await ops('retry', key)).code, 0);
    await eventually(
      async () => (await payout(key.slice('payout-'.length)))['status'] === 'succeeded',
      20_000,
    );
    assert.deepEqual((await ops('held')).json, []);
  });

  for (const { decision, fault, status, amount } of [
    { decision: 'paid', fault: 'no-answer-after-paying', status: 'succeeded', amount: '20.25' },
    { decision: 'not-paid', fault: 'drop-before', status: 'failed', amount: '30.75' },
  ] as const) {
    it(`resolves a parked payout as ${decision}, and the books say what the provider's say`, async () => {
      const methodId = `23fe345e-3e5f-4c32-8220-${decision.padEnd(12, '0').replaceAll(/[^0-9a-f]/g, 'c')}`;
      await processes.script({
        vendor: 'revere',
        beneficiary: methodId,
        outcome: 'success',
        create: { fault },
      });
      const before = await balances();
      const asked = await request(`parks-${decision}`, 'revere', methodId, amount);
      const id = String(asked.body['payoutId']);
      // Its answer was lost: only the beneficiary leads from the provider's order to it.
      beneficiaries.set(id, methodId);
      await eventually(async () => Boolean((await payout(id))['parked']), 20_000);
      assert.equal((await balances())['reserved'], amount);

      const options = ['--operator', 'Ann', '--reason', 'asked the bank'];
      const nonsense = await ops('resolve', id, '--decision', 'maybe', ...options);
      assert.equal(nonsense.code, 1);
      assert.match(nonsense.err, /decision/);
      const amountOfWords = await ops('resolve', id, '--decision', 'paid', '--paid', 'lots', ...options);
      assert.equal(amountOfWords.code, 1);
      assert.match(amountOfWords.err, /paid/);
      assert.match(amountOfWords.err, /such as/);
      assert.equal((await balances())['reserved'], amount);

      const resolved = await ops('resolve', id, '--decision', decision, ...options);
      assert.equal(resolved.code, 0, resolved.err);
      const [, commandId = ''] = /^command id (\S+)$/m.exec(resolved.err) ?? [];
      await eventually(async () => (await payout(id))['status'] === status);
      await eventually(async () => (await balances())['reserved'] === '0.00');
      const paid = decision === 'paid';
      const sum = (text: unknown, sign: 1 | -1): string =>
        ((Math.round(Number(text) * 100) + sign * Math.round(Number(amount) * 100)) / 100).toFixed(2);
      assert.deepEqual(
        await balances(),
        paid
          ? { available: sum(before['available'], -1), reserved: '0.00', paid: sum(before['paid'], 1) }
          : before,
      );

      const again = await ops('resolve', id, '--decision', decision, ...options);
      assert.equal(again.code, 1, 'a refusal is no success');
      assert.match(again.err, /not-parked/);
      const repeated = await ops(
        ...['resolve', id, '--decision', decision, ...options, '--command-id', commandId],
      );
      assert.equal(repeated.code, 0, repeated.err);
      assert.equal((repeated.json as Readonly<Record<string, unknown>>)['outcome'], 'accepted');
    });
  }

  it('refuses a decision about a payout that nobody knows', async () => {
    const id = '00000000-0000-5000-8000-000000000000';
    const options = ['--decision', 'paid', '--operator', 'Ann', '--reason', 'x'];
    const { code, err } = await ops('resolve', id, ...options);
    assert.equal(code, 1);
    assert.match(err, /unknown-payout/);
  });

  it('leaves books that agree with the providers', async () => {
    await eventually(async () => {
      const list = await callOnce(`${processes.api}/v1/payouts?limit=100`);
      return !/"status":"(requested|reserved|submitting|submitted|unknown)"/.test(
        list?.text ?? '"status":"unknown"',
      );
    }, 20_000);
    const book = (await processes.book()).body;
    const report = judgeRun({ dataFolder: processes.data, book, beneficiaries });
    assert.deepEqual(report.findings, []);
    assert.deepEqual([report.succeeded, report.failed, report.open, report.paidTwice], [5, 1, 0, 0]);
  });

  function setEnvelope(payeeId: string, change: (envelope: string) => string): string {
    const db = new BetterSqlite3(join(processes.data, 'keys.db'));
    try {
      const row = db.prepare('SELECT envelope FROM payee_key WHERE payee_id = ?').get(payeeId);
      const { envelope } = row as { readonly envelope: string };
      db.prepare('UPDATE payee_key SET envelope = ? WHERE payee_id = ?').run(change(envelope), payeeId);
      return envelope;
    } finally {
      db.close();
    }
  }
});
