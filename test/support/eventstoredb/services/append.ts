import type { ServerReadableStream, sendUnaryData } from '@grpc/grpc-js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { writeIntent } from './write-intent.js';
import { refusal, strike, type ServerContext } from './server-context.js';
import type { Expected } from '../log/commit-check.js';
import type { ProposedEvent } from '../log/stored-event.js';
import { appendResponse, expectedOf, proposedEvent, streamName } from '../wire/append-codec.js';
import { maxAppendSizeExceeded, streamDeleted, unknownError, type RpcError } from '../wire/rpc-errors.js';

type AppendCall = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

interface Append {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: ProposedEvent[];
  bytes: number;
}

/** The single append: options first, then one message per event; answered when the client has sent all. */
export function append(context: ServerContext) {
  return (call: AppendCall, callback: sendUnaryData<streams.AppendResp>): void => {
    let open: Append | undefined;
    let answered = false;
    const fail = (error: RpcError): void => {
      if (answered) return;
      answered = true;
      callback(error);
    };
    call.on('error', () => undefined);
    call.on('data', (message: streams.AppendReq) => {
      if (answered) return;
      try {
        open = take(open, message);
      } catch {
        fail(unknownError('Exception was thrown by handler.'));
        return;
      }
      if (open.bytes > context.maxAppendSize) fail(maxAppendSizeExceeded(context.maxAppendSize));
    });
    call.on('end', () => {
      context.count('append');
      if (answered) return;
      if (open === undefined || open.stream === '') fail(unknownError('Exception was thrown by handler.'));
      else void decide(context, call, open, fail, callback);
    });
  };
}

function take(open: Append | undefined, message: streams.AppendReq): Append {
  const options = message.getOptions();
  if (options !== undefined) {
    return {
      stream: streamName(options.getStreamIdentifier()),
      expected: expectedOf(options, () => options.getRevision()),
      events: [],
      bytes: 0,
    };
  }
  const proposed = message.getProposedMessage();
  if (open === undefined || proposed === undefined) throw new Error('an event came before the options');
  const event = proposedEvent(proposed);
  open.events.push(event);
  open.bytes += event.data.length;
  return open;
}

async function decide(
  context: ServerContext,
  call: AppendCall,
  request: Append,
  fail: (error: RpcError) => void,
  callback: sendUnaryData<streams.AppendResp>,
): Promise<void> {
  await context.gate.wait();
  const denied = refusal(context, call, '$w', request.stream);
  if (denied !== undefined) {
    fail(denied);
    return;
  }
  const { fault, outcome } = await writeIntent(context, 'append', request);
  await context.gate.wait();
  if (fault !== undefined) {
    strike(context, call, fault, fail);
    return;
  }
  if (outcome === undefined) {
    fail(unknownError('The log could not be written.'));
    return;
  }
  const response = appendResponse(request.expected, outcome);
  if (response === undefined) fail(streamDeleted(request.stream));
  else callback(null, response);
}
