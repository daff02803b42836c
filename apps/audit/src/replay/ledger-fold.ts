import { evolveAccount, NO_ACCOUNT, type AccountState } from '#domain/account/state';
import type { AccountEvent } from '#domain/account/events';
import { isAccountEvent, isPayoutEvent } from '#domain/codec/stored-event';
import type { AccountId, PayoutId } from '#domain/ids';
import type { CurrencyCode } from '#domain/money/currency';
import type { PayoutEvent } from '#domain/payout/events';
import { evolvePayout } from '#domain/payout/evolve';
import { ABSENT, type PayoutState } from '#domain/payout/state';
import { postings } from '#domain/postings/postings';
import type { LogPosition } from '#event-store/event-store';
import { at, type LoggedEvent } from '../log/log.js';

/** A payout as the log tells it so far. */
export interface FoldedPayout {
  readonly state: PayoutState;
  /** `PayoutReversed` events. */
  readonly reversals: number;
  /** The funding account holds its money; what readers call `reserved` before the first send. */
  readonly reserved: boolean;
}

/** Debits and credits of a currency in minor units, over all accounts. */
export interface Turnover {
  readonly debits: bigint;
  readonly credits: bigint;
}

const NEW_PAYOUT: FoldedPayout = { state: ABSENT, reversals: 0, reserved: false };

/** The whole log folded by the domain: every payout, every account, every posting. Nothing of the read side is used. */
export class LedgerFold {
  readonly payouts = new Map<PayoutId, FoldedPayout>();
  readonly accounts = new Map<AccountId, AccountState>();
  readonly turnover = new Map<CurrencyCode, Turnover>();
  events = 0;
  postings = 0;
  lastPosition: LogPosition | undefined;

  /** Throws `UnreadableLogError` when the event can't have happened. */
  apply({ recorded, event }: LoggedEvent): void {
    at(recorded, () => {
      if (isPayoutEvent(event)) this.#payout(event);
      else if (isAccountEvent(event)) this.#account(event);
    });
    this.events += 1;
    this.lastPosition = recorded.position;
  }

  #payout(event: PayoutEvent): void {
    const { payoutId } = event.data;
    const known = this.payouts.get(payoutId) ?? NEW_PAYOUT;
    this.payouts.set(payoutId, {
      ...known,
      state: evolvePayout(known.state, event),
      reversals: known.reversals + (event.type === 'PayoutReversed' ? 1 : 0),
    });
  }

  #account(event: AccountEvent): void {
    const { accountId } = event.data;
    this.accounts.set(accountId, evolveAccount(this.accounts.get(accountId) ?? NO_ACCOUNT, event));
    for (const { side, amount } of postings(event)) {
      const { debits, credits } = this.turnover.get(amount.currency) ?? { debits: 0n, credits: 0n };
      this.turnover.set(amount.currency, {
        debits: side === 'debit' ? debits + amount.minor : debits,
        credits: side === 'credit' ? credits + amount.minor : credits,
      });
      this.postings += 1;
    }
    if (event.type === 'FundsReserved') this.#reserved(event.data.payoutId, true);
    if (event.type === 'FundsReleased' || event.type === 'FundsSettled')
      this.#reserved(event.data.payoutId, false);
  }

  #reserved(payoutId: PayoutId, reserved: boolean): void {
    const known = this.payouts.get(payoutId);
    if (known !== undefined) this.payouts.set(payoutId, { ...known, reserved });
  }
}
