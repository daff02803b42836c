import type { PayoutEvent } from '#domain/payout/events';
import type { StepDecision } from '#domain/payout/decide-submission';
import type { Decision } from '#event-store/handle-command';
import { processCaller, type EventContext } from '../streams/event-encoding.js';

const CALLER = processCaller('payout-process');

/** Metadata of what the payout process writes. */
export function processContext(causationId: string): EventContext {
  return { caller: CALLER, causationId };
}

/** A step's decision in the form of a handled command; the answer says why nothing happened. */
export function answered(decision: StepDecision): Decision<PayoutEvent, string> {
  return 'ignored' in decision
    ? { events: [], answer: decision.ignored }
    : { events: decision.events, answer: 'done' };
}
