import type { ServerDuplexStream } from '@grpc/grpc-js';
import type shared from '@eventstore/db-client/generated/shared_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { principalOf, strike, type ServerContext } from './server-context.js';
import { writeIntent } from './write-intent.js';
import type { Principal } from '../access-control.js';
import type { Fault } from '../faults.js';
import type { Expected } from '../log/commit-check.js';
import type { AppendOutcome } from '../log/event-log.js';
import type { ProposedEvent } from '../log/stored-event.js';
import * as codec from '../wire/append-codec.js';
import type { RpcError } from '../wire/rpc-errors.js';
import { uuidText } from '../wire/uuid-text.js';

type BatchCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

/** How long the server itself waits for the rest of an append at most, whatever `deadline` the client names. */
const WRITE_TIMEOUT_MS = 2_000;

/** An append whose last message hasn't come. */
interface Pending {
  readonly stream: string;
  readonly identifier: shared.StreamIdentifier | undefined;
  readonly expected: Expected;
  readonly events: ProposedEvent[];
  readonly timer: NodeJS.Timeout;
  bytes: number;
}

/** The batch append: one long call, on which many appends are under way, each with its correlation id. */
export function batchAppend(context: ServerContext) {
  return (call: BatchCall): void => {
    const principal = principalOf(context, call);
    if (principal !== 'anyone' && 'code' in principal) {
      call.emit('error', principal);
      return;
    }
    new BatchSession(context, call, principal).start();
  };
}

class BatchSession {
  readonly #pending = new Map<string, Pending>();
  #ended = false;
  #underWay = 0;
  #clientDone = false;

  constructor(
    private readonly context: ServerContext,
    private readonly call: BatchCall,
    private readonly principal: Principal | 'anyone',
  ) {}

  start(): void {
    const { call } = this;
    call.on('data', (request: streams.BatchAppendReq) => {
      const closed = this.context.gate.wait();
      if (closed === undefined) {
        this.#receive(request);
        return;
      }
      call.pause();
      void closed.then(() => {
        this.#receive(request);
        call.resume();
      });
    });
    call.on('end', () => {
      this.#clientDone = true;
      this.#endWhenDone();
    });
    call.on('error', () => this.#close());
    call.on('cancelled', () => this.#close());
  }

  #receive(request: streams.BatchAppendReq): void {
    if (this.#ended) return;
    const id = uuidText(request.getCorrelationId());
    if (id === undefined) return;
    const identifier = request.getOptions()?.getStreamIdentifier();
    try {
      this.#take(id, request);
    } catch (error) {
      // The append stays pending and is answered a second time when its time is up: so does the real server, and it is
      // this second answer that ends the client's process.
      this.#answer(request, identifier, codec.batchBadRequest(error instanceof Error ? error.message : ''));
    }
  }

  #take(id: string, request: streams.BatchAppendReq): void {
    const options = request.getOptions();
    if (options !== undefined && !this.#open(id, request, options)) return;
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    for (const message of request.getProposedMessagesList()) {
      const event = codec.proposedEvent(message);
      pending.events.push(event);
      pending.bytes += event.data.length;
    }
    if (pending.bytes > this.context.maxAppendSize) {
      this.#forget(id, pending);
      this.#answer(request, pending.identifier, codec.batchTooLarge(this.context.maxAppendSize));
    } else if (request.getIsFinal()) {
      this.#forget(id, pending);
      this.context.count('batchAppend');
      this.#underWay += 1;
      void this.#decide(request, pending);
    }
  }

  /** False when the append is refused before its events are looked at. */
  #open(id: string, request: streams.BatchAppendReq, options: streams.BatchAppendReq.Options): boolean {
    const { context, principal } = this;
    const identifier = options.getStreamIdentifier();
    const stream = codec.streamName(identifier);
    if (principal !== 'anyone' && context.access?.may(principal, '$w', stream) === false) {
      this.#answer(request, identifier, codec.batchAccessDenied());
      return false;
    }
    if (stream === '') throw new codec.BadProposal('Empty stream name');
    const deadline = options.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY;
    const timeoutMs = Math.min(deadline - Date.now(), WRITE_TIMEOUT_MS);
    if (timeoutMs <= 0) {
      this.#answer(request, identifier, codec.batchTimeout());
      return false;
    }
    if (this.#pending.has(id)) return true;
    const timer = setTimeout(() => {
      if (this.#pending.delete(id)) this.#answer(request, identifier, codec.batchTimeout());
    }, timeoutMs);
    timer.unref();
    const expected = codec.expectedOf(options, () => options.getStreamPosition());
    this.#pending.set(id, { stream, identifier, expected, events: [], timer, bytes: 0 });
    return true;
  }

  async #decide(request: streams.BatchAppendReq, pending: Pending): Promise<void> {
    const { fault, outcome } = await writeIntent(this.context, 'append', pending);
    const closed = this.context.gate.wait();
    if (closed !== undefined) await closed;
    this.#underWay -= 1;
    if (fault !== undefined) this.#strike(request, pending, fault);
    else if (outcome === undefined) this.#answer(request, pending.identifier, codec.batchUnknown());
    else this.#answer(request, pending.identifier, responseOf(pending, outcome));
    this.#endWhenDone();
  }

  /** Faults of one append are told in its answer where the real server does so, and else end the whole call. */
  #strike(request: streams.BatchAppendReq, pending: Pending, fault: Fault): void {
    if (fault.answer === 'deadline-exceeded') {
      this.#answer(request, pending.identifier, codec.batchTimeout());
    } else if (fault.answer === 'not-ready' && this.context.version !== '23.10.6') {
      this.#answer(request, pending.identifier, codec.batchNotReady());
    } else {
      strike(this.context, this.call, fault, (error) => this.#fail(error));
    }
  }

  #answer(
    request: streams.BatchAppendReq,
    identifier: shared.StreamIdentifier | undefined,
    response: streams.BatchAppendResp,
  ): void {
    if (this.#ended) return;
    response.setCorrelationId(request.getCorrelationId());
    if (identifier !== undefined) response.setStreamIdentifier(identifier);
    this.call.write(response);
  }

  #fail(error: RpcError): void {
    if (this.#ended) return;
    this.#close();
    this.call.emit('error', error);
  }

  #forget(id: string, pending: Pending): void {
    clearTimeout(pending.timer);
    this.#pending.delete(id);
  }

  #endWhenDone(): void {
    if (!this.#clientDone || this.#ended || this.#underWay > 0) return;
    this.#close();
    this.call.end();
  }

  #close(): void {
    this.#ended = true;
    for (const [id, pending] of this.#pending) this.#forget(id, pending);
  }
}

function responseOf(pending: Pending, outcome: AppendOutcome): streams.BatchAppendResp {
  switch (outcome.outcome) {
    case 'written':
    case 'already':
      return codec.batchSuccess(outcome);
    case 'wrong-revision':
      return codec.batchWrongRevision(pending.expected, outcome.actual);
    case 'deleted':
      return codec.batchStreamDeleted(pending.identifier);
  }
}
