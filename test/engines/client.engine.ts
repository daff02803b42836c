import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openKafkaLedger, type KafkaLedger } from '#client/kafka-ledger';
import { KafkaMessageBus } from '#messaging/kafka/kafka-message-bus';
import { setUpTopics, type TopicSettings } from '#messaging/kafka/topic-setup';
import type { KafkaSettings } from '#messaging/kafka/settings';
import { SystemClock } from '#platform/time/system-clock';
import { CommandUnderTest } from '../support/command/command-under-test.js';
import { cardOf, PayingProvider } from '../support/command/paying-provider.js';
import { eventually } from '../support/eventually.js';
import { kafkaTestSettings } from '../support/kafka/kafka-settings.js';
import { startKafka, type StartedKafka } from '../support/kafka/start-kafka.js';
import { MemoryLogger } from '../support/memory-logger.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const EXAMPLE = new URL('../../docs/examples/seller-payouts/main.js', import.meta.url);
const ACCOUNT = 'acme-usd';
const WITHIN_MS = 60_000;

/** The example service as a process of its own, with what it has printed. */
class Example {
  readonly lines: string[] = [];
  private readonly child;
  private readonly closed: Promise<unknown>;

  constructor(env: Readonly<Record<string, string>>, ...words: readonly string[]) {
    this.child = spawn(process.execPath, ['--enable-source-maps', fileURLToPath(EXAMPLE), ...words], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.closed = once(this.child, 'close');
    createInterface(this.child.stdout).on('line', (line) => this.lines.push(line));
  }

  /** Resolves with its exit code when it has ended; null when it was killed. */
  async end(): Promise<number | null> {
    await this.closed;
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }
}

describe('the client package over a real Kafka', () => {
  let kafka: StartedKafka;
  let settings: KafkaSettings & TopicSettings;
  let env: Readonly<Record<string, string>>;
  let provider: PayingProvider;
  let ledger: CommandUnderTest;
  let own: KafkaLedger | undefined;
  let folder: ReturnType<typeof temporaryFolder>;
  const examples: Example[] = [];

  before(async () => {
    kafka = await startKafka();
  });
  after(() => kafka.stop());

  beforeEach(async () => {
    folder = temporaryFolder();
    settings = kafkaTestSettings(kafka.brokers);
    env = { KAFKA_BROKERS: kafka.brokers, KAFKA_PREFIX: settings.kafkaPrefix };
    const clock = new SystemClock();
    await setUpTopics({ settings, clock, clientId: 'client-test', say: () => undefined });
    provider = new PayingProvider(cardOf());
    const logger = new MemoryLogger();
    const openBus = () => KafkaMessageBus.open({ settings, clock, logger, clientId: 'ledger-under-test' });
    ledger = await CommandUnderTest.startWith({ providers: [provider], openBus });
    own = await openKafkaLedger({ caller: 'treasury', env });
    const opened = await own.client.request(
      'OpenAccount',
      { accountId: ACCOUNT, currency: 'USD' },
      { commandId: 'open', timeoutMs: WITHIN_MS },
    );
    assert.ok(opened.kind === 'answered' && opened.reply.outcome === 'accepted', JSON.stringify(opened));
    const funded = await own.client.request(
      'Deposit',
      { accountId: ACCOUNT, amount: '100.00', currency: 'USD' },
      { commandId: 'fund', timeoutMs: WITHIN_MS },
    );
    assert.ok(funded.kind === 'answered' && funded.reply.outcome === 'accepted', JSON.stringify(funded));
  });

  afterEach(async () => {
    for (const example of examples.splice(0)) await example.kill();
    await own?.close();
    own = undefined;
    await ledger.stop();
    folder.remove();
  });

  function start(order: string, amount: string): Example {
    const file = join(folder.path, 'payments.json');
    const example = new Example(env, file, ACCOUNT, order, amount, 'USD');
    examples.push(example);
    return example;
  }

  it('lets the example service pay, hear the reply, and follow the payout to its end', async () => {
    provider.scripts.push('settles-at-once');
    const example = start('1001', '40.00');
    assert.equal(await example.end(), 0);
    assert.equal(example.lines.at(-1), 'order 1001 succeeded');
    assert.equal(new Set(example.lines).size, example.lines.length, example.lines.join('\n'));
    assert.deepEqual(await ledger.balances(ACCOUNT), { available: 6_000n, reserved: 0n, paid: 4_000n });
    // With the same words again: its row says that it is over.
    const again = start('1001', '40.00');
    assert.equal(await again.end(), 0);
    assert.deepEqual(again.lines, ['order 1001 succeeded']);
    assert.equal(provider.sends, 1);
  });

  it('pays once when the example is killed in between, and the end is heard by its next start', async () => {
    const first = start('1002', '40.00');
    await eventually(() => first.lines.includes('order 1002 submitted'), WITHIN_MS);
    await first.kill();
    const second = start('1002', '40.00');
    await eventually(() => second.lines.includes('order 1002 submitted'), WITHIN_MS);
    const [booked, ...others] = provider.book.values();
    assert.ok(booked !== undefined && others.length === 0);
    provider.settle(booked, 'succeeded');
    const { reference, orderId } = booked;
    await ledger.callback('goldenpay', { reference, orderId, state: 'succeeded' });
    assert.equal(await second.end(), 0);
    assert.equal(second.lines.at(-1), 'order 1002 succeeded');
    assert.deepEqual([provider.sends, booked.payments], [1, 1]);
  });

  it('tells the example by an event that the account refuses', async () => {
    const example = start('1003', '100.01');
    assert.equal(await example.end(), 0);
    assert.equal(example.lines.at(-1), 'order 1003 rejected insufficient-funds');
    assert.equal(provider.sends, 0);
  });

  it('says what is wrong with Kafka, and that an unanswered command is unknown', async () => {
    const nowhere = await openKafkaLedger({
      caller: 'treasury',
      env: { ...env, KAFKA_BROKERS: '127.0.0.1:1' },
      logger: new MemoryLogger(),
    });
    try {
      const data = { accountId: 'other', currency: 'USD' };
      const answer = await nowhere.client.request('OpenAccount', data, { commandId: 'x', timeoutMs: 500 });
      assert.equal(answer.kind, 'unknown');
      assert.equal(nowhere.status().ready, false);
    } finally {
      await nowhere.close();
    }
    await eventually(() => own?.status().ready === true);
    await assert.rejects(openKafkaLedger({ caller: 'treasury', env: {} }), /KAFKA_BROKERS/);
  });
});
