import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import type { MessageBus } from '#messaging/message-bus';
import { Health } from '#platform/health/health';
import { SystemIds } from '#platform/ids/system-ids';
import { Logger, type LogFields } from '#platform/logging/logger';
import { SystemClock } from '#platform/time/system-clock';
import { InMemoryLeases } from '#coordination/in-memory/in-memory-leases';
import type { ReadModelDatabase } from '#read-models/database';
import { Projections } from '#projection/projections';
import { QueryHttp } from '#query/query-http';
import { DEFAULT_QUERY_SETTINGS, type QuerySettings } from '#query/query-settings';
import { SqliteReadModels } from '#test/support/read-models/sqlite-subject';
import { CommandSide } from './command-side.js';

/** Keeps what was logged, to look at. */
export class RecordingLogger extends Logger {
  readonly entries: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = [];
  debug(message: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'debug', message, fields });
  }
  info(message: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'info', message, fields });
  }
  warn(message: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'warn', message, fields });
  }
  error(message: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'error', message, fields });
  }
  alarm(message: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'alarm', message, fields });
  }
  child(): Logger {
    return this;
  }
}

/** The HTTP API on loopback with everything around it: bus, a stand-in for the command side, log, projections, tables. */
export class QueryFixture {
  readonly logger = new RecordingLogger();
  readonly health = new Health();
  readonly clock = new SystemClock();
  readonly store = new InMemoryEventStore();
  readonly bus: MessageBus = new InMemoryMessageBus({ clock: this.clock });
  readonly commands = new CommandSide(this.bus, this.store);
  readonly #models = new SqliteReadModels();
  #projections: Projections | undefined;
  #http: QueryHttp | undefined;
  #database: ReadModelDatabase | undefined;
  #stopped: Promise<void> | undefined;

  /** `wrap` puts something between the API and the bus. */
  static async start(
    settings: Partial<QuerySettings> = {},
    wrap: (bus: MessageBus) => MessageBus = (bus) => bus,
  ): Promise<QueryFixture> {
    const fixture = new QueryFixture();
    try {
      await fixture.#open({ ...DEFAULT_QUERY_SETTINGS, port: 0, ...settings }, wrap);
      return fixture;
    } catch (error) {
      await fixture.stop();
      throw error;
    }
  }

  /** From now on the tables can't be read. */
  loseTables(error: Error): void {
    if (this.#database === undefined) throw new Error('it was not started');
    this.#database.checkpoint = () => Promise.reject(error);
    this.#database.query = () => Promise.reject(error);
  }

  async #open(settings: QuerySettings, wrap: (bus: MessageBus) => MessageBus): Promise<void> {
    const database = await this.#models.open();
    this.#database = database;
    const { store, clock, logger, health } = this;
    const ids = new SystemIds();
    this.#projections = new Projections({
      eventStore: store,
      database,
      clock,
      logger,
      ids,
      leases: new InMemoryLeases(clock),
      instance: 'test',
    });
    this.#projections.start();
    await this.commands.start();
    const engines = { database, bus: wrap(this.bus), clock, ids, logger, health };
    this.#http = await QueryHttp.start(engines, settings);
  }

  get url(): string {
    if (this.#http === undefined) throw new Error('not started');
    return this.#http.url;
  }

  get projections(): Projections {
    if (this.#projections === undefined) throw new Error('not started');
    return this.#projections;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await this.#http?.stop();
    await this.commands.stop();
    await this.bus.close();
    await this.#projections?.stop();
    await this.store.close();
    await this.#models.close();
    await this.#models.dispose();
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    return answerOf(await fetch(this.url + path, { headers }));
  }

  /** `body` is sent as JSON unless it is bytes or text. */
  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const init: RequestInit = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: raw as string }),
    };
    return answerOf(await fetch(this.url + path, init));
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text of anything else. */
  readonly body: never;
}

async function answerOf(response: Response): Promise<HttpAnswer> {
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
  const body = (isJson ? JSON.parse(text) : text) as never;
  return { status: response.status, headers: response.headers, body };
}
