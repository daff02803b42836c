import { PacedWriter, type ReadCall } from './paced-writer.js';
import { refusal, strike, type ServerContext } from './server-context.js';
import { subscribe } from './subscription.js';
import type { Fault } from '../faults.js';
import type { EventLog } from '../log/event-log.js';
import type { StoredEvent } from '../log/stored-event.js';
import { visibleRange } from '../log/visible-range.js';
import { readRequest, type ReadRequest } from '../wire/read-request.js';
import { streamNotFound } from '../wire/read-responses.js';
import { streamDeleted, unknownError, type RpcError } from '../wire/rpc-errors.js';

/** Reads and subscriptions are one call of the protocol: they differ in having a count. */
export function read(context: ServerContext) {
  return (call: ReadCall): void => {
    void answer(context, call).catch((error: unknown) => {
      call.emit('error', unknownError(String(error)));
    });
  };
}

async function answer(context: ServerContext, call: ReadCall): Promise<void> {
  await context.gate.wait();
  const request = readRequest(call.request);
  const fail = (error: RpcError): void => void call.emit('error', error);
  const denied = refusal(context, call, '$r', request.stream ?? '$all');
  if (denied !== undefined) {
    fail(denied);
    return;
  }
  if (request.count === undefined) {
    context.count(request.stream === undefined ? 'subscribeToAll' : 'subscribeToStream');
    return subscribe(context, call, request);
  }
  context.count(request.stream === undefined ? 'readAll' : 'readStream');
  await readPage(context, call, request, request.count, fail);
}

async function readPage(
  context: ServerContext,
  call: ReadCall,
  request: ReadRequest,
  count: number,
  fail: (error: RpcError) => void,
): Promise<void> {
  const { log } = context.store;
  const fault: Fault | undefined = context.faults.next('read', request.stream);
  const page = request.stream === undefined ? allEvents(log, request) : streamEvents(context, request);
  if (page === 'deleted') {
    fail(streamDeleted(request.stream ?? ''));
    return;
  }
  const writer = new PacedWriter(call);
  if (page === 'missing' && fault === undefined) {
    await writer.write(streamNotFound(request.stream ?? ''));
  } else if (page !== 'missing') {
    let sent = 0;
    for (const event of page) {
      if (sent >= count || sent >= (fault?.afterEvents ?? Number.POSITIVE_INFINITY)) break;
      if (request.filter?.matches(event) === false) continue;
      const wait = writer.write(event.wire) ?? context.gate.wait();
      if (wait !== undefined) await wait;
      if (writer.closed) return;
      sent += 1;
    }
  }
  await context.gate.wait();
  if (fault === undefined) call.end();
  else strike(context, call, fault, fail);
}

/** Forwards the given place is included, backwards it isn't. What is written while it is read doesn't come along. */
function* allEvents(log: EventLog, request: ReadRequest): Generator<StoredEvent> {
  const { from, backwards } = request;
  const end = log.visible;
  const at = from === 'start' ? 0 : from === 'end' ? end : Math.min(end, log.indexAt(Number(from)));
  if (backwards) {
    for (let index = at - 1; index >= 0; index -= 1) yield* one(log.at(index));
  } else {
    for (let index = at; index < end; index += 1) yield* one(log.at(index));
  }
}

function streamEvents(
  context: ServerContext,
  request: ReadRequest,
): Generator<StoredEvent> | 'missing' | 'deleted' {
  const { log } = context.store;
  const stream = request.stream ?? '';
  const range = visibleRange(log, stream, context.nowMs());
  if (range.kind !== 'events') return range.kind;
  const events = log.streamEvents(stream);
  const { from, backwards } = request;
  return backwards
    ? slice(events, from === 'end' ? range.to - 1 : from === 'start' ? 0 : Number(from), range, -1)
    : slice(events, from === 'end' ? range.to : from === 'start' ? 0 : Number(from), range, 1);
}

function* slice(
  events: readonly StoredEvent[],
  start: number,
  range: { readonly from: number; readonly to: number },
  step: 1 | -1,
): Generator<StoredEvent> {
  const first = step === 1 ? Math.max(start, range.from) : Math.min(start, range.to - 1);
  for (let index = first; index >= range.from && index < range.to; index += step) yield* one(events[index]);
}

function* one(event: StoredEvent | undefined): Generator<StoredEvent> {
  if (event !== undefined) yield event;
}
