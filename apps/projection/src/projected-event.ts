import { decodeMetadata } from '#domain/codec/metadata';
import { UnreadableEventError } from '#domain/codec/fields';
import { decodeEvent, isEventType } from '#domain/codec/stored-event';
import type { RecordedEvent } from '#event-store/event-store';
import type { ProjectedEvent, ReadModel } from '#read-models/read-model';

/**
 * The events of a page that a model is made of, decoded. Types that don't concern it are passed over by their name; a
 * name that nobody knows throws `UnreadableEventError`, as unreadable data does.
 */
export function concerningEvents(
  page: readonly RecordedEvent[],
  model: ReadModel,
): readonly ProjectedEvent[] {
  const events: ProjectedEvent[] = [];
  for (const recorded of page) {
    if (model.concerns.has(recorded.type)) events.push(projectedEvent(recorded));
    else if (!isEventType(recorded.type)) {
      throw new UnreadableEventError(
        `unknown event type ${JSON.stringify(recorded.type)} at ${recorded.position}: start a program that knows it`,
      );
    }
  }
  return events;
}

function projectedEvent(recorded: RecordedEvent): ProjectedEvent {
  const { version, recordedAt } = decodeMetadata(recorded.metadata);
  const { position, revision } = recorded;
  return { event: decodeEvent(recorded, version), position, revision, recordedAt };
}
