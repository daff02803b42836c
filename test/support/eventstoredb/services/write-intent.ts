import type { ServerContext } from './server-context.js';
import type { Fault } from '../faults.js';
import type { Expected } from '../log/commit-check.js';
import type { AppendOutcome } from '../log/event-log.js';
import type { ProposedEvent } from '../log/stored-event.js';

export interface WriteRequest {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly ProposedEvent[];
}

/** What came of a write: at most a fault that takes the place of the answer, at most an outcome. */
export interface Written {
  readonly fault: Fault | undefined;
  readonly outcome: AppendOutcome | undefined;
}

/** Appends durably, unless a fault loses the write as well; no outcome when the log's file failed. */
export async function writeIntent(
  context: ServerContext,
  call: 'append',
  request: WriteRequest,
): Promise<Written> {
  const fault = context.faults.next(call, request.stream);
  if (fault !== undefined && !fault.written) return { fault, outcome: undefined };
  try {
    const outcome = await context.store.commit((log) =>
      log.append(request.stream, request.expected, request.events, context.nowMs()),
    );
    return { fault, outcome };
  } catch {
    return { fault, outcome: undefined };
  }
}
