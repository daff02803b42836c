import { readPublicEvent, type PublicEvent, type PublicStatus } from '#messaging/contracts/events.v1';
import { HEADERS } from '#messaging/contracts/headers';
import type { Consumer, HandlerDecision, MessageBus, ReceivedMessage } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';

const CONCURRENCY = 8;
const DONE: HandlerDecision = { kind: 'done' };

export interface LedgerEvent extends PublicEvent {
  /** The same when the same event comes again. */
  readonly id: string;
  /** RFC 3339: when it was recorded. */
  readonly time: string;
  readonly traceparent: string | undefined;
}

export interface FollowOptions {
  /** Copies with the same group share the events; what the group has done is remembered for it. */
  readonly group: string;
  /** Where a group that is new begins. Absent: `earliest`, as far back as the topic goes. */
  readonly from?: 'earliest' | 'latest';
  /** Accounts whose events may be in `onEvent` at the same time. */
  readonly concurrency?: number;
  /**
   * The event counts as done when it resolves; when it rejects, the same event comes again after a pause, and later ones
   * of the same account wait for it. It may come again in any case, so remember `data.revision` per payout, and pass over
   * what isn't above it. `signal` is aborted when the follower is asked to stop.
   */
  readonly onEvent: (event: LedgerEvent, signal: AbortSignal) => Promise<void>;
  /**
   * An event of ours that this client can't read. `wait` (as without this function): it comes again and again, until a
   * client that can read it is put in its place. `skip`: it is lost to this group.
   */
  readonly onUnreadable?: (reason: string, message: ReceivedMessage) => 'wait' | 'skip';
}

/** Events of types that this client doesn't know are passed over: a later ledger may tell more. */
export function followEvents(bus: MessageBus, caller: string, options: FollowOptions): Promise<Consumer> {
  const { group, from = 'earliest', concurrency = CONCURRENCY, onEvent, onUnreadable } = options;
  return bus.consume({
    group: `${caller}.${group}`,
    topic: TOPICS.events,
    from,
    concurrency,
    handler: async (message, signal) => {
      const read = readPublicEvent(message.value);
      if (read.ok) {
        const traceparent = message.headers[HEADERS.traceparent];
        await onEvent({ ...read.event, ...read.meta, traceparent }, signal);
        return DONE;
      }
      if (read.kind === 'unknown-type') return DONE;
      const answer = onUnreadable?.(read.reason, message) ?? 'wait';
      return answer === 'skip' ? DONE : { kind: 'retry', reason: read.reason };
    },
  });
}

/** Nothing more is done about the payout. Still, a success or a failure may turn into the other one: `PayoutReversed`. */
export function isFinal(status: PublicStatus): boolean {
  switch (status) {
    case 'succeeded':
    case 'failed':
    case 'rejected':
    case 'cancelled':
      return true;
    case 'requested':
    case 'submitting':
    case 'submitted':
    case 'unknown':
    case 'parked':
      return false;
  }
}
