import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
  type CurrentRevision,
} from '@eventstore/db-client';

/**
 * What an error of the client means. Only the named ones are answers of the server about the call; everything else is
 * `unknown`: the call may have been carried out.
 */
export type ClientFailure =
  | { readonly kind: 'conflict'; readonly actual: CurrentRevision }
  | { readonly kind: 'too-large'; readonly limit: number }
  | { readonly kind: 'access-denied' }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'stream-not-found' }
  | { readonly kind: 'not-leader' }
  | { readonly kind: 'unknown'; readonly code: number | undefined };

/** gRPC's codes for a refused user. A batch append says it by class, with no code. */
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** Tells errors apart by class and by code: bare `Error`s with a gRPC code occur as well. */
export function clientFailure(error: unknown): ClientFailure {
  if (error instanceof WrongExpectedVersionError) return { kind: 'conflict', actual: error.actualVersion };
  if (error instanceof MaxAppendSizeExceededError) return { kind: 'too-large', limit: error.maxAppendSize };
  if (error instanceof StreamDeletedError) return { kind: 'stream-deleted' };
  if (error instanceof StreamNotFoundError) return { kind: 'stream-not-found' };
  if (error instanceof NotLeaderError) return { kind: 'not-leader' };
  const code = codeOf(error);
  if (error instanceof AccessDeniedError || code === PERMISSION_DENIED || code === UNAUTHENTICATED) {
    return { kind: 'access-denied' };
  }
  return { kind: 'unknown', code };
}

/** Class, code and words of an error; they name streams and hosts, never data or a password. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'an error that is none';
  const code = codeOf(error);
  const what = code === undefined ? error.constructor.name : `${error.constructor.name} ${code}`;
  return error.message === '' ? what : `${what}: ${error.message}`;
}

function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
