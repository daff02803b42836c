import { amountTable } from '../cli/text-table.js';
import type { AccountReport } from './account-balance.js';

/** The books for a person to read. */
export function balanceText(report: AccountReport): string {
  const { accountId, currency, status, asOf, events, balances, openReservations, check } = report;
  return [
    `account ${accountId} (${currency}, ${status}) as of position ${asOf.position}, recorded ${asOf.recordedAt}; ${events} events\n`,
    '\n',
    amountTable(Object.entries(balances), '  '),
    '\n',
    openReservations.length === 0
      ? 'no open reservations\n'
      : `${openReservations.length} open reservations, together ${check.reservations}:\n`,
    amountTable(
      openReservations.map(({ payoutId, amount }) => [payoutId, amount]),
      '  ',
    ),
    '\n',
    `double entry: debits ${check.debits}, credits ${check.credits}, sum of all books ${check.sumOfBooks}: `,
    check.balanced ? 'balanced\n' : 'NOT BALANCED\n',
  ].join('');
}
