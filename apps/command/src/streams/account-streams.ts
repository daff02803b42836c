import { Injectable } from '@nestjs/common';
import type { AccountEvent, InstructionEvent } from '#domain/account/events';
import { evolveAccount, NO_ACCOUNT, type AccountState } from '#domain/account/state';
import { isAccountEvent, isInstructionEvent } from '#domain/codec/stored-event';
import type { AccountId, InstructionId, PayoutId } from '#domain/ids';
import type { FundsNews } from '#domain/processes/payout-process';
import { accountStream, instructionStream } from '#domain/streams';
import { EventStore } from '#event-store/event-store';
import {
  handleCommand,
  readState,
  type Decision,
  type Handled,
  type ReadState,
  type StreamType,
} from '#event-store/handle-command';
import { Clock } from '#platform/time/clock';
import { fundsNewsOf } from './funds-news.js';
import { decodeRecorded, EventEncoding, type EventContext } from './event-encoding.js';

export const ACCOUNT: StreamType<AccountState, AccountEvent> = {
  initial: NO_ACCOUNT,
  evolve: evolveAccount,
  decode(recorded) {
    const event = decodeRecorded(recorded);
    if (!isAccountEvent(event)) throw new Error(`${event.type} in ${recorded.stream}`);
    return event;
  },
};

const INSTRUCTION: StreamType<InstructionEvent | undefined, InstructionEvent> = {
  initial: undefined,
  evolve: (_before, event) => event,
  decode(recorded) {
    const event = decodeRecorded(recorded);
    if (!isInstructionEvent(event)) throw new Error(`${event.type} in ${recorded.stream}`);
    return event;
  },
};

/** Opens accounts and takes orders about them. All other events of an account are the ledger process's. */
@Injectable()
export class AccountStreams {
  constructor(
    private readonly store: EventStore,
    private readonly encoding: EventEncoding,
    private readonly clock: Clock,
  ) {}

  read(accountId: AccountId): Promise<ReadState<AccountState>> {
    return readState(this.store, { stream: accountStream(accountId), type: ACCOUNT });
  }

  /** What the account said about a payout's reservation. It reads the whole account: for the rare cases only. */
  async reservationOf(accountId: AccountId, payoutId: PayoutId): Promise<FundsNews | undefined> {
    for await (const recorded of this.store.readStream(accountStream(accountId))) {
      if (recorded.type !== 'FundsReserved' && recorded.type !== 'FundsReservationRefused') continue;
      const news = fundsNewsOf(ACCOUNT.decode(recorded), recorded);
      if (news?.payoutId === payoutId) return news.news;
    }
    return undefined;
  }

  open<Answer>(
    accountId: AccountId,
    context: EventContext,
    decide: (state: AccountState) => Decision<AccountEvent, Answer>,
  ): Promise<Handled<AccountState, Answer>> {
    const stream = accountStream(accountId);
    return handleCommand(this.store, this.clock, {
      stream,
      type: ACCOUNT,
      decide,
      encode: (event, revision, first) => this.encoding.encode(event, stream, revision, context, first),
    });
  }

  instruct<Answer>(
    instructionId: InstructionId,
    context: EventContext,
    decide: (given: InstructionEvent | undefined) => Decision<InstructionEvent, Answer>,
  ): Promise<Handled<InstructionEvent | undefined, Answer>> {
    const stream = instructionStream(instructionId);
    return handleCommand(this.store, this.clock, {
      stream,
      type: INSTRUCTION,
      decide,
      encode: (event, revision, first) => this.encoding.encode(event, stream, revision, context, first),
    });
  }
}
