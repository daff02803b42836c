import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-folder.js';
import { AppProcess } from './app-process.js';
import { freePorts } from './free-ports.js';
import { callUntilAnswered, type JsonAnswer } from './json-call.js';
import { sandboxProviders } from '#demo/sandbox-providers';

/** Short times, so that a test sees the end of a payout: production's are hours. */
const TIMING = { requestTimeout: 1_000, firstQueryAfter: 400, maxQueryPause: 1_500, parkAfter: 120_000 };
const FINAL_NOT_FOUND = { ...TIMING, notFoundIsFinalAfter: 2_000 };

type Ports = Readonly<Record<'sandbox' | 'api' | 'callbacks' | 'operators' | 'bus', number>>;

/** The embedded service and the providers' sandbox as real processes, and the files that they share. */
export class LedgerProcesses {
  readonly masterKey = randomBytes(32).toString('base64');
  readonly pathToken = randomBytes(24).toString('hex');
  /** What every service process of this folder has written so far to its log. */
  log = '';
  private readonly temporary = temporaryFolder();
  private sandbox: AppProcess | undefined;
  private running: AppProcess | undefined;
  private readonly launched: AppProcess[] = [];

  private constructor(private readonly ports: Ports) {}

  static async create(): Promise<LedgerProcesses> {
    const [sandbox = 0, api = 0, callbacks = 0, operators = 0, bus = 0] = await freePorts(5);
    return new LedgerProcesses({ sandbox, api, callbacks, operators, bus });
  }

  get folder(): string {
    return this.temporary.path;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  get api(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  get callbacks(): string {
    return `http://127.0.0.1:${this.ports.callbacks}/callbacks`;
  }

  get operators(): string {
    return `http://127.0.0.1:${this.ports.operators}`;
  }

  get bus(): string {
    return `http://127.0.0.1:${this.ports.bus}`;
  }

  get sandboxUrl(): string {
    return `http://127.0.0.1:${this.ports.sandbox}`;
  }

  get service(): AppProcess {
    if (this.running === undefined) throw new Error('the service was not started');
    return this.running;
  }

  /** The service's environment; it can be started by hand with it, or with a part of it changed. */
  get environment(): Readonly<Record<string, string>> {
    return {
      PAYOUT_DATA_FOLDER: this.data,
      PAYOUT_MASTER_KEY: this.masterKey,
      PAYOUT_PROVIDERS_FILE: join(this.folder, 'providers.json'),
      PAYOUT_API_PORT: String(this.ports.api),
      PAYOUT_CALLBACK_PORT: String(this.ports.callbacks),
      PAYOUT_OPERATOR_PORT: String(this.ports.operators),
      PAYOUT_BUS_PORT: String(this.ports.bus),
      // Whoever may leak personal data does it at the most talkative level.
      PAYOUT_LOG_LEVEL: 'debug',
    };
  }

  async startSandbox(): Promise<void> {
    const settings = join(this.folder, 'sandbox-settings.json');
    const given = { callbackBase: this.callbacks, revere: { webhookPathToken: this.pathToken } };
    writeFileSync(settings, JSON.stringify(given));
    const data = join(this.folder, 'sandbox');
    const args = ['--port', String(this.ports.sandbox), '--data', data, '--settings', settings];
    this.sandbox = AppProcess.start('sandbox', args);
    await this.sandbox.ready;
    // A vendor's minute takes 1.2 seconds: its callbacks outlive a kill.
    await callUntilAnswered(`${this.sandboxUrl}/_sandbox/settings`, { body: { timeScale: 0.02 } });
    this.writeProviders(this.providerSettings());
  }

  writeProviders(settings: Readonly<Record<string, object>>): void {
    const timing = {
      dvpay: TIMING,
      goldenpay: FINAL_NOT_FOUND,
      cashy: FINAL_NOT_FOUND,
      revere: TIMING,
      chainpay: FINAL_NOT_FOUND,
    };
    writeFileSync(join(this.folder, 'providers.json'), JSON.stringify({ settings, timing }), { mode: 0o600 });
  }

  /** Starts the service and doesn't wait for it. */
  launchService(): AppProcess {
    const launched = AppProcess.start('embedded', ['--json'], this.environment);
    void launched.exited.then(() => (this.log += launched.output));
    this.running = launched;
    this.launched.push(launched);
    return launched;
  }

  async startService(): Promise<AppProcess> {
    const launched = this.launchService();
    await launched.ready;
    return launched;
  }

  /** Registers what the sandbox does with orders to some beneficiaries. */
  async script(...scripts: readonly object[]): Promise<void> {
    const answer = await callUntilAnswered(`${this.sandboxUrl}/_sandbox/scripts`, { body: scripts });
    if (answer.status !== 200) throw new Error(`the sandbox refused a script: ${answer.text}`);
  }

  book(): Promise<JsonAnswer> {
    return callUntilAnswered(`${this.sandboxUrl}/_sandbox/book`);
  }

  /** Ends all programs, whatever they do and whatever a test forgot, and removes the folder. */
  async dispose(): Promise<void> {
    await Promise.all(this.launched.map((service) => service.kill()));
    await this.sandbox?.kill();
    this.temporary.remove();
  }

  /** The sandbox's invented credentials, as the service has to know them. */
  providerSettings(): Readonly<Record<string, object>> {
    return sandboxProviders({
      url: this.sandboxUrl,
      folder: join(this.folder, 'sandbox'),
      callbackBase: this.callbacks,
      pathToken: this.pathToken,
    });
  }
}
