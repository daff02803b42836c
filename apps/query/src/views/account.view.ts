import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { currencyCode } from '#domain/money/currency';
import { formatMoney } from '#domain/money/money';
import type { Book } from '#domain/postings/postings';
import type { BalanceRow, InstructionRow } from '#read-models/accounts/row';
import type { AccountWithBalances } from '#read-models/accounts/store';
import { AccountLinks, accountLinks, InstructionLinks, instructionLinks } from './links.js';
import type { Plain } from './plain.js';

const TIME = { type: String, format: 'date-time', example: '2026-01-31T09:30:00.000Z' } as const;
const sum = (description: string, example = '0.00') => ({ type: String, description, example }) as const;

/** available + reserved + difference + paid + fees = deposits + corrections + duplicatePayment, at any time. */
export class BalancesView {
  @ApiProperty(
    sum('Free for new payouts. Below zero when a payout that had failed was paid after all.', '944.00'),
  )
  readonly available!: string;
  @ApiProperty(sum('Held for payouts that are under way.', '13.00')) readonly reserved!: string;
  @ApiProperty(sum('Ordered but not paid, on payouts that succeeded with another amount.'))
  readonly difference!: string;
  @ApiProperty(sum('Paid to beneficiaries.', '50.00')) readonly paid!: string;
  @ApiProperty(sum('Charged by providers.', '0.75')) readonly fees!: string;
  @ApiProperty(sum('Paid in.', '1000.00')) readonly deposits!: string;
  @ApiProperty(sum('Added by corrections; below zero when they took away.', '-5.00'))
  readonly corrections!: string;
  @ApiProperty(sum('Left without an order: paid twice by a provider. It must be zero.', '12.75'))
  readonly duplicatePayment!: string;
}

export class AccountView {
  @ApiProperty({ type: String, example: 'acme-usd' }) readonly accountId!: string;
  @ApiProperty({ type: String, example: 'USD' }) readonly currency!: string;
  @ApiPropertyOptional({ type: String }) readonly name?: string;
  @ApiProperty({ enum: ['open', 'closed'] }) readonly status!: string;
  @ApiProperty({
    type: BalancesView,
    description:
      'Decimal text. available + reserved + difference + paid + fees = deposits + corrections + duplicatePayment.',
  })
  readonly balances!: BalancesView;
  @ApiProperty({ type: String, description: 'Who opened it.' }) readonly caller!: string;
  @ApiProperty(TIME) readonly openedAt!: string;
  @ApiProperty(TIME) readonly updatedAt!: string;
  @ApiProperty({ type: String, description: 'Log position of its last event.', example: '1042' })
  readonly position!: string;
  @ApiProperty({ type: String, description: 'Revision of its last event in its own stream.', example: '17' })
  readonly revision!: string;
  @ApiProperty({ type: AccountLinks }) readonly links!: AccountLinks;
}

export class AccountPageView {
  @ApiProperty({ type: [AccountView], description: 'Newest first.' }) readonly items!: readonly AccountView[];
  @ApiPropertyOptional({ type: String, description: 'Cursor of the next page; absent on the last.' })
  readonly next?: string;
}

export class InstructionView {
  @ApiProperty({ type: String, format: 'uuid' }) readonly instructionId!: string;
  @ApiProperty({ type: String, example: 'acme-usd' }) readonly accountId!: string;
  @ApiProperty({ enum: ['deposit', 'correction', 'close'] }) readonly kind!: string;
  @ApiPropertyOptional({ type: String, example: '1000.00' }) readonly amount?: string;
  @ApiPropertyOptional({ type: String, example: 'USD' }) readonly currency?: string;
  @ApiProperty({
    enum: ['given', 'carried-out', 'refused'],
    description: '`given`: the ledger has not come to it yet.',
  })
  readonly status!: string;
  @ApiPropertyOptional({ enum: ['account-closed', 'account-not-empty', 'would-overdraw'] })
  readonly reason?: string;
  @ApiProperty({ type: String }) readonly caller!: string;
  @ApiProperty({ type: String }) readonly commandId!: string;
  @ApiProperty(TIME) readonly givenAt!: string;
  @ApiProperty(TIME) readonly updatedAt!: string;
  @ApiProperty({ type: InstructionLinks }) readonly links!: InstructionLinks;
}

export function accountView({ account, balances }: AccountWithBalances): Plain<AccountView> {
  return {
    accountId: account.account_id,
    currency: account.currency,
    ...(account.name === null ? {} : { name: account.name }),
    status: account.status,
    balances: balancesView(account.currency, balances),
    caller: account.caller,
    openedAt: account.opened_at,
    updatedAt: account.updated_at,
    position: account.position,
    revision: account.revision,
    links: accountLinks(account.account_id),
  };
}

export function instructionView(row: InstructionRow): Plain<InstructionView> {
  return {
    instructionId: row.instruction_id,
    accountId: row.account_id,
    kind: row.kind,
    ...(row.amount === null || row.currency === null ? {} : { amount: row.amount, currency: row.currency }),
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    caller: row.caller,
    commandId: row.command_id,
    givenAt: row.given_at,
    updatedAt: row.updated_at,
    links: instructionLinks(row.account_id, row.instruction_id),
  };
}

/** The books that money comes from are kept below zero; readers want to see what came. */
function balancesView(code: string, rows: readonly BalanceRow[]): Plain<BalancesView> {
  const currency = currencyCode(code);
  const minorOf = (book: Book): bigint => BigInt(rows.find((row) => row.book === book)?.amount_minor ?? '0');
  const shown = (book: Book): string => formatMoney({ minor: minorOf(book), currency });
  const turned = (book: Book): string => formatMoney({ minor: -minorOf(book), currency });
  return {
    available: shown('available'),
    reserved: shown('reserved'),
    difference: shown('difference'),
    paid: shown('paid'),
    fees: shown('fees'),
    deposits: turned('deposits'),
    corrections: turned('corrections'),
    duplicatePayment: turned('duplicate-payment'),
  };
}
