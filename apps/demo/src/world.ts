import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.js';
import { callUntilAnswered } from './http.js';
import { sandboxProviders } from './sandbox-providers.js';

/** Short times, so that a demo ends in a minute: production's are hours (see each provider's card). */
const TIMING = { requestTimeout: 1_500, firstQueryAfter: 700, maxQueryPause: 2_500, parkAfter: 120_000 };
const FINAL_NOT_FOUND = { ...TIMING, notFoundIsFinalAfter: 3_000 };

const APPS = fileURLToPath(new URL('../../', import.meta.url));

interface Ports {
  readonly sandbox: number;
  readonly api: number;
  readonly callbacks: number;
  readonly operators: number;
  readonly bus: number;
}

/** The demo's two programs, and the files that they share. */
export class World {
  private service: Child | undefined;
  private sandbox: Child | undefined;

  private constructor(
    readonly folder: string,
    private readonly ports: Ports,
  ) {}

  static async in(folder: string): Promise<World> {
    mkdirSync(folder, { recursive: true });
    const [sandbox = 0, api = 0, callbacks = 0, operators = 0, bus = 0] = await freePorts(5);
    return new World(folder, { sandbox, api, callbacks, operators, bus });
  }

  get api(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  get bus(): string {
    return `http://127.0.0.1:${this.ports.bus}`;
  }

  get sandboxUrl(): string {
    return `http://127.0.0.1:${this.ports.sandbox}`;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  async startSandbox(): Promise<void> {
    const settings = join(this.folder, 'sandbox-settings.json');
    writeFileSync(
      settings,
      JSON.stringify({ callbackBase: this.callbackBase, revere: { webhookPathToken: this.pathToken } }),
    );
    const args = [
      '--port',
      String(this.ports.sandbox),
      '--data',
      join(this.folder, 'sandbox'),
      '--settings',
      settings,
    ];
    this.sandbox = await Child.start(
      'sandbox',
      join(APPS, 'sandbox/src/main.js'),
      args,
      {},
      join(this.folder, 'sandbox.log'),
    );
    // What was set at run time outlives a restart of the sandbox, and the ports are others in each run.
    await callUntilAnswered('POST', `${this.sandboxUrl}/_sandbox/settings`, {
      callbackBase: this.callbackBase,
      // A vendor's minute takes three seconds: its callbacks outlive the kill.
      timeScale: 0.05,
    });
  }

  /** True when a master key had to be made. */
  async startService(): Promise<boolean> {
    const keyFile = join(this.folder, 'demo-master-key');
    const made = !existsSync(keyFile);
    if (made) writeFileSync(keyFile, randomBytes(32).toString('base64'), { mode: 0o600 });
    const providers = join(this.folder, 'providers.json');
    writeFileSync(providers, JSON.stringify(this.providerSettings(), null, 2), { mode: 0o600 });
    const env = {
      PAYOUT_DATA_FOLDER: this.data,
      PAYOUT_MASTER_KEY_FILE: keyFile,
      PAYOUT_PROVIDERS_FILE: providers,
      PAYOUT_API_PORT: String(this.ports.api),
      PAYOUT_CALLBACK_PORT: String(this.ports.callbacks),
      PAYOUT_OPERATOR_PORT: String(this.ports.operators),
      PAYOUT_BUS_PORT: String(this.ports.bus),
    };
    this.service = await Child.start(
      'service',
      join(APPS, 'embedded/src/main.js'),
      ['--json'],
      env,
      join(this.folder, 'service.log'),
    );
    return made;
  }

  async killService(): Promise<void> {
    await this.service?.kill();
    this.service = undefined;
  }

  async stop(): Promise<void> {
    await this.service?.stop();
    await this.sandbox?.stop();
  }

  async book(): Promise<unknown> {
    return (await callUntilAnswered('GET', `${this.sandboxUrl}/_sandbox/book`)).body;
  }

  private get callbackBase(): string {
    return `http://127.0.0.1:${this.ports.callbacks}/callbacks`;
  }

  /** One per data folder: Revere signs nothing, its callbacks are told by their path. */
  private get pathToken(): string {
    const file = join(this.folder, 'revere-path-token');
    if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
    return readFileSync(file, 'utf8');
  }

  private providerSettings(): unknown {
    return {
      settings: sandboxProviders({
        url: this.sandboxUrl,
        folder: join(this.folder, 'sandbox'),
        callbackBase: this.callbackBase,
        pathToken: this.pathToken,
      }),
      timing: {
        dvpay: TIMING,
        goldenpay: FINAL_NOT_FOUND,
        cashy: FINAL_NOT_FOUND,
        revere: TIMING,
        chainpay: FINAL_NOT_FOUND,
      },
    };
  }
}

/** Ports that the system gave out just now. Nobody else takes them so soon. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
