import type { BusMessage } from './bus-message.js';
import { checkPublished } from './check-published.js';
import { checkReplies, type SentCommand } from './check-replies.js';
import { Findings } from './findings.js';
import { judge } from './judge-run.js';
import type { RunReport } from './run-report.js';
import type { StoredRun } from './stored-run.js';

/** A run whose commands went over a bus, and what the bus has of it. */
export interface BusRun {
  readonly run: StoredRun;
  /** The parsed answer of the sandbox's `GET /_sandbox/book`. */
  readonly book: unknown;
  /** Payout id to the beneficiary's text as its provider is given it. */
  readonly beneficiaries: ReadonlyMap<string, string>;
  /** All commands of the whole run. */
  readonly sent: readonly SentCommand[];
  /** The whole topics. */
  readonly replies: readonly BusMessage[];
  readonly published: readonly BusMessage[];
}

export interface BusRunReport extends RunReport {
  readonly everyCommandAnswered: boolean;
  readonly publishedInOrder: boolean;
}

/** The judgement of a run, and of what its callers and other services were told. */
export function judgeBusRun({ run, book, beneficiaries, sent, replies, published }: BusRun): BusRunReport {
  const report = judge(run, book, beneficiaries);
  const findings = new Findings();
  checkReplies(sent, replies, run.events, findings);
  checkPublished(run.events, published, findings);
  return {
    ...report,
    everyCommandAnswered: findings.holds('everyCommandAnswered'),
    publishedInOrder: findings.holds('publishedInOrder'),
    findings: [...report.findings, ...findings.all],
  };
}
