import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { refusal, strike, type ServerContext } from './server-context.js';
import type { Expected } from '../log/commit-check.js';
import type { AppendOutcome } from '../log/event-log.js';
import { expectedOf, streamName } from '../wire/append-codec.js';
import { streamDeleted, unknownError, wrongExpectedVersion, type RpcError } from '../wire/rpc-errors.js';

/** Soft delete. */
export function deleteStream(context: ServerContext) {
  return (
    call: ServerUnaryCall<streams.DeleteReq, streams.DeleteResp>,
    callback: sendUnaryData<streams.DeleteResp>,
  ): void => {
    const options = call.request.getOptions();
    const stream = streamName(options?.getStreamIdentifier());
    const expected = options === undefined ? 'any' : expectedOf(options, () => options.getRevision());
    void change(context, call, 'delete', stream, expected).then((result) => {
      if (typeof result !== 'number') {
        answerError(result, callback);
        return;
      }
      const position = new streams.DeleteResp.Position();
      position.setCommitPosition(String(result));
      position.setPreparePosition(String(result));
      const response = new streams.DeleteResp();
      response.setPosition(position);
      callback(null, response);
    });
  };
}

/** Delete for ever. */
export function tombstone(context: ServerContext) {
  return (
    call: ServerUnaryCall<streams.TombstoneReq, streams.TombstoneResp>,
    callback: sendUnaryData<streams.TombstoneResp>,
  ): void => {
    const options = call.request.getOptions();
    const stream = streamName(options?.getStreamIdentifier());
    const expected = options === undefined ? 'any' : expectedOf(options, () => options.getRevision());
    void change(context, call, 'tombstone', stream, expected).then((result) => {
      if (typeof result !== 'number') {
        answerError(result, callback);
        return;
      }
      const position = new streams.TombstoneResp.Position();
      position.setCommitPosition(String(result));
      position.setPreparePosition(String(result));
      const response = new streams.TombstoneResp();
      response.setPosition(position);
      callback(null, response);
    });
  };
}

/** Nothing to tell when a fault took the answer with it. */
function answerError(error: RpcError | undefined, callback: (error: RpcError) => void): void {
  if (error !== undefined) callback(error);
}

/** The position of what was written, or the error to answer with. */
async function change(
  context: ServerContext,
  call: Parameters<typeof refusal>[1],
  operation: 'delete' | 'tombstone',
  stream: string,
  expected: Expected,
): Promise<number | RpcError | undefined> {
  context.count(operation);
  await context.gate.wait();
  const denied = refusal(context, call, '$d', stream);
  if (denied !== undefined) return denied;
  const fault = context.faults.next('delete', stream);
  let outcome: AppendOutcome | undefined;
  if (fault === undefined || fault.written) {
    try {
      outcome = await context.store.commit((log) => log[operation](stream, expected, context.nowMs()));
    } catch {
      return unknownError('The log could not be written.');
    }
  }
  await context.gate.wait();
  if (fault !== undefined) {
    let told: RpcError | undefined;
    strike(context, call, fault, (error) => {
      told = error;
    });
    return told;
  }
  switch (outcome?.outcome) {
    case undefined:
      return undefined;
    case 'written':
    case 'already':
      return outcome.position;
    case 'deleted':
      return streamDeleted(stream);
    case 'wrong-revision':
      return wrongExpectedVersion('Delete', stream, protocolNumber(expected), outcome.actual);
  }
}

/** The numbers that the server has for the words. */
function protocolNumber(expected: Expected): bigint {
  switch (expected) {
    case 'no-stream':
      return -1n;
    case 'any':
      return -2n;
    case 'stream-exists':
      return -4n;
    default:
      return expected;
  }
}
