import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';

/** A call whose answers are bytes that were encoded before. */
export type ReadCall = ServerWritableStream<streams.ReadReq, Uint8Array>;

/** So many messages are written before other calls get their turn. */
const TURN = 128;

/** Writes only as fast as the client takes: what a call holds in memory doesn't grow with what it reads. */
export class PacedWriter {
  #sinceTurn = 0;
  #closed = false;
  readonly #onClose = new Set<() => void>();

  constructor(private readonly call: ReadCall) {
    const close = (): void => {
      this.#closed = true;
      for (const listener of this.#onClose) listener();
    };
    call.on('cancelled', close);
    call.on('error', close);
    call.on('close', close);
  }

  /** The client has gone, or the call was ended. */
  get closed(): boolean {
    return this.#closed || this.call.cancelled;
  }

  /** Undefined when the next message may be written at once. */
  write(message: Uint8Array): Promise<unknown> | undefined {
    const free = this.call.write(message);
    this.#sinceTurn += 1;
    if (!free) return this.until((resume) => this.call.once('drain', resume));
    if (this.#sinceTurn < TURN) return undefined;
    this.#sinceTurn = 0;
    return nextTurn();
  }

  /** Resolves when `register`'s callback is called, or the call is closed. */
  until(register: (resume: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const resume = (): void => {
        this.#onClose.delete(resume);
        resolve();
      };
      if (this.closed) {
        resolve();
        return;
      }
      this.#onClose.add(resume);
      register(resume);
    });
  }
}
