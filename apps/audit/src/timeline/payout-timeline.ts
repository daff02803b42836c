import { isAccountEvent, isPayoutEvent } from '#domain/codec/stored-event';
import type { Caller } from '#domain/codec/metadata';
import type { AccountId, EvidenceHash, PayoutId } from '#domain/ids';
import { comparePositions } from '#domain/log-position';
import type { ParkReason } from '#domain/payout/events';
import { evolvePayout } from '#domain/payout/evolve';
import { ABSENT, type PayoutState, type PayoutStatus } from '#domain/payout/state';
import { accountStream, evidenceStream, payoutStream } from '#domain/streams';
import type { JsonObject, LogPosition } from '#event-store/event-store';
import { isoTime } from '#platform/time/clock';
import { at, readStream, type Log, type LoggedEvent } from '../log/log.js';
import { UnknownPayoutError } from './unknown-payout-error.js';

/** Everything that the log says about a payout, in log order. */
export interface Timeline {
  readonly payoutId: PayoutId;
  readonly accountId: AccountId;
  readonly status: PayoutStatus;
  readonly parked?: ParkReason;
  readonly events: readonly TimelineEntry[];
}

export interface TimelineEntry {
  readonly position: LogPosition;
  readonly stream: string;
  /** Decimal text, from 0. */
  readonly revision: string;
  readonly eventId: string;
  readonly type: string;
  readonly version: number;
  /** RFC 3339 in UTC. */
  readonly recordedAt: string;
  readonly providerTime?: string;
  readonly caller: Caller;
  readonly commandId?: string;
  readonly causationId: string;
  readonly correlationId: string;
  /** Of an account event: the event that it carries out. */
  readonly cause?: { readonly position: LogPosition; readonly stream: string; readonly revision: string };
  readonly evidence?: TimelineEvidence;
  /** As it is stored. */
  readonly data: JsonObject;
}

/** `stored` is missing when the log names evidence that it doesn't have. */
export interface TimelineEvidence {
  readonly hash: EvidenceHash;
  readonly stored?: { readonly position: LogPosition; readonly what: string; readonly storedAt: string };
}

/** The history of one payout: its own events, and those of its account that name it. */
export class PayoutTimeline {
  constructor(private readonly log: Log) {}

  /** Throws `UnknownPayoutError`, or `UnreadableLogError`. */
  async of(payoutId: PayoutId): Promise<Timeline> {
    let state: PayoutState = ABSENT;
    const own: LoggedEvent[] = [];
    for await (const logged of readStream(this.log, payoutStream(payoutId))) {
      const { event } = logged;
      if (isPayoutEvent(event)) state = at(logged.recorded, () => evolvePayout(state, event));
      own.push(logged);
    }
    if (state.status === 'absent') throw new UnknownPayoutError(payoutId);
    const accountId = state.status === 'rejected' ? state.accountId : state.request.accountId;
    const parked = state.status === 'rejected' ? undefined : state.parked?.reason;
    const all = [...own, ...(await this.#ofAccount(accountId, payoutId))].sort((a, b) =>
      comparePositions(a.recorded.position, b.recorded.position),
    );
    const events: TimelineEntry[] = [];
    for (const logged of all) events.push(await this.#entry(logged));
    return {
      payoutId,
      accountId,
      status: state.status,
      ...(parked === undefined ? {} : { parked }),
      events,
    };
  }

  async #ofAccount(accountId: AccountId, payoutId: PayoutId): Promise<readonly LoggedEvent[]> {
    const found: LoggedEvent[] = [];
    for await (const logged of readStream(this.log, accountStream(accountId))) {
      const { data } = logged.event;
      if ('payoutId' in data && data.payoutId === payoutId) found.push(logged);
    }
    return found;
  }

  async #entry({ recorded, metadata, event }: LoggedEvent): Promise<TimelineEntry> {
    const { providerTime, commandId } = metadata;
    const hash = 'evidence' in event.data ? event.data.evidence : undefined;
    const evidence = hash === undefined ? undefined : await this.#evidence(hash);
    return {
      position: recorded.position,
      stream: recorded.stream,
      revision: recorded.revision.toString(),
      eventId: recorded.id,
      type: recorded.type,
      version: metadata.version,
      recordedAt: isoTime(metadata.recordedAt),
      ...(providerTime === undefined ? {} : { providerTime }),
      caller: metadata.caller,
      ...(commandId === undefined ? {} : { commandId }),
      causationId: metadata.causationId,
      correlationId: metadata.correlationId,
      ...(isAccountEvent(event) && event.type !== 'AccountOpened'
        ? { cause: causeOf(event.data.cause) }
        : {}),
      ...(evidence === undefined ? {} : { evidence }),
      data: recorded.data,
    };
  }

  async #evidence(hash: EvidenceHash): Promise<TimelineEvidence> {
    for await (const { recorded, event } of readStream(this.log, evidenceStream(hash))) {
      if (event.type !== 'EvidenceStored') continue;
      const { what, storedAt } = event.data;
      return { hash, stored: { position: recorded.position, what, storedAt: isoTime(storedAt) } };
    }
    return { hash };
  }
}

function causeOf({ position, stream, revision }: NonNullable<TimelineEntry['cause']>) {
  return { position, stream, revision };
}
