import { decodeMetadata, type EventMetadata } from '#domain/codec/metadata';
import { decodeEvent, type DomainEvent } from '#domain/codec/stored-event';
import type { EventStore, LogPosition, RecordedEvent } from '#event-store/event-store';
import { UnreadableLogError } from './unreadable-log-error.js';

/** What an auditor needs of the event store: it can't express a write. */
export type Log = Pick<EventStore, 'readStream' | 'readAll' | 'head'>;

/** An event as it was recorded, and read. */
export interface LoggedEvent {
  readonly recorded: RecordedEvent;
  readonly metadata: EventMetadata;
  readonly event: DomainEvent;
}

const PAGE = 1_000;

/** Throws `UnreadableLogError`. */
export function readEvent(recorded: RecordedEvent): LoggedEvent {
  return at(recorded, () => {
    const metadata = decodeMetadata(recorded.metadata);
    return { recorded, metadata, event: decodeEvent(recorded, metadata.version) };
  });
}

/** Whatever fails about an event fails with its place in the log. */
export function at<R>(recorded: RecordedEvent, read: () => R): R {
  try {
    return read();
  } catch (error) {
    throw error instanceof UnreadableLogError ? error : new UnreadableLogError(recorded, error);
  }
}

/** The events of one stream in order, read. */
export async function* readStream(log: Log, stream: string): AsyncGenerator<LoggedEvent> {
  for await (const recorded of log.readStream(stream)) yield readEvent(recorded);
}

/** The whole log in order, in pages; it ends at the present tail. */
export async function* readPages(log: Log): AsyncGenerator<readonly RecordedEvent[]> {
  let after: LogPosition | undefined;
  for (;;) {
    const page = await log.readAll({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.position;
  }
}
