import type { EvidenceHash, PayoutId } from '#domain/ids';
import type { ReferenceEvent } from '#domain/provider/events';
import type { StreamType } from '#event-store/handle-command';
import { decodeRecorded } from '../streams/event-encoding.js';

/** What is known about a provider's order number. */
export interface ReferenceState {
  readonly bound: { readonly payoutId: PayoutId; readonly attempt: number } | undefined;
  readonly unmatched: readonly EvidenceHash[];
}

export const REFERENCE: StreamType<ReferenceState, ReferenceEvent> = {
  initial: { bound: undefined, unmatched: [] },
  evolve(state, event) {
    if (event.type === 'ProviderReferenceBound') return { ...state, bound: event.data };
    return { ...state, unmatched: [...state.unmatched, event.data.evidence] };
  },
  decode(recorded) {
    const event = decodeRecorded(recorded);
    if (event.type === 'ProviderReferenceBound' || event.type === 'ProviderReportUnmatched') return event;
    throw new Error(`${event.type} in ${recorded.stream}`);
  },
};
