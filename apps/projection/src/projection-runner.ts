import { UnreadableEventError } from '#domain/codec/fields';
import { UnbalancedPostingsError } from '#domain/postings/postings';
import type { EventStore, LogPosition, RecordedEvent } from '#event-store/event-store';
import type { Clock, EpochMs } from '#platform/time/clock';
import type { ReadModelDatabase } from '#read-models/database';
import { UnprojectableEventError, type ReadModel } from '#read-models/read-model';
import { concerningEvents } from './projected-event.js';

/** Events of one transaction at most. */
export const PROJECTION_BATCH = 500;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** The checkpoint was moved by someone else: two runners of one model are at work, and this one has stopped. */
export class ProjectionLostError extends Error {
  override readonly name = 'ProjectionLostError';

  constructor(model: string) {
    super(
      `the checkpoint of read model ${model} was moved by another runner: let only one run, then restart`,
    );
  }
}

export interface ProjectionStatus {
  readonly model: string;
  /** `failed`: it has stopped for good and needs a person. */
  readonly state: 'idle' | 'running' | 'stopped' | 'failed';
  readonly checkpoint: LogPosition | undefined;
  /** Whether everything that was in the log a moment ago is in the rows. */
  readonly caughtUp: boolean;
  /** How long ago the event after which the rows stand was recorded, in milliseconds; 0 when caught up. */
  readonly lagMs: number;
  /** What it failed of, or what it is trying to get over. */
  readonly trouble: string | undefined;
}

export interface ProjectionParts {
  readonly eventStore: EventStore;
  readonly database: ReadModelDatabase;
  readonly clock: Clock;
}

/**
 * Brings one read model after the log, from its checkpoint on. What may pass (the database is away) is tried again from
 * the checkpoint; what can't pass (another runner, an event that can't be read or projected) ends it.
 */
export class ProjectionRunner {
  readonly #stopping = new AbortController();
  readonly #end = Promise.withResolvers<undefined>();
  #state: ProjectionStatus['state'] = 'idle';
  #checkpoint: LogPosition | undefined;
  #caughtUp = false;
  #projectedUpTo: EpochMs | undefined;
  #trouble: string | undefined;

  constructor(
    private readonly model: ReadModel,
    private readonly parts: ProjectionParts,
  ) {}

  /**
   * Resolves after `stop`; rejects with the cause when the runner ended by itself. Watch it: a rejection that nobody
   * handles ends the process.
   */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  start(): void {
    if (this.#state !== 'idle')
      throw new Error(`the runner of ${this.model.schema.model} was started before`);
    this.#state = 'running';
    void this.#runUntilStopped();
  }

  /** Resolves when nothing is in flight. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#state === 'idle') this.#finish();
    await this.#end.promise.catch(() => undefined);
  }

  status(): ProjectionStatus {
    const { clock } = this.parts;
    const behind =
      this.#caughtUp || this.#projectedUpTo === undefined ? 0 : clock.now() - this.#projectedUpTo;
    return {
      model: this.model.schema.model,
      state: this.#state,
      checkpoint: this.#checkpoint,
      caughtUp: this.#caughtUp,
      lagMs: Math.max(0, behind),
      trouble: this.#trouble,
    };
  }

  /** Never rejects. */
  async #runUntilStopped(): Promise<void> {
    const { signal } = this.#stopping;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const before = this.#checkpoint;
      try {
        await this.#follow(signal);
        this.#finish();
        return;
      } catch (error) {
        this.#caughtUp = false;
        this.#trouble = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        if (isLasting(error)) {
          this.#state = 'failed';
          this.#end.reject(error);
          return;
        }
      }
      if (this.#checkpoint !== before) pause = FIRST_PAUSE_MS;
      await this.parts.clock.sleep(pause, signal);
    }
  }

  /** Resolves when it is stopped, or the store is closed. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { eventStore, database } = this.parts;
    await database.migrate(this.model.schema);
    this.#checkpoint = await database.checkpoint(this.model.schema.model);
    const after = this.#checkpoint;
    let page: RecordedEvent[] = [];
    for await (const delivery of eventStore.subscribe({
      signal,
      ...(after === undefined ? {} : { after }),
    })) {
      if (delivery.kind === 'event') {
        this.#caughtUp = false;
        page.push(delivery.event);
        if (page.length < PROJECTION_BATCH) continue;
      }
      await this.#project(page);
      page = [];
      if (delivery.kind === 'caught-up') {
        this.#caughtUp = true;
        this.#trouble = undefined;
      }
    }
  }

  async #project(page: readonly RecordedEvent[]): Promise<void> {
    const last = page.at(-1);
    if (last === undefined) return;
    const { database } = this.parts;
    const events = concerningEvents(page, this.model);
    const statements = await this.model.project(database, events);
    const { model } = this.model.schema;
    const outcome = await database.apply(model, this.#checkpoint, last.position, statements);
    if (outcome === 'lost') throw new ProjectionLostError(model);
    this.#checkpoint = last.position;
    this.#projectedUpTo = events.at(-1)?.recordedAt ?? this.#projectedUpTo;
  }

  #finish(): void {
    this.#state = 'stopped';
    this.#end.resolve(undefined);
  }
}

function isLasting(error: unknown): boolean {
  return (
    error instanceof ProjectionLostError ||
    error instanceof UnprojectableEventError ||
    error instanceof UnreadableEventError ||
    error instanceof UnbalancedPostingsError
  );
}
