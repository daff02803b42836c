import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { AccountStore } from '#read-models/accounts/store';
import { PayoutStore } from '#read-models/payouts/store';
import { TimelineStore } from '#read-models/payout-timeline/store';
import {
  accountView,
  instructionView,
  type AccountView,
  type InstructionView,
} from '../views/account.view.js';
import {
  payoutView,
  timelineEntry,
  type PayoutView,
  type PayoutWithTimelineView,
} from '../views/payout.view.js';
import { printCursor } from './page-request.js';
import { GetAccount, GetInstruction, GetPayout, ListAccounts, ListPayouts, type Page } from './queries.js';
import type { Plain } from '../views/plain.js';

@QueryHandler(GetPayout)
export class GetPayoutHandler implements IQueryHandler<GetPayout> {
  constructor(
    private readonly payouts: PayoutStore,
    private readonly timelines: TimelineStore,
  ) {}

  async execute({ payoutId }: GetPayout): Promise<Plain<PayoutWithTimelineView> | undefined> {
    const row = await this.payouts.find(payoutId);
    if (row === undefined) return undefined;
    const timeline = await this.timelines.of(payoutId);
    return { ...payoutView(row), timeline: timeline.map(timelineEntry) };
  }
}

@QueryHandler(ListPayouts)
export class ListPayoutsHandler implements IQueryHandler<ListPayouts> {
  constructor(private readonly payouts: PayoutStore) {}

  async execute({ filter, page }: ListPayouts): Promise<Page<Plain<PayoutView>>> {
    const rows = await this.payouts.page(filter, page.olderThan, page.limit + 1);
    return pageOf(rows, page.limit, payoutView, (row) => row.opened_key);
  }
}

@QueryHandler(GetAccount)
export class GetAccountHandler implements IQueryHandler<GetAccount> {
  constructor(private readonly accounts: AccountStore) {}

  async execute({ accountId }: GetAccount): Promise<Plain<AccountView> | undefined> {
    const found = await this.accounts.find(accountId);
    return found === undefined ? undefined : accountView(found);
  }
}

@QueryHandler(ListAccounts)
export class ListAccountsHandler implements IQueryHandler<ListAccounts> {
  constructor(private readonly accounts: AccountStore) {}

  async execute({ page }: ListAccounts): Promise<Page<Plain<AccountView>>> {
    const rows = await this.accounts.page(page.olderThan, page.limit + 1);
    return pageOf(rows, page.limit, accountView, ({ account }) => account.opened_key);
  }
}

@QueryHandler(GetInstruction)
export class GetInstructionHandler implements IQueryHandler<GetInstruction> {
  constructor(private readonly accounts: AccountStore) {}

  async execute({ accountId, instructionId }: GetInstruction): Promise<Plain<InstructionView> | undefined> {
    const row = await this.accounts.findInstruction(accountId, instructionId);
    return row === undefined ? undefined : instructionView(row);
  }
}

export const QUERY_HANDLERS = [
  GetPayoutHandler,
  ListPayoutsHandler,
  GetAccountHandler,
  ListAccountsHandler,
  GetInstructionHandler,
];

/** One row more than asked for was read: it says whether there is a next page. */
function pageOf<R, V>(
  rows: readonly R[],
  limit: number,
  view: (row: R) => V,
  keyOf: (row: R) => string,
): Page<V> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(view);
  return rows.length > limit && last !== undefined ? { items, next: printCursor(keyOf(last)) } : { items };
}
