import type { PayoutCounts, RunReport } from './checker/run-report.js';

const COLUMNS = ['payouts', 'succeeded', 'failed', 'rejected', 'cancelled', 'parked', 'reversed'] as const;

/** A short table: a row for each provider, and the sum. */
export function table(report: RunReport): readonly string[] {
  const row = (name: string, cells: readonly string[]): string =>
    `  ${name.padEnd(10)}${cells.map((cell) => cell.padStart(11)).join('')}`;
  const counts = (of: PayoutCounts): readonly string[] => COLUMNS.map((column) => String(of[column]));
  return [
    '',
    row('', COLUMNS),
    ...Object.entries(report.byProvider).map(([provider, of]) => row(provider, counts(of))),
    row('all', counts(report)),
    ...(report.open === 0 ? [] : ['', `  ${report.open} are still open`]),
    '',
  ];
}

/** The claims in words, as they were found. They are about everything in the folder, earlier runs included. */
export function claims({
  booksBalance,
  providersAgree,
  paidTwice,
  replayEqual,
}: RunReport): readonly string[] {
  const rows: readonly (readonly [boolean, string])[] = [
    [booksBalance, "every account's double entry balances, and follows from its payouts"],
    [providersAgree, "what the log says was paid is what the providers' own book says"],
    [paidTwice === 0, paidTwice === 0 ? 'no payout was paid twice' : `${paidTwice} payouts were paid twice`],
    [replayEqual, 'the tables hold what the log makes of them'],
  ];
  return rows.map(([holds, text]) => `  ${holds ? 'yes' : 'NO '}  ${text}`);
}

/** One JSON object: the counts and the claims. The first five counts add up to `payouts`. */
export function resultLine(report: RunReport, killed: number): string {
  const { payouts, succeeded, failed, rejected, cancelled, parked, reversed } = report;
  const { booksBalance, providersAgree, paidTwice, replayEqual } = report;
  return JSON.stringify({
    ...{ payouts, succeeded, failed, rejected, cancelled, parked, reversed, killed },
    ...{ booksBalance, providersAgree, paidTwice, replayEqual },
  });
}

/** Whether the run shows what it promises: every payout is accounted for, and every claim is true. */
export function claimsHold(report: RunReport, planned: number): boolean {
  const { payouts, succeeded, failed, rejected, cancelled, parked } = report;
  const accounted = payouts === planned && succeeded + failed + rejected + cancelled + parked === planned;
  return (
    accounted && report.booksBalance && report.providersAgree && report.paidTwice === 0 && report.replayEqual
  );
}
