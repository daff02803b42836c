import type { LogPosition, RecordedEvent } from '#event-store/event-store';

/**
 * The log holds something that this program can't read or that can't have happened: nothing is skipped or guessed,
 * the reading ends here (guarantee G17).
 */
export class UnreadableLogError extends Error {
  override readonly name = 'UnreadableLogError';
  readonly position: LogPosition;
  readonly stream: string;
  readonly revision: bigint;

  constructor({ position, stream, revision, type }: RecordedEvent, cause: unknown) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(
      `the log can't be read at position ${position} (${stream}, revision ${revision}, ${type}): ${why}. ` +
        'Read it with the version that wrote it or a later one; if that fails too, compare the file with a backup',
      { cause },
    );
    this.position = position;
    this.stream = stream;
    this.revision = revision;
  }
}
