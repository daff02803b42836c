import { decodeMetadata } from '#domain/codec/metadata';
import type { RecordedEvent } from '#event-store/event-store';
import type { Tracing } from '#platform/tracing/tracing';
import type { EpochMs } from '#platform/time/clock';
import type { ReadModel } from '#read-models/read-model';

const PAYOUT = /^payout-(.+)$/;

/** Shows in each event's own trace when it came into the rows: one span for all that a page holds of one trace. */
export function recordProjected(
  tracing: Tracing,
  model: ReadModel,
  page: readonly RecordedEvent[],
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
): void {
  if (!tracing.isOn) return;
  const traces = new Map<string, { events: number; payoutId: string | undefined }>();
  for (const recorded of page) {
    if (!model.concerns.has(recorded.type)) continue;
    const { traceparent } = decodeMetadata(recorded.metadata);
    if (traceparent === undefined) continue;
    const seen = traces.get(traceparent);
    const payoutId = seen?.payoutId ?? PAYOUT.exec(recorded.stream)?.[1];
    traces.set(traceparent, { events: (seen?.events ?? 0) + 1, payoutId });
  }
  for (const [parent, { events, payoutId }] of traces) {
    const attributes = { 'payout.id': payoutId, model: model.schema.model, events };
    tracing.record({ name: `project ${model.schema.model}`, parent, attributes }, from, to);
  }
}
