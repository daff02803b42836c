import type { Client, ClientConfig } from 'pg';
import type { Readiness } from '../health/health.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { MIGRATE_REMEDY, whyFailed } from './classify.js';
import type { DatabaseAddress } from './database-address.js';
import { DatabaseNotPreparedError } from './errors.js';
import { missingMigrations, type MigrationSet } from './migrations.js';
import { connectAlone } from './postgres-connections.js';

const READY_PAUSE_MS = 5_000;
const WAITING_PAUSE_MS = 1_000;

interface ServerState {
  readonly standby: boolean;
  readonly durable: boolean;
}

/** Asks the database again and again, on a connection of its own, and tells its state without a wait. */
export class PostgresWatch {
  #state: Readiness;
  /** The error's class: a line is logged when this changes. */
  #kind = 'connecting';
  #client: Client | undefined;
  #prepared = false;
  #warned = false;
  #poke = new AbortController();
  readonly #closing = new AbortController();
  #waiting: (() => void)[] = [];
  readonly #running: Promise<void>;

  constructor(
    private readonly address: DatabaseAddress,
    private readonly parts: {
      readonly config: ClientConfig;
      readonly clock: Clock;
      readonly logger: Logger;
      /** All of them must be done before it is ready. */
      readonly migrations: readonly MigrationSet[];
    },
  ) {
    this.#state = { ready: false, detail: `connecting to ${address.shown}` };
    this.#running = this.#run();
  }

  status(): Readiness {
    return this.#state;
  }

  /** Something failed: look at once. */
  look(): void {
    this.#poke.abort();
  }

  /** Resolves when the database is ready, or the signal is aborted, or the watch is closed. */
  async ready(signal?: AbortSignal): Promise<void> {
    while (!this.#state.ready && !this.#closing.signal.aborted && signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#state = { ready: false, detail: `${this.address.shown} is closed` };
    this.look();
    await this.#running;
    this.#wake();
  }

  async #run(): Promise<void> {
    const { clock } = this.parts;
    while (!this.#closing.signal.aborted) {
      try {
        await this.#check();
        this.#become('ready', { ready: true, detail: this.address.shown });
      } catch (error) {
        this.#forget();
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        this.#become(name, { ready: false, detail: message }, error);
      }
      // While it is down, everybody finds it out: asking once a second is enough.
      if (this.#state.ready) await clock.sleep(READY_PAUSE_MS, this.#poke.signal);
      else await clock.sleep(WAITING_PAUSE_MS, this.#closing.signal);
      this.#poke = new AbortController();
    }
    this.#forget();
  }

  async #check(): Promise<void> {
    const { shown } = this.address;
    if (this.#client === undefined) {
      this.#prepared = false;
      this.#client = await connectAlone(this.address, this.parts.config, () => this.look());
    }
    const client = this.#client;
    try {
      const { rows } = await client.query<ServerState>(
        `SELECT pg_is_in_recovery() AS standby,
           current_setting('synchronous_commit') <> 'off' AND current_setting('fsync') <> 'off' AS durable`,
      );
      if (rows[0]?.standby === true) {
        throw new DatabaseNotPreparedError(`${shown} takes no writes: name the primary, not a standby`);
      }
      if (rows[0]?.durable === false && !this.#warned) {
        this.#warned = true;
        this.parts.logger.warn(
          'the database may lose what it has acknowledged: set fsync and synchronous_commit to on',
          {
            database: shown,
          },
        );
      }
      if (this.#prepared) return;
      const missing = await missingMigrations(client, this.parts.migrations);
      if (missing.length > 0) {
        throw new DatabaseNotPreparedError(
          `${shown} lacks migrations (${missing.join(', ')}): ${MIGRATE_REMEDY}`,
        );
      }
      this.#prepared = true;
    } catch (error) {
      throw error instanceof DatabaseNotPreparedError ? error : whyFailed(error, shown, false);
    }
  }

  #become(kind: string, state: Readiness, error?: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#state = state;
    if (state.ready) this.#wake();
    if (kind === this.#kind) return;
    this.#kind = kind;
    const { logger } = this.parts;
    if (state.ready) logger.info('database ready', { database: this.address.shown });
    else logger.warn('database not ready', { database: this.address.shown, reason: state.detail, error });
  }

  /** Not waited for: a server that hangs would never answer the farewell. */
  #forget(): void {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    (client as Client & { unref(): void }).unref();
    client.end().catch(() => undefined);
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
