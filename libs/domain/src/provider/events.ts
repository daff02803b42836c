import { attempt, evidence, payeeId, payoutId, provider } from '../codec/common-fields.js';
import { instant, kinds, shape, text, word } from '../codec/fields.js';

/** The events of `reference-<provider>-<keyed hash>`: a provider's own order number. */
export const referenceShapes = {
  ProviderReferenceBound: shape({ provider, payoutId, attempt }),
  /** A callback named this number before anyone knew whose it is. Delivered again once it is bound. */
  ProviderReportUnmatched: shape({ provider, evidence, receivedAt: instant }),
} as const;

/** The one event of `evidence-<hash>`: raw bytes of an exchange or a callback, sealed. */
export const evidenceShapes = {
  EvidenceStored: shape({
    provider,
    what: word('exchange', 'callback'),
    /**
     * A payee's key, or the intake key while nobody knows whose it is. `erased`: the payee's key was destroyed before
     * these bytes came; that they came is kept, they themselves are not, and `sealed` is empty.
     */
    sealedFor: kinds({ payee: shape({ payeeId }), intake: shape({}), erased: shape({ payeeId }) }),
    sealed: text,
    storedAt: instant,
  }),
} as const;

type DataOf<S> = S extends { decode(...args: never): infer D } ? D : never;
type EventsOf<S> = { [T in keyof S & string]: { readonly type: T; readonly data: DataOf<S[T]> } }[keyof S &
  string];
export type ReferenceEvent = EventsOf<typeof referenceShapes>;
export type EvidenceEvent = EventsOf<typeof evidenceShapes>;
