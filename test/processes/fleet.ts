import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sandboxProviders } from '#demo/sandbox-providers';
import { freePorts } from '../support/processes/free-ports.js';
import { callUntilAnswered } from '../support/processes/json-call.js';
import { ServiceProcess, untilReady } from '../support/processes/service-process.js';
import type { Engines } from './engines.js';

/** The programs of the production shape; of `command` two copies. */
export const COPIES = ['command-1', 'command-2', 'callback', 'projection', 'query', 'audit'] as const;
export type CopyName = (typeof COPIES)[number];

/** How long Kafka waits for a consumer that isn't heard of. */
export const SESSION_MS = 10_000;

/** Short times, so that a run ends in minutes: production's are hours (see each provider's card). */
const TIMING = { requestTimeout: 2_000, firstQueryAfter: 700, maxQueryPause: 2_500, parkAfter: 180_000 };
const FINAL_NOT_FOUND = { ...TIMING, notFoundIsFinalAfter: 6_000 };
const SETUP = new URL('../../apps/setup/src/main.js', import.meta.url);

const SCRIPTS: Readonly<Record<CopyName, string>> = {
  'command-1': 'apps/command/src/main.js',
  'command-2': 'apps/command/src/main.js',
  callback: 'apps/callback/src/main.js',
  projection: 'apps/projection/src/main.js',
  query: 'apps/query/src/main.js',
  audit: 'apps/audit/src/serve.js',
};

type Addresses = Readonly<Record<string, string>>;
type Environment = Readonly<Record<string, string>>;

export interface FleetOptions {
  /** What a copy's environment has otherwise than the others'. */
  readonly env?: Readonly<Partial<Record<CopyName, Environment>>>;
}

/** The sandbox and every program of the service, each with its settings and its log. */
export class Fleet {
  readonly copies: ReadonlyMap<CopyName, ServiceProcess>;
  readonly sandbox: ServiceProcess;
  readonly #status = new Map<CopyName, string>();

