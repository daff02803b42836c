import { Injectable } from '@nestjs/common';
import type { PayoutId } from '#domain/ids';
import type { RecordedEvent } from '#event-store/event-store';
import { withLogFields } from '#platform/logging/log-context';
import { Tracing } from '#platform/tracing/tracing';

/** What is done about one payout, wherever and whenever: its log lines name it, and its spans are in its one trace. */
@Injectable()
export class PayoutScope {
  constructor(private readonly tracing: Tracing) {}

  /** `known` is an event of the payout's own, or one that tells of it: they all have its correlation id and its trace. */
  run<T>(payoutId: PayoutId, known: RecordedEvent | undefined, work: () => T): T {
    if (known === undefined) return withLogFields({ payoutId }, work);
    // Not decoded: it is only shown, and asked for at every step.
    const { correlationId, traceparent } = known.metadata;
    return withLogFields({ payoutId, correlationId }, () =>
      this.tracing.under(typeof traceparent === 'string' ? traceparent : undefined, work),
    );
  }
}
