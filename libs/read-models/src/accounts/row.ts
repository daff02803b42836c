import type { InstructionEvent, INSTRUCTION_REFUSALS } from '#domain/account/events';
import type { Book } from '#domain/postings/postings';

/** `accounts`: the funding accounts. */
export interface AccountRow {
  readonly account_id: string;
  readonly currency: string;
  readonly name: string | null;
  readonly status: 'open' | 'closed';
  readonly caller: string;
  readonly command_id: string;
  /** RFC 3339, UTC with milliseconds. */
  readonly opened_at: string;
  readonly updated_at: string;
  /** `positionKey` of `AccountOpened`: unique, and the order of pages. */
  readonly opened_key: string;
  /** Log position and revision of the last event of the account's stream. */
  readonly position: string;
  readonly revision: string;
}

/**
 * `account_balances`: one row per account and book, all eight from the opening on. Credits less debits: over all books
 * of an account they are zero.
 */
export interface BalanceRow {
  readonly account_id: string;
  readonly book: Book;
  readonly currency: string;
  /** Decimal text in major units, and whole minor units as text; both with `-` when below zero. */
  readonly amount: string;
  readonly amount_minor: string;
}

/** `account_instructions`: what someone ordered about an account, and what became of it. */
export interface InstructionRow {
  readonly instruction_id: string;
  readonly account_id: string;
  readonly kind: InstructionEvent['data']['instruction']['kind'];
  readonly currency: string | null;
  readonly amount: string | null;
  readonly amount_minor: string | null;
  /** `given` until the ledger process has taken it up. */
  readonly status: 'given' | 'carried-out' | 'refused';
  /** Why it was refused. */
  readonly reason: (typeof INSTRUCTION_REFUSALS)[number] | null;
  readonly caller: string;
  readonly command_id: string;
  readonly given_at: string;
  readonly updated_at: string;
  /** Log position of its last event. */
  readonly position: string;
}
