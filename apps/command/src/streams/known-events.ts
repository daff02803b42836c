import { UnreadableEventError } from '#domain/codec/fields';
import { isEventType } from '#domain/codec/stored-event';
import type { RecordedEvent } from '#event-store/event-store';

/**
 * What of a batch comes before the first event whose type nobody here knows, and the error that says so: a newer program
 * has written it. Whoever follows the log must not pass it by, since the newer program would never see it again.
 */
export function knownPart(batch: readonly RecordedEvent[]): {
  readonly known: readonly RecordedEvent[];
  readonly refusal: UnreadableEventError | undefined;
} {
  const at = batch.findIndex(({ type }) => !isEventType(type));
  const unknown = batch[at];
  if (unknown === undefined) return { known: batch, refusal: undefined };
  const { type, position } = unknown;
  return {
    known: batch.slice(0, at),
    refusal: new UnreadableEventError(
      `unknown event type ${JSON.stringify(type)} at ${position}: start a program that knows it`,
    ),
  };
}
