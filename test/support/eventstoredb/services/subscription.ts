import { PacedWriter, type ReadCall } from './paced-writer.js';
import { strike, type ServerContext } from './server-context.js';
import type { Fault } from '../faults.js';
import type { StoredEvent } from '../log/stored-event.js';
import { visibleRange } from '../log/visible-range.js';
import type { ReadRequest } from '../wire/read-request.js';
import { caughtUp, checkpoint, confirmation } from '../wire/read-responses.js';
import { consumerTooSlow, streamDeleted, type RpcError } from '../wire/rpc-errors.js';

/** A place in the log that is being followed: of all streams, or of one. */
interface Cursor {
  /** How many events lie before the reader, and the first of them; `deleted` when none will ever come again. */
  look(): { readonly waiting: number; readonly next: StoredEvent | undefined } | 'deleted';
  advance(): void;
  /** The stream has been there once (`$all` always is). */
  exists(): boolean;
}

/** A subscription: old events from the log, `caughtUp`, then new ones as they become visible. It holds a place, no events. */
export async function subscribe(context: ServerContext, call: ReadCall, request: ReadRequest): Promise<void> {
  const cursor =
    request.stream === undefined
      ? allCursor(context, request)
      : streamCursor(context, request, request.stream);
  await new Subscription(context, call, request, cursor).run();
}

class Subscription {
  readonly #writer: PacedWriter;
  #live = false;
  #sent = 0;
  #looked = 0;
  #fault: Fault | undefined;
  #strikeAt = 0;
  #woken = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly context: ServerContext,
    private readonly call: ReadCall,
    private readonly request: ReadRequest,
    private readonly cursor: Cursor,
  ) {
    this.#writer = new PacedWriter(call);
  }

  async run(): Promise<void> {
    const unsubscribe = this.context.store.onVisible(() => {
      this.#woken = true;
      this.#wake?.();
    });
    try {
      await this.#writer.write(confirmation(this.context.newId()));
      this.#meet(this.context.faults.next('subscription', this.request.stream, false));
      while (!this.#writer.closed) {
        this.#woken = false;
        const error = await this.#pump();
        if (error === 'struck') return;
        if (error !== undefined) {
          this.#fail(error);
          return;
        }
        await this.#writer.until((resume) => {
          this.#wake = resume;
          if (this.#isWoken()) resume();
        });
        await this.context.gate.wait();
      }
    } finally {
      unsubscribe();
    }
  }

  /** Something became visible while the events before it were sent. */
  #isWoken(): boolean {
    return this.#woken;
  }

  /** Sends what there is. */
  async #pump(): Promise<RpcError | 'struck' | undefined> {
    const { context, cursor, request } = this;
    for (;;) {
      if (this.#struck()) return 'struck';
      const place = cursor.look();
      if (place === 'deleted') return streamDeleted(request.stream ?? '');
      if (place.next === undefined) break;
      if (this.#live) {
        this.#meet(context.faults.next('subscription', request.stream, true));
        if (this.#struck()) return 'struck';
        if (place.waiting > context.liveBuffer) {
          if (context.version === '23.10.6') return consumerTooSlow();
          this.#live = false;
        }
      }
      const wait = this.#send(place.next) ?? context.gate.wait();
      cursor.advance();
      if (wait !== undefined) await wait;
      if (this.#writer.closed) return undefined;
    }
    if (!this.#live && (context.version !== '23.10.6' || cursor.exists())) {
      this.#live = true;
      await this.#writer.write(caughtUp());
    }
    return undefined;
  }

  #send(event: StoredEvent): Promise<unknown> | undefined {
    const { filter } = this.request;
    if (filter === undefined || filter.matches(event)) {
      this.#sent += 1;
      return this.#writer.write(event.wire);
    }
    this.#looked += 1;
    return this.#looked % filter.checkpointEvery === 0
      ? this.#writer.write(checkpoint(event.position))
      : undefined;
  }

  #meet(fault: Fault | undefined): void {
    if (fault === undefined || this.#fault !== undefined) return;
    this.#fault = fault;
    this.#strikeAt = this.#sent + fault.afterEvents;
  }

  #struck(): boolean {
    if (this.#fault === undefined || this.#sent < this.#strikeAt) return false;
    strike(this.context, this.call, this.#fault, (error) => this.#fail(error));
    return true;
  }

  #fail(error: RpcError): void {
    this.call.emit('error', error);
  }
}

/** The given place is excluded. */
function allCursor(context: ServerContext, request: ReadRequest): Cursor {
  const { log } = context.store;
  const { from } = request;
  let at = from === 'start' ? 0 : from === 'end' ? log.visible : log.indexAt(Number(from) + 1);
  return {
    look: () => ({ waiting: log.visible - at, next: at < log.visible ? log.at(at) : undefined }),
    advance: () => {
      at += 1;
    },
    exists: () => true,
  };
}

function streamCursor(context: ServerContext, request: ReadRequest, stream: string): Cursor {
  const { log } = context.store;
  const range = (): ReturnType<typeof visibleRange> => visibleRange(log, stream, context.nowMs());
  const { from } = request;
  const first = range();
  const end = first.kind === 'events' ? first.to : 0;
  let at = from === 'start' ? 0 : from === 'end' ? end : Number(from) + 1;
  return {
    look: () => {
      const seen = range();
      if (seen.kind === 'deleted') return 'deleted';
      if (seen.kind === 'missing') return { waiting: 0, next: undefined };
      at = Math.max(at, seen.from);
      const events = log.streamEvents(stream);
      return { waiting: Math.max(0, seen.to - at), next: at < seen.to ? events[at] : undefined };
    },
    advance: () => {
      at += 1;
    },
    exists: () => range().kind === 'events',
  };
}
