import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccessControl } from './access-control.js';
import { Faults } from './faults.js';
import { HangGate } from './hang-gate.js';
import { http1Requests } from './http1.js';
import { Listener, type TlsIdentity } from './listener.js';
import { DurableLog } from './log/durable-log.js';
import { EventLog } from './log/event-log.js';
import { LogFile } from './log/log-file.js';
import { grpcServer, type GrpcServer } from './services/grpc-server.js';
import type { ServerContext, ServerVersion } from './services/server-context.js';
import { writeStartEvents } from './start-events.js';
import type { User } from './users.js';
import { decodeEvent, encodeEvent } from './wire/event-codec.js';

export interface StandInOptions {
  readonly host?: string;
  /** 0 or absent: any free one, kept over a restart. */
  readonly port?: number;
  /** Where the log is kept. Absent: in memory, over `restart` too. */
  readonly dataFolder?: string;
  /** With users there is access control. The client sends credentials over TLS only. */
  readonly users?: readonly User[];
  readonly tls?: TlsIdentity;
  /** Whose behaviour, where the recorded servers differ. */
  readonly version?: ServerVersion;
  readonly liveBuffer?: number;
  /** The log can't be written any more. What was under way is answered as unknown; a real server ends itself then. */
  readonly onLogFailure?: (error: Error) => void;
}

/**
 * Stands in for an EventStoreDB at the wire. It is not a server: one process, one log in memory, no scavenging, no
 * cluster, no projections, no links, no persistent subscriptions. It gives the answers that were recorded on real
 * servers (`recorded-answers.json`), to the calls that the client makes, and can fail in the ways that were recorded.
 */
export class EventStoreDbStandIn {
  readonly faults = new Faults();
  readonly #gate = new HangGate();
  readonly #calls = new Map<string, number>();
  readonly #instanceId = randomUUID();
  readonly #access: AccessControl | undefined;
  #port: number;
  #running: { readonly listener: Listener; readonly grpc: GrpcServer } | undefined;

  private constructor(
    private readonly options: StandInOptions,
    private readonly store: DurableLog,
  ) {
    this.#port = options.port ?? 0;
    this.#access = options.users === undefined ? undefined : new AccessControl(options.users, store.log);
  }

  static async start(options: StandInOptions = {}): Promise<EventStoreDbStandIn> {
    const log = new EventLog(encodeEvent, randomUUID);
    let file: LogFile | undefined;
    if (options.dataFolder !== undefined) {
      const opened = await LogFile.open(join(options.dataFolder, 'stand-in.log'));
      log.restore(opened.frames.flat().map(decodeEvent));
      file = opened.file;
    }
    const standIn = new EventStoreDbStandIn(options, new DurableLog(log, file, options.onLogFailure));
    await standIn.#listen();
    return standIn;
  }

  get host(): string {
    return this.options.host ?? '127.0.0.1';
  }
  /** The certificate is for localhost. */
  get #reachedAt(): string {
    if (this.options.tls !== undefined) return 'localhost';
    return this.host === '0.0.0.0' ? '127.0.0.1' : this.host;
  }
  get port(): number {
    return this.#port;
  }
  /** For the client; with access control the caller adds user and password, and `tlsCAFile`. */
  get url(): string {
    return `esdb://${this.#reachedAt}:${this.#port}?tls=${this.options.tls !== undefined}`;
  }
  /** How often each call was made. */
  get calls(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls);
  }
  /** Events in the log, the server's own included. */
  get events(): number {
    return this.store.log.visible;
  }
  get connections(): number {
    return this.#running?.listener.connections ?? 0;
  }
  get hanging(): boolean {
    return this.#gate.closed;
  }

  /** From now on requests are taken and not answered. */
  hang(): void {
    this.#gate.close();
  }
  resume(): void {
    this.#gate.open();
  }

  /** Resets every connection, with all that is under way on them. */
  cutConnections(): void {
    this.#running?.listener.cut();
  }

  /** Gone for `downMs` without a word, as if killed; then there again, with the same log on the same port. */
  async restart(downMs = 0): Promise<void> {
    await this.#unlisten();
    if (downMs > 0) await sleep(downMs);
    this.store.log.forgetRecentIds();
    await this.#listen();
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#unlisten();
    await this.store.close();
  }

  async #listen(): Promise<void> {
    await writeStartEvents(this.store, Date.now());
    const context = this.#context();
    const grpc = grpcServer(context, this.#instanceId);
    const listener = await Listener.open({
      host: this.host,
      port: this.#port,
      tls: this.options.tls,
      onHttp2: (socket) => grpc.injector.injectConnection(socket),
      onHttp1: http1Requests(context),
    });
    this.#port = listener.port;
    this.#running = { listener, grpc };
  }

  async #unlisten(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.listener.close();
    running?.grpc.stop();
  }

  #context(): ServerContext {
    return {
      store: this.store,
      faults: this.faults,
      access: this.#access,
      gate: this.#gate,
      version: this.options.version ?? '23.10.6',
      maxAppendSize: 1024 * 1024,
      liveBuffer: this.options.liveBuffer ?? 250,
      leader: () => ({ host: this.#reachedAt, port: this.#port }),
      nowMs: () => Date.now(),
      newId: randomUUID,
      count: (call) => this.#calls.set(call, (this.#calls.get(call) ?? 0) + 1),
      cut: (peer) => this.#running?.listener.cut(peer),
    };
  }
}
