import type { LogPosition } from '#event-store/event-store';
import { isoTime } from '#platform/time/clock';
import type { LoggedEvent } from '../log/log.js';

/** The log has no stream of this account. */
export class UnknownAccountError extends Error {
  override readonly name = 'UnknownAccountError';

  constructor(accountId: string) {
    super(`the log has no account ${accountId}: check the id, and that this is its ledger`);
  }
}

/** The account exists, but didn't at the moment that was asked for. */
export class NotOpenedByThenError extends Error {
  override readonly name = 'NotOpenedByThenError';

  constructor(accountId: string, { recorded, metadata }: LoggedEvent) {
    super(
      `account ${accountId} was opened later, at position ${recorded.position} (${isoTime(metadata.recordedAt)}): ` +
        'ask for that moment or a later one',
    );
  }
}

/** The position lies after the end of the log. */
export class PositionAfterEndError extends Error {
  override readonly name = 'PositionAfterEndError';

  constructor(position: LogPosition, head: LogPosition | undefined) {
    super(
      head === undefined
        ? 'the log is empty: check that this is the right ledger'
        : `position ${position} lies after the end of the log, which is ${head}: ask for that one or an earlier one`,
    );
  }
}
