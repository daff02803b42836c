import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { currencyCode } from '#domain/money/currency';
import { TOPICS } from '#messaging/topics';
import { CommandUnderTest } from '../support/command/command-under-test.js';
import { cardOf, PayingProvider } from '../support/command/paying-provider.js';
import { eventually } from '../support/eventually.js';
import { KafkaWorld } from '../support/kafka/kafka-world.js';
import { startOwnKafka, type OwnKafka } from '../support/kafka/start-kafka.js';
import { fencedBlocks, page, ROOT } from '../docs/pages.js';

const WITHIN_MS = 60_000;
const MURMUR2 = ['-X', 'topic.partitioner=murmur2_random', '-X', 'acks=all'];

/** Throws with the remedy when there is no kcat. */
function requireKcat(): void {
  try {
    execFileSync('kcat', ['-V'], { stdio: 'ignore' });
  } catch (error) {
    throw new Error('this test runs kcat, which is missing: sudo apt-get install -y kcat', { cause: error });
  }
}

describe('kcat alone', () => {
  let kafka: OwnKafka;
  let world: KafkaWorld;
  let provider: PayingProvider;
  let ledger: CommandUnderTest;

  before(async () => {
    requireKcat();
    // The commands in docs/contracts/README.md name the topics as they are: no prefix, so a broker of its own.
    kafka = await startOwnKafka();
    world = await KafkaWorld.withTopics(kafka.brokers, { kafkaPrefix: '' });
    provider = new PayingProvider(
      cardOf({
        currencies: { [currencyCode('VND')]: { decimals: 0, min: '1', max: '100000000', feeReserve: '0' } },
        beneficiaryKinds: ['bank-account'],
      }),
    );
    ledger = await CommandUnderTest.startWith({ providers: [provider], openBus: () => world.bus() });
  });

  after(async () => {
    await ledger.stop();
    await world.close();
    await kafka.stop();
  });

  /** Runs it from the root of the tree, as its reader does; resolves with what it printed. */
  async function run(script: string): Promise<string> {
    const { stdout } = await promisify(execFile)('bash', ['-o', 'pipefail', '-c', script], {
      cwd: fileURLToPath(ROOT),
      env: { ...process.env, KAFKA_BROKERS: kafka.brokers },
      timeout: WITHIN_MS,
    });
    return stdout;
  }

  async function produce(input: string | Buffer, ...words: readonly string[]): Promise<void> {
    const args = ['-P', '-b', kafka.brokers, '-t', TOPICS.commands, ...words];
    const child = spawn('kcat', args, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(said);
  }

  it('sends the commands of docs/contracts/README.md, gets their replies and reads the events', async () => {
    const scripts = fencedBlocks(page('docs/contracts/README.md'))
      .filter(({ words }) => words[1] === 'kcat')
      .map(({ text }) => text);
    assert.equal(scripts.length, 5);
    provider.scripts.push('settles-at-once');
    const [reply = '', events = ''] = (await inTurn(scripts, run)).slice(3);
    const [, json = ''] = reply.split('\t');
    const { data } = JSON.parse(json) as { data: { outcome: string; payoutId: string } };
    assert.equal(data.outcome, 'accepted');
    assert.match(events, /"type":"payout\.event\.PayoutRequested\.v1"/);
    await eventually(async () => {
      const all = await run(scripts[4] ?? '');
      return /"status":"succeeded"/.test(all);
    }, WITHIN_MS);
    const followed = (await run(scripts[4] ?? ''))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; data: { payoutId: string; status?: string } });
    assert.ok(followed.every((event) => event.data.payoutId === data.payoutId));
    assert.deepEqual(
      [followed[0]?.type, followed.at(-1)?.data.status],
      ['payout.event.PayoutRequested.v1', 'succeeded'],
    );
    assert.equal(provider.sends, 1);
  });

  it('puts a key where every other client puts it, with the partitioner that the docs name', async () => {
    const keys = Array.from({ length: 40 }, (_, n) => `key-${n}`);
    await produce(keys.map((key) => `${key}:not a command\n`).join(''), '-K', ':', ...MURMUR2);
    const bus = await world.bus();
    await bus.publish(
      TOPICS.commands,
      keys.map((key) => ({ key, headers: {}, value: Buffer.from('not a command either') })),
    );
    const all = await world.read(TOPICS.commands);
    for (const key of keys) {
      const partitions = all.filter((one) => one.key === key).map(({ partition }) => partition);
      assert.equal(partitions.length, 2, key);
      assert.equal(new Set(partitions).size, 1, `${key} is in partitions ${partitions.join(' and ')}`);
    }
  });

  it('can send nonsense, without a key, and hold nobody up: it is parked, and the next command is answered', async () => {
    await produce('nonsense');
    const mark = 'nonsense-then-this';
    const command = {
      specversion: '1.0',
      id: mark,
      source: 'shop',
      type: 'payout.command.OpenAccount.v1',
      data: { accountId: 'after-nonsense', currency: 'VND' },
    };
    await produce(
      JSON.stringify(command),
      ...['-k', 'after-nonsense', '-H', `correlation-id=shop:${mark}`],
      ...['-H', 'content-type=application/cloudevents+json', ...MURMUR2],
    );
    await eventually(async () => {
      const replies = await world.read(TOPICS.replies);
      return replies.some(({ headers }) => headers['correlation-id'] === `shop:${mark}`);
    }, WITHIN_MS);
    const nonsense = (await world.read(TOPICS.parked)).filter(
      ({ value }) => Buffer.from(value).toString() === 'nonsense',
    );
    assert.equal(nonsense.length, 1);
    assert.equal(nonsense[0]?.headers['parked-from-topic'], TOPICS.commands);
  });

  it('is told at once that 5 MiB are too much', async () => {
    const huge = Buffer.alloc(5 * 1024 * 1024, 65);
    await assert.rejects(
      produce(huge, '-k', 'huge', '-D', '\\0', '-X', 'message.max.bytes=8000000', ...MURMUR2),
      /Message size too large/,
    );
  });
});

async function inTurn<A, B>(list: readonly A[], each: (one: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const one of list) results.push(await each(one));
  return results;
}
