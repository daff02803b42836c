import { textTable } from '../cli/text-table.js';
import type { Cell, Difference } from './difference.js';
import type { ReplayReport } from './replay-report.js';

/** The replay for a person to read; every difference is a line. */
export function replayText(report: ReplayReport): string {
  const { log, milliseconds, eventsPerSecond, payouts, accounts, postings, currencies, readModels } = report;
  const statuses = Object.entries(payouts.byStatus).map(([status, count]) => `${count} ${status}`);
  return [
    `${log.events} events to position ${log.lastPosition ?? '-'} in ${milliseconds} ms (${eventsPerSecond}/s)\n`,
    `${payouts.total} payouts: ${statuses.join(', ') || 'none'}; ${payouts.parked} parked, ${payouts.reversed} reversed\n`,
    `${accounts.total} accounts, ${accounts.closed} closed; ${postings} postings\n\n`,
    currencies.length === 0
      ? ''
      : textTable([
          ['currency', 'debits', 'credits', 'reserved', 'open reservations', ''],
          ...currencies.map((one) => [
            one.currency,
            one.debits,
            one.credits,
            one.reserved,
            one.openReservations,
            one.balanced ? 'balanced' : 'NOT BALANCED',
          ]),
        ]) + '\n',
    ...report.brokenAccounts.map((accountId) => `account ${accountId}: its books don't balance\n`),
    readModels === null
      ? 'no read models were compared: there are none here, or DATABASE_URL is not set\n'
      : textTable([
          ['read model', 'checkpoint', 'behind', 'rows', 'differences'],
          ...readModels.map((model) => [
            model.model,
            model.checkpoint ?? '-',
            `${model.eventsBehind}`,
            `${model.rows}`,
            `${model.differences}`,
          ]),
        ]),
    '\n',
    ...report.differences.map((difference) => `${differenceText(difference)}\n`),
    report.equal ? 'the books balance, and the read models are what the log makes of them\n' : 'NOT EQUAL\n',
  ].join('');
}

function differenceText(difference: Difference): string {
  switch (difference.kind) {
    case 'column': {
      const { table, key, column, expected, found } = difference;
      return `${table} ${key}: ${column} is ${cellText(found)}, the log says ${cellText(expected)}`;
    }
    case 'missing-row':
      return `${difference.table} ${difference.key}: the row is missing`;
    case 'unexpected-row':
      return `${difference.table} ${difference.key}: the log knows no such row`;
    case 'checkpoint-after-end':
      return `${difference.model}: its checkpoint ${difference.checkpoint} lies after the end of the log (${difference.end ?? 'empty'}): the log was cut or restored`;
  }
}

function cellText(cell: Cell): string {
  return cell === null ? 'empty' : JSON.stringify(cell);
}
