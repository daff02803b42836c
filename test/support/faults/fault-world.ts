import assert from 'node:assert/strict';
import { join } from 'node:path';
import kafkajs, { Kafka, logLevel, type Producer } from 'kafkajs';
import { judgeBusRun } from '#demo/checker/judge-bus-run';
import { ProductionRun } from '#demo/checker/production-run';
import { Caller } from '#test/processes/caller';
import { startEngines, type Engines, type EnginesOptions } from '#test/processes/engines';
import { Fleet, type CopyName, type FleetOptions } from '#test/processes/fleet';
import { TopicCopy } from '#test/processes/topic-copy';
import { allHolds } from '#test/processes/verdict';
import { temporaryFolder } from '#test/support/temporary-folder';
import { plainPayouts, type PlainPayout } from './plain-payouts.js';
import { ProgramLog } from './program-log.js';
import { until } from './until.js';

const TOPICS = ['payout.replies.v1', 'payout.events.v1', 'payout.parked.v1'] as const;

export interface FaultWorldOptions extends FleetOptions, EnginesOptions {
  /** Topics and tables are made; true if absent. */
  readonly prepared?: boolean;
  /** Like `env`, of what the engines are. */
  readonly envOf?: (engines: Engines) => NonNullable<FleetOptions['env']>;
}

/** What is in the log before a request for money leaves. */
const INTENTS: ReadonlySet<string> = new Set(['PayoutSubmissionStarted', 'PayoutResendStarted']);

/** Requests for money that a provider has seen, by the sandbox's book. */
interface Arrivals {
  readonly beneficiary: string;
  readonly creates: number;
}

interface Check {
  readonly name: string;
  readonly ready: boolean;
  readonly detail: string;
}

/** The real programs as processes of their own on engines of their own, which a test breaks. */
export class FaultWorld {
  readonly #temporary = temporaryFolder();
  readonly #payouts: PlainPayout[] = [];
  readonly #beneficiaries = new Map<string, string>();
  #parts: { readonly engines: Engines; readonly fleet: Fleet } | undefined;
  #service: { readonly producer: Producer; readonly caller: Caller; readonly topics: TopicCopy } | undefined;
  #production: ProductionRun | undefined;

