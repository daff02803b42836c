import { Metadata, status, type StatusObject } from '@grpc/grpc-js';

/** A call's refusal as gRPC carries it: code, text, and for most of them an `exception` in the trailing metadata. */
export interface RpcError extends Pick<StatusObject, 'code' | 'details'> {
  readonly metadata: Metadata;
}

function rpcError(code: status, details: string, metadata: Readonly<Record<string, string>> = {}): RpcError {
  const trailers = new Metadata();
  for (const [key, value] of Object.entries(metadata)) trailers.set(key, value);
  return { code, details, metadata: trailers };
}

/** Trailing metadata is ASCII; a stream's name need not be. */
const ascii = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?');

export const accessDenied = (): RpcError =>
  rpcError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const badCredentials = (): RpcError => rpcError(status.UNAUTHENTICATED, 'Bad credentials');

export const streamDeleted = (stream: string): RpcError =>
  rpcError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': ascii(stream),
  });

export const wrongExpectedVersion = (
  operation: string,
  stream: string,
  expected: bigint,
  actual: bigint | undefined,
): RpcError =>
  rpcError(
    status.FAILED_PRECONDITION,
    `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual ?? ''}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': ascii(stream),
      'expected-version': String(expected),
      'actual-version': actual === undefined ? '' : String(actual),
    },
  );

export const maxAppendSizeExceeded = (limit: number): RpcError =>
  rpcError(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

/** What the server itself failed over, with no `exception`: the client calls it `UnknownError`. */
export const unknownError = (details: string): RpcError => rpcError(status.UNKNOWN, details);

export const internalError = (details: string): RpcError => rpcError(status.INTERNAL, details);

export const invalidArgument = (details: string): RpcError => rpcError(status.INVALID_ARGUMENT, details);

export const unavailable = (details: string): RpcError => rpcError(status.UNAVAILABLE, details);

export const serverNotReady = (): RpcError => unavailable('Server Is Not Ready');

export const deadlineExceeded = (): RpcError => rpcError(status.DEADLINE_EXCEEDED, 'Deadline Exceeded');

/** Code 10, which the client calls `TimeoutError`. */
export const operationTimedOut = (message: string): RpcError =>
  rpcError(status.ABORTED, `Operation timed out: ${message}`);

export const consumerTooSlow = (): RpcError =>
  operationTimedOut('Consumer too slow to handle event while live. Client resubscription required.');

export const notLeader = (host: string, port: number): RpcError =>
  rpcError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });
