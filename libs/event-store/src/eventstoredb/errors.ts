import { OutageError } from '#platform/outage/outage-error';

/** The server didn't answer a read for longer than an election of a leader takes. */
export class EventStoreUnavailableError extends OutageError {
  override readonly name = 'EventStoreUnavailableError';
}

/**
 * The server refuses our user. It says nothing of an earlier try of the same append: only the same ids at the same
 * revision tell what became of that.
 */
export class EventStoreAccessDeniedError extends OutageError {
  override readonly name = 'EventStoreAccessDeniedError';
}

/** A stream of ours was deleted or cut, so that what is read of it is not what was written. */
export class StreamDamagedError extends Error {
  override readonly name = 'StreamDamagedError';
}

/** The server would drop or has dropped events of ours; nothing was sent. */
export class UnsafeStreamSettingsError extends Error {
  override readonly name = 'UnsafeStreamSettingsError';
}

/** The client shares state among all its objects of a process: a second one would end it. */
export class SecondClientError extends Error {
  override readonly name = 'SecondClientError';
}
