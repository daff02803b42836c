import { accountBooks } from './books.js';
import { checkBooks } from './check-books.js';
import { checkProviders } from './check-providers.js';
import { checkRows } from './check-rows.js';
import { Findings } from './findings.js';
import { payoutHistories } from './payout-history.js';
import { countByProvider, countPayouts, type RunReport } from './run-report.js';
import { readBook } from './sandbox-book.js';
import { readRun, type StoredRun } from './stored-run.js';

export interface JudgedRun {
  /** The service's data folder. */
  readonly dataFolder: string;
  /** The parsed answer of the sandbox's `GET /_sandbox/book`. */
  readonly book: unknown;
  /** Payout id to the beneficiary's text as its provider is given it. Without it a lost order may stay unmatched. */
  readonly beneficiaries?: ReadonlyMap<string, string>;
  /** Whose payouts are counted; the claims are always about all that is on the disk. Absent: all. */
  readonly counted?: ReadonlySet<string>;
}

/**
 * Judges a run from what lies on the disk and from the providers' book, with rules of its own: it shares no code with
 * the service, so that an error there can't hide itself here. To be asked when nothing moves any more: the read models
 * have to have caught up, and the book has to be newer than the log.
 */
export function judgeRun({ dataFolder, book, beneficiaries = new Map(), counted }: JudgedRun): RunReport {
  return judge(readRun(dataFolder), book, beneficiaries, counted);
}

/** The same from parts that were read already. */
export function judge(
  run: StoredRun,
  book: unknown,
  beneficiaries: ReadonlyMap<string, string>,
  counted?: ReadonlySet<string>,
): RunReport {
  const findings = new Findings();
  const histories = payoutHistories(run.events);
  const { payouts } = histories;
  for (const contradiction of histories.contradictions) findings.add('booksBalance', contradiction);
  const accounts = accountBooks(run.events, (text) => findings.add('booksBalance', text));
  checkBooks(run.events, accounts, payouts, findings);
  const paidTwice = checkProviders(readBook(book), histories, beneficiaries, findings);
  checkRows(run, payouts, accounts, findings);
  const ours = Array.from(payouts)
    .filter(([payoutId]) => counted?.has(payoutId) ?? true)
    .map(([, history]) => history);
  return {
    ...countPayouts(ours),
    byProvider: countByProvider(ours),
    booksBalance: findings.holds('booksBalance'),
    providersAgree: findings.holds('providersAgree'),
    paidTwice,
    replayEqual: findings.holds('replayEqual'),
    findings: findings.all,
  };
}
