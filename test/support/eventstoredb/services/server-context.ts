import type { Metadata } from '@grpc/grpc-js';
import type { AccessControl, Principal } from '../access-control.js';
import { errorOf, type Fault, type Faults } from '../faults.js';
import type { HangGate } from '../hang-gate.js';
import type { DurableLog } from '../log/durable-log.js';
import { accessDenied, badCredentials, type RpcError } from '../wire/rpc-errors.js';

/** What differs between the two servers on which the answers were recorded. */
export type ServerVersion = '23.10.6' | '24.2.0';

/** What all services of the stand-in share. */
export interface ServerContext {
  readonly store: DurableLog;
  readonly faults: Faults;
  /** Undefined: everybody may do everything, like a server started with `--insecure`. */
  readonly access: AccessControl | undefined;
  readonly gate: HangGate;
  readonly version: ServerVersion;
  /** Bytes of data in one append. */
  readonly maxAppendSize: number;
  /** Events that a live subscription of 23.10 may lie behind before it is dropped. */
  readonly liveBuffer: number;
  /** Where clients reach this server. */
  leader(): { readonly host: string; readonly port: number };
  nowMs(): number;
  newId(): string;
  count(call: string): void;
  /** Resets the connection of the client with this address and port. */
  cut(peer: string): void;
}

/** The part of a gRPC call that a fault needs. */
interface AnyCall {
  readonly metadata: Metadata;
  getPeer(): string;
}

/** The caller, or the error that it is told. */
export function principalOf(context: ServerContext, call: AnyCall): Principal | 'anyone' | RpcError {
  if (context.access === undefined) return 'anyone';
  const [header] = call.metadata.get('authorization');
  return context.access.principal(header?.toString()) ?? badCredentials();
}

/** Undefined when the caller may do it. */
export function refusal(
  context: ServerContext,
  call: AnyCall,
  right: '$r' | '$w' | '$d',
  stream: string,
): RpcError | undefined {
  const principal = principalOf(context, call);
  if (principal === 'anyone') return undefined;
  if ('code' in principal) return principal;
  return context.access?.may(principal, right, stream) === false ? accessDenied() : undefined;
}

/** Does to the call what the fault says; `fail` ends it with an error. */
export function strike(
  context: ServerContext,
  call: AnyCall,
  fault: Fault,
  fail: (error: RpcError) => void,
): void {
  const error = errorOf(fault.answer, context.leader());
  if (error !== undefined) fail(error);
  else if (fault.answer === 'cut') context.cut(call.getPeer());
}
