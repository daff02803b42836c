import { ConnectionStringError } from '#event-store/eventstoredb/connection-string';
import { StreamDamagedError } from '#event-store/eventstoredb/errors';
import { ConfigError } from '#platform/config/read-config';
import { OutageError } from '#platform/outage/outage-error';
import type { Clock } from '#platform/time/clock';
import type { ReadModelDatabase } from '#read-models/database';
import { AccountBalance } from '../balance/account-balance.js';
import { balanceText } from '../balance/balance-text.js';
import { NotOpenedByThenError, PositionAfterEndError, UnknownAccountError } from '../balance/errors.js';
import type { Log } from '../log/log.js';
import { UnreadableLogError } from '../log/unreadable-log-error.js';
import { NoLedgerError, openLedger } from '../open-ledger.js';
import { Replay } from '../replay/replay.js';
import { replayText } from '../replay/replay-text.js';
import { PayoutTimeline } from '../timeline/payout-timeline.js';
import { timelineText } from '../timeline/timeline-text.js';
import { UnknownPayoutError } from '../timeline/unknown-payout-error.js';
import { readCommandLine, USAGE, UsageError, type CommandLine, type Question } from './command-line.js';
import { Progress, type TextOut } from './progress.js';

/** What the process ends with: see `USAGE`. */
export const EXIT = {
  holds: 0,
  differs: 1,
  unreadable: 2,
  usage: 64,
  notFound: 66,
  unavailable: 69,
  defect: 70,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface AuditIo {
  readonly out: TextOut;
  readonly err: TextOut;
  readonly clock: Clock;
  /** Where the ledger lies, when `--data` doesn't say it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

interface Answer {
  readonly text: string;
  readonly json: object;
  readonly holds: boolean;
}

/** Answers one question about a ledger, and tells the exit code. Never throws. */
export async function runAudit(args: readonly string[], io: AuditIo): Promise<ExitCode> {
  try {
    const line = readCommandLine(args, io.env);
    if (line.question.kind === 'help') {
      io.out.write(USAGE);
      return EXIT.holds;
    }
    const { text, json, holds } = await answer(line.question, line, io);
    io.out.write(line.json ? `${JSON.stringify(json)}\n` : text);
    return holds ? EXIT.holds : EXIT.differs;
  } catch (error) {
    io.err.write(`audit: ${wordsOf(error)}\n`);
    return exitCodeOf(error);
  }
}

async function answer(
  question: Exclude<Question, { kind: 'help' }>,
  { place }: CommandLine,
  io: AuditIo,
): Promise<Answer> {
  const ledger = await openLedger(place, io.clock);
  try {
    switch (question.kind) {
      case 'timeline': {
        const timeline = await ledger.inSnapshot(() => new PayoutTimeline(ledger.log).of(question.payoutId));
        return { text: timelineText(timeline), json: timeline, holds: true };
      }
      case 'balance': {
        const { accountId, asOf } = question;
        const report = await ledger.inSnapshot(() => new AccountBalance(ledger.log).of(accountId, asOf));
        return { text: balanceText(report), json: report, holds: report.check.balanced };
      }
      case 'replay':
        return ledger.tables === undefined
          ? await ledger.inSnapshot(() => replay(ledger.log, undefined, io))
          : await ledger.tables.inSnapshot((readModels) => replay(ledger.log, readModels, io));
    }
  } finally {
    await ledger.close();
  }
}

async function replay(
  log: Log,
  readModels: ReadModelDatabase | undefined,
  { err, clock }: AuditIo,
): Promise<Answer> {
  const progress = new Progress(err, clock);
  try {
    const onProgress = (events: number): void => progress.show(events);
    const report = await new Replay({ log, readModels, clock, onProgress }).run();
    return { text: replayText(report), json: report, holds: report.equal };
  } finally {
    progress.end();
  }
}

/** Expected errors, whose messages say it all. */
const CODES: readonly (readonly [ExitCode, readonly (abstract new (...args: never) => Error)[]])[] = [
  [EXIT.usage, [UsageError, ConfigError, ConnectionStringError]],
  [EXIT.unreadable, [UnreadableLogError, StreamDamagedError]],
  [
    EXIT.notFound,
    [NoLedgerError, UnknownPayoutError, UnknownAccountError, NotOpenedByThenError, PositionAfterEndError],
  ],
  [EXIT.unavailable, [OutageError]],
];

function exitCodeOf(error: unknown): ExitCode {
  return CODES.find(([, kinds]) => kinds.some((kind) => error instanceof kind))?.[0] ?? EXIT.defect;
}

/** What we didn't foresee is shown with its place in the program. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return exitCodeOf(error) === EXIT.defect ? (error.stack ?? error.message) : error.message;
}