  /** Starts engines and sandbox; no program yet. */
  static async start({ prepared = true, envOf, ...options }: FaultWorldOptions = {}): Promise<FaultWorld> {
    // The test breaks them, and the whole log is judged: they are its own, whatever the environment names.
    for (const name of ['EVENTSTORE_URL', 'KAFKA_BROKERS', 'DATABASE_URL'])
      Reflect.deleteProperty(process.env, name);
    const world = new FaultWorld();
    try {
      const engines = await startEngines(world.#temporary.path, options);
      const env = envOf?.(engines) ?? options.env ?? {};
      world.#parts = {
        engines,
        fleet: await Fleet.in(join(world.#temporary.path, 'fleet'), engines, { env }),
      };
      if (prepared) world.fleet.prepare();
      await world.fleet.startSandbox();
      return world;
    } catch (error) {
      await world.end();
      throw error;
    }
  }

  get engines(): Engines {
    assert.ok(this.#parts);
    return this.#parts.engines;
  }

  get fleet(): Fleet {
    assert.ok(this.#parts);
    return this.#parts.fleet;
  }

  get folder(): string {
    return this.#temporary.path;
  }

  get caller(): Caller {
    assert.ok(this.#service, 'connectCaller comes first');
    return this.#service.caller;
  }

  get topics(): TopicCopy {
    assert.ok(this.#service, 'connectCaller comes first');
    return this.#service.topics;
  }

  get producer(): Producer {
    assert.ok(this.#service, 'connectCaller comes first');
    return this.#service.producer;
  }

  get production(): ProductionRun {
    this.#production ??= ProductionRun.open(this.engines);
    return this.#production;
  }

  /** The judge's connection to the log, of which a process bears one; it is made anew when something is judged. */
  async closeProduction(): Promise<void> {
    await this.#production?.close();
    this.#production = undefined;
  }

  log(name: CopyName): ProgramLog {
    return new ProgramLog(this.fleet.copy(name).program.logFile);
  }

  /** Another service connects to Kafka: it sends commands and hears what is said on the topics. */
  async connectCaller(): Promise<void> {
    const kafka = this.#kafka();
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const caller = new Caller(producer);
    const topics = await TopicCopy.start(kafka, 'test-judge', TOPICS, (topic, message) => {
      if (topic === 'payout.replies.v1') caller.heard(message);
    });
    this.#service = { producer, caller, topics };
  }

  /** How large a message the topic takes, in bytes. */
  async setMessageLimit(topic: string, bytes: number): Promise<void> {
    const admin = this.#kafka().admin();
    await admin.connect();
    try {
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: topic,
            configEntries: [{ name: 'max.message.bytes', value: String(bytes) }],
          },
        ],
      });
    } finally {
      await admin.disconnect();
    }
  }

  /** Starts copies, doesn't wait until they are ready, and answers when all have started. */
  async launch(...names: readonly CopyName[]): Promise<void> {
    await Promise.all(names.map((name) => this.fleet.launch(name)));
  }

  async launchReady(...names: readonly CopyName[]): Promise<void> {
    await Promise.all(names.map((name) => this.fleet.start(name)));
  }

  /** Opens an account for payouts and pays into it. */
  async openAccount(accountId: string): Promise<void> {
    const data = { accountId, currency: 'USD' };
    const opened = await this.caller.ask({
      type: 'OpenAccount',
      commandId: `open-${accountId}`,
      key: accountId,
      data,
    });
    assert.equal(opened?.outcome, 'accepted');
    const paidIn = await this.caller.ask({
      type: 'Deposit',
      commandId: `deposit-${accountId}`,
      key: accountId,
      data: { ...data, amount: '100000.00' },
    });
    assert.equal(paidIn?.outcome, 'accepted');
  }

  /** Sends payouts, all at once; resolves when all are answered, and fails when one isn't accepted. */
  async pay(accountId: string, count: number): Promise<readonly string[]> {
    const payouts = plainPayouts(accountId, count, this.#payouts.length);
    this.#payouts.push(...payouts);
    return Promise.all(
      payouts.map(async ({ commandId, data, beneficiary }) => {
        const answer = await this.caller.ask({ type: 'RequestPayout', commandId, key: accountId, data });
        assert.equal(answer?.outcome, 'accepted', `${commandId} was answered as ${JSON.stringify(answer)}`);
        const { payoutId = '' } = answer;
        this.#beneficiaries.set(payoutId, beneficiary);
        return payoutId;
      }),
    );
  }

  /** What the program says of itself; undefined when it doesn't answer. */
  async checks(name: CopyName): Promise<readonly Check[] | undefined> {
    const status = this.fleet.statusOf(name);
    if (status === undefined) return undefined;
    try {
      const response = await fetch(`${status}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      const { checks } = (await response.json()) as { readonly checks: readonly Check[] };
      return checks;
    } catch {
      return undefined;
    }
  }

  /** Waits until exactly these checks of the program aren't ready, each saying what is to be said. */
  async untilWaits(
    name: CopyName,
    wanted: Readonly<Record<string, RegExp>>,
    timeoutMs = 15_000,
  ): Promise<void> {
    let seen: unknown = 'no answer';
    await until(
      async () => {
        const checks = await this.checks(name);
        if (checks === undefined) return false;
        seen = checks;
        const open = checks.filter(({ ready }) => !ready);
        return (
          open.length === Object.keys(wanted).length &&
          open.every(({ name: check, detail }) => wanted[check]?.test(detail) === true)
        );
      },
      timeoutMs,
      () =>
        `${name} should wait for ${Object.entries(wanted).join(' and ')}: ${JSON.stringify(seen, null, 1)}`,
    );
  }

  async untilReady(name: CopyName, timeoutMs = 20_000): Promise<void> {
    await this.untilWaits(name, {}, timeoutMs);
  }

  /**
   * Waits until every payout is final and all claims hold: every command answered and none twice, nothing paid twice,
   * the providers' book is the log's, everything published in order, the tables what the log makes of them.
   */
  async assertNothingLost(timeoutMs = 40_000): Promise<void> {
    let findings: unknown = [];
    await until(
      async () => {
        await this.topics.complete();
        const report = judgeBusRun({
          run: await this.production.read(),
          book: await this.fleet.book(),
          beneficiaries: this.#beneficiaries,
          sent: this.caller.sent,
          replies: this.topics.of('payout.replies.v1'),
          published: this.topics.of('payout.events.v1'),
        });
        findings = report;
        return report.open === 0 && allHolds(report, this.#payouts.length);
      },
      timeoutMs,
      () => `not all holds: ${JSON.stringify(findings, null, 1)}`,
    );
  }

  /** Each request for money that a provider has seen is one that the log had announced before. */
  async assertEverySendHasAnIntent(): Promise<void> {
    const { arrivals } = (await this.fleet.book()) as { readonly arrivals: readonly Arrivals[] };
    const events = await this.production.readLog();
    const intents = Map.groupBy(
      events.filter(({ type }) => INTENTS.has(type)),
      ({ data }) => this.#beneficiaries.get(String(data['payoutId'])) ?? 'of nobody',
    );
    assert.ok(arrivals.length > 0, 'nothing was sent at all');
    for (const { beneficiary, creates } of arrivals) {
      const announced = intents.get(beneficiary)?.length ?? 0;
      assert.ok(creates <= announced, `${beneficiary}: ${creates} requests, and ${announced} intents`);
    }
  }

  /** None of them ended by itself. */
  assertNobodyDied(): void {
    assert.deepEqual(
      [...this.fleet.copies.values()].flatMap(({ unexpected }) => unexpected),
      [],
    );
  }

  #kafka(): Kafka {
    return new Kafka({
      clientId: 'test-payroll',
      brokers: [this.engines.brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 8, maxRetryTime: 1_000 },
    });
  }

  /** The tests' own connections: they don't end well once the engines are gone. */
  async disconnect(): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    await service?.producer.disconnect().catch(() => undefined);
    await service?.topics.stop().catch(() => undefined);
    await this.closeProduction();
  }

  async end(): Promise<void> {
    await this.disconnect();
    await this.#parts?.fleet.kill();
    await this.#parts?.engines.stop();
    if (process.env['KEEP_LOGS'] === undefined) this.#temporary.remove();
    else process.stdout.write(`logs: ${this.folder}\n`);
  }
}
