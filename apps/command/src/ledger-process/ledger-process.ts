import { Injectable } from '@nestjs/common';
import { isInstructionEvent, isPayoutEvent } from '#domain/codec/stored-event';
import { decodeMetadata } from '#domain/codec/metadata';
import type { AccountState } from '#domain/account/state';
import type { AccountId } from '#domain/ids';
import {
  accountOf,
  concernsFunds,
  FUNDS_TYPES,
  ledgerSteps,
  type FundsFact,
} from '#domain/processes/ledger-process';
import { accountStream } from '#domain/streams';
import { EventStore, type NewEvent, type RecordedEvent } from '#event-store/event-store';
import { appendUntilKnown, nonEmpty, readState } from '#event-store/handle-command';
import { Clock } from '#platform/time/clock';
import { ACCOUNT } from '../streams/account-streams.js';
import { decodeRecorded, EventEncoding, processCaller } from '../streams/event-encoding.js';

/** The log's epoch: an import into another engine keeps the order of events and opens the next one. */
export const LOG_EPOCH = 1;

interface CausedFact extends FundsFact {
  readonly recorded: RecordedEvent;
}

interface KnownAccount {
  readonly state: AccountState;
  readonly revision: bigint;
}

const CALLER = processCaller('ledger-process');
const ACCOUNTS_KEPT = 10_000;
/** Account events are small; this keeps an append far below the store's limit. */
const EVENTS_AN_APPEND = 400;

/**
 * The only writer of account streams. It takes facts from the log in order and appends once per account and batch, at
 * the exact revision that it decided upon: a second copy, or a stale one, gets a conflict and reads again.
 */
@Injectable()
export class LedgerProcess {
  /** A cache: the append's expected revision proves that it was right. */
  private readonly accounts = new Map<AccountId, KnownAccount>();

  constructor(
    private readonly store: EventStore,
    private readonly encoding: EventEncoding,
    private readonly clock: Clock,
  ) {}

  /** Carries out a batch of the log. When it resolves, every fact of the batch is on its account. */
  async handle(batch: readonly RecordedEvent[]): Promise<void> {
    const byAccount = Map.groupBy(factsOf(batch), (fact) => accountOf(fact.event));
    await Promise.all([...byAccount].map(([accountId, facts]) => this.carryOut(accountId, facts)));
  }

  private async carryOut(accountId: AccountId, facts: readonly CausedFact[]): Promise<void> {
    for (let from = 0; from < facts.length; from += EVENTS_AN_APPEND) {
      await this.append(accountId, facts.slice(from, from + EVENTS_AN_APPEND));
    }
  }

  private async append(accountId: AccountId, facts: readonly CausedFact[]): Promise<void> {
    const stream = accountStream(accountId);
    for (;;) {
      const known = this.accounts.get(accountId) ?? (await this.load(accountId));
      if (known === undefined) return;
      const { events, after } = ledgerSteps(known.state, facts);
      if (events.length === 0) return;
      const causes = new Map(facts.map((fact) => [fact.cause.position, fact.recorded]));
      const encoded = events.map((event, index): NewEvent => {
        const cause = 'cause' in event.data ? causes.get(event.data.cause.position) : undefined;
        if (cause === undefined) throw new Error(`${event.type} without its cause`);
        const { correlationId, traceparent } = decodeMetadata(cause.metadata);
        const context = {
          caller: CALLER,
          causationId: cause.id,
          correlationId,
          ...(traceparent === undefined ? {} : { traceparent }),
        };
        return this.encoding.encode(event, stream, known.revision + 1n + BigInt(index), context, undefined);
      });
      const result = await appendUntilKnown(
        this.store,
        this.clock,
        stream,
        known.revision,
        nonEmpty(encoded),
      );
      if (result.outcome === 'appended') {
        this.keep(accountId, { state: after, revision: result.lastRevision });
        return;
      }
      // Somebody else wrote: what they carried out is recognised by its cause after the next reading.
      this.accounts.delete(accountId);
    }
  }

  private async load(accountId: AccountId): Promise<KnownAccount | undefined> {
    const { state, last } = await readState(this.store, { stream: accountStream(accountId), type: ACCOUNT });
    if (last === undefined) return undefined;
    const known = { state, revision: last.revision };
    this.keep(accountId, known);
    return known;
  }

  private keep(accountId: AccountId, known: KnownAccount): void {
    if (this.accounts.size >= ACCOUNTS_KEPT) this.accounts.clear();
    this.accounts.set(accountId, known);
  }
}

function factsOf(batch: readonly RecordedEvent[]): CausedFact[] {
  const facts: CausedFact[] = [];
  for (const recorded of batch) {
    if (!FUNDS_TYPES.has(recorded.type)) continue;
    const event = decodeRecorded(recorded);
    if (!(isPayoutEvent(event) || isInstructionEvent(event)) || !concernsFunds(event)) continue;
    const { stream, revision, position } = recorded;
    facts.push({
      cause: { epoch: LOG_EPOCH, position, stream, revision: revision.toString() },
      event,
      recorded,
    });
  }
  return facts;
}