  private constructor(
    private readonly folder: string,
    private readonly engines: Engines,
    private readonly ports: readonly number[],
    private readonly secrets: { readonly master: string; readonly operators: string; readonly path: string },
    private readonly options: FleetOptions,
  ) {
    this.copies = new Map(COPIES.map((name) => [name, this.#process(name)]));
    const sandboxData = join(folder, 'sandbox');
    const settings = join(folder, 'sandbox-settings.json');
    writeFileSync(
      settings,
      JSON.stringify({ callbackBase: this.callbackBase, revere: { webhookPathToken: secrets.path } }),
    );
    this.sandbox = new ServiceProcess({
      name: 'sandbox',
      script: 'apps/sandbox/src/main.js',
      args: ['--port', String(this.#port(0)), '--data', sandboxData, '--settings', settings],
      env: {},
      logFile: join(folder, 'sandbox.log'),
    });
  }

  static async in(folder: string, engines: Engines, options: FleetOptions = {}): Promise<Fleet> {
    mkdirSync(folder, { recursive: true });
    const random = (bytes: number, as: 'base64' | 'hex'): string => randomBytes(bytes).toString(as);
    const secrets = {
      master: random(32, 'base64'),
      operators: random(24, 'hex'),
      path: random(24, 'hex'),
    };
    return new Fleet(folder, engines, await freePorts(6 + COPIES.length), secrets, options);
  }

  get sandboxUrl(): string {
    return `http://127.0.0.1:${this.#port(0)}`;
  }

  get api(): string {
    return `http://127.0.0.1:${this.#port(1)}`;
  }

  get audit(): string {
    return `http://127.0.0.1:${this.#port(3)}`;
  }

  copy(name: CopyName): ServiceProcess {
    const copy = this.copies.get(name);
    if (copy === undefined) throw new Error(`there is no ${name}`);
    return copy;
  }

  /** The operators' port of a copy of command, and the token that it wants. */
  operatorsOf(name: 'command-1' | 'command-2'): { readonly url: string; readonly token: string } {
    const port = this.#port(name === 'command-2' ? 5 : 4);
    return { url: `http://127.0.0.1:${port}`, token: this.secrets.operators };
  }

  /** Topics, tables: what an operator does before the first start. */
  prepare(commands: readonly ('migrate' | 'topics')[] = ['migrate', 'topics']): void {
    for (const command of commands) {
      const { status, stderr, stdout } = spawnSync(process.execPath, [fileURLToPath(SETUP), command], {
        env: { PATH: process.env['PATH'] ?? '', ...this.#common() },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`setup ${command} ended with ${status}: ${stderr}${stdout}`);
    }
  }

  async startSandbox(): Promise<void> {
    await this.sandbox.start();
    // A vendor's minute takes three seconds: its callbacks outlive a kill.
    await callUntilAnswered(`${this.sandboxUrl}/_sandbox/settings`, { body: { timeScale: 0.05 } });
    const settings = sandboxProviders({
      url: this.sandboxUrl,
      folder: join(this.folder, 'sandbox'),
      callbackBase: this.callbackBase,
      pathToken: this.secrets.path,
    });
    const timing = {
      dvpay: TIMING,
      goldenpay: FINAL_NOT_FOUND,
      cashy: FINAL_NOT_FOUND,
      revere: TIMING,
      chainpay: FINAL_NOT_FOUND,
    };
    writeFileSync(this.#providersFile, JSON.stringify({ settings, timing }), { mode: 0o600 });
  }

  /** Starts it; resolves when it has started, whatever it waits for. */
  async launch(name: CopyName): Promise<Addresses> {
    const addresses = await this.copy(name).start();
    const { status } = addresses;
    if (status === undefined) throw new Error(`${name} doesn't say where its status port is`);
    this.#status.set(name, status);
    return addresses;
  }

  /** Starts it; resolves when it says that it is ready for work. */
  async start(name: CopyName): Promise<Addresses> {
    const addresses = await this.launch(name);
    await untilReady(addresses['status'] ?? '');
    return addresses;
  }

  statusOf(name: CopyName): string | undefined {
    return this.#status.get(name);
  }

  /** In the order of the intake. Resolves with those that didn't end cleanly and in time. */
  async stopService(): Promise<readonly string[]> {
    const wrong: string[] = [];
    await Promise.all(
      [...this.copies.values()].map(async (copy) => {
        const { how, ms } = await copy.stop();
        if (how !== 'code 0' || ms > 30_000)
          wrong.push(`${copy.name} was asked to end and ended with ${how} after ${Math.round(ms)} ms`);
      }),
    );
    return wrong;
  }

  /** Ends everything, whatever it does. */
  async kill(): Promise<void> {
    await Promise.all([this.sandbox, ...this.copies.values()].map((one) => one.kill()));
  }

  async book(): Promise<unknown> {
    return (await callUntilAnswered(`${this.sandboxUrl}/_sandbox/book`)).body;
  }

  get callbackBase(): string {
    return `http://127.0.0.1:${this.#port(2)}/callbacks`;
  }

  get #providersFile(): string {
    return join(this.folder, 'providers.json');
  }

  #port(at: number): number {
    const port = this.ports[at];
    if (port === undefined) throw new Error(`there is no port ${at}`);
    return port;
  }

  #process(name: CopyName): ServiceProcess {
    return new ServiceProcess({
      name,
      script: SCRIPTS[name],
      args: ['--json'],
      env: { ...this.#common(), ...this.#own(name), ...this.options.env?.[name] },
      logFile: join(this.folder, `${name}.log`),
    });
  }

  /** Each program takes of it what its schema has. */
  #common(): Readonly<Record<string, string>> {
    const { eventStoreUrl, brokers, databaseUrl, keysDatabaseUrl } = this.engines;
    return {
      EVENTSTORE_URL: eventStoreUrl,
      KAFKA_BROKERS: brokers,
      KAFKA_PARTITIONS: '8',
      KAFKA_REPLICATION: '1',
      KAFKA_SESSION_MS: String(SESSION_MS),
      DATABASE_URL: databaseUrl,
      KEYS_DATABASE_URL: keysDatabaseUrl,
      PAYOUT_MASTER_KEY: this.secrets.master,
      PAYOUT_PROVIDERS_FILE: this.#providersFile,
      PAYOUT_OPERATOR_TOKEN: this.secrets.operators,
    };
  }

  #own(name: CopyName): Readonly<Record<string, string>> {
    return {
      PAYOUT_INSTANCE: name,
      PAYOUT_STATUS_HOST: '127.0.0.1',
      PAYOUT_STATUS_PORT: String(this.#port(6 + COPIES.indexOf(name))),
      PAYOUT_API_PORT: String(this.#port(1)),
      PAYOUT_CALLBACK_PORT: String(this.#port(2)),
      PAYOUT_AUDIT_PORT: String(this.#port(3)),
      PAYOUT_OPERATOR_PORT: String(this.#port(name === 'command-2' ? 5 : 4)),
    };
  }
}
