import { Query } from '@nestjs/cqrs';
import type { AccountView, InstructionView } from '../views/account.view.js';
import type { PayoutView, PayoutWithTimelineView } from '../views/payout.view.js';
import type { PayoutFilter } from '#read-models/payouts/store';
import type { Plain } from '../views/plain.js';

/** A page, newest first. `next` is the cursor of the page after it; absent on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageRequest {
  readonly limit: number;
  /** The key of the last row of the page before. */
  readonly olderThan: string | undefined;
}

export class GetPayout extends Query<Plain<PayoutWithTimelineView> | undefined> {
  constructor(readonly payoutId: string) {
    super();
  }
}

export class ListPayouts extends Query<Page<Plain<PayoutView>>> {
  constructor(
    readonly filter: PayoutFilter,
    readonly page: PageRequest,
  ) {
    super();
  }
}

export class GetAccount extends Query<Plain<AccountView> | undefined> {
  constructor(readonly accountId: string) {
    super();
  }
}

export class ListAccounts extends Query<Page<Plain<AccountView>>> {
  constructor(readonly page: PageRequest) {
    super();
  }
}

export class GetInstruction extends Query<Plain<InstructionView> | undefined> {
  constructor(
    readonly accountId: string,
    readonly instructionId: string,
  ) {
    super();
  }
}
