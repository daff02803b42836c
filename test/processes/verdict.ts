import { setTimeout as sleep } from 'node:timers/promises';
import { judgeBusRun, type BusRun, type BusRunReport } from '#demo/checker/judge-bus-run';
import { judge } from '#demo/checker/judge-run';
import type { ProductionRun } from '#demo/checker/production-run';
import type { RunReport } from '#demo/checker/run-report';
import { claimsHold } from '#demo/result';
import { callUntilAnswered } from '../support/processes/json-call.js';
import type { TopicCopy } from './topic-copy.js';

const PAUSE = 1_000;
const REPLAYED_WITHIN = 120_000;

export interface Verdict extends BusRunReport {
  /** What the auditors' service found when it made all rows anew from the log. */
  readonly rebuildEqual: boolean;
  readonly rebuild: string;
}

export interface Judged {
  readonly production: ProductionRun;
  readonly book: () => Promise<unknown>;
  readonly beneficiaries: ReadonlyMap<string, string>;
}

/** Waits until every payout is final or with a person. Resolves with what is so in the end, after `timeoutMs` at the latest. */
export async function untilSettled(
  { production, book, beneficiaries }: Judged,
  timeoutMs: number,
  onLook: (report: RunReport) => void,
): Promise<RunReport> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const report = judge(await production.read(), await book(), beneficiaries);
    onLook(report);
    if (report.open === 0 || performance.now() > until) return report;
    await sleep(PAUSE);
  }
}

/** Judges everything, until all of it holds: read models, publisher and callbacks are a moment behind the log. */
export async function lastVerdict(
  { production, book, beneficiaries }: Judged,
  parts: Pick<BusRun, 'sent'> & {
    readonly topics: TopicCopy;
    readonly planned: number;
    readonly audit: string;
  },
  timeoutMs: number,
): Promise<Verdict> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const run = await production.read();
    await parts.topics.complete();
    const report = judgeBusRun({
      run,
      book: await book(),
      beneficiaries,
      sent: parts.sent,
      replies: parts.topics.of('payout.replies.v1'),
      published: parts.topics.of('payout.events.v1'),
    });
    if (allHolds(report, parts.planned) || performance.now() > until)
      return { ...report, ...(await rebuilt(parts.audit, run.events.length)) };
    await sleep(PAUSE);
  }
}

export function allHolds(report: BusRunReport, planned: number): boolean {
  return claimsHold(report, planned) && report.everyCommandAnswered && report.publishedInOrder;
}

/** Asks the auditors' service to make every row anew from the log, and to compare. */
async function rebuilt(audit: string, events: number): Promise<Pick<Verdict, 'rebuildEqual' | 'rebuild'>> {
  // One that was begun earlier may be running still: what it says is of then.
  const until = performance.now() + REPLAYED_WITHIN;
  let begun = await callUntilAnswered(`${audit}/v1/replay`, { method: 'POST' });
  while (begun.status === 409 && performance.now() < until) {
    await sleep(PAUSE);
    begun = await callUntilAnswered(`${audit}/v1/replay`, { method: 'POST' });
  }
  for (;;) {
    const { body } = await callUntilAnswered(`${audit}/v1/replay`);
    const report = body['report'] as Rebuild | undefined;
    if (report !== undefined) {
      const complete =
        report.log.events >= events &&
        (report.readModels?.every(({ eventsBehind }) => eventsBehind === 0) ?? false);
      return {
        rebuildEqual: report.equal && complete,
        rebuild: JSON.stringify({
          readModels: report.readModels,
          differences: report.differences.slice(0, 10),
        }),
      };
    }
    if (body['status'] === 'failed' || performance.now() > until)
      return { rebuildEqual: false, rebuild: JSON.stringify(body) };
    await sleep(PAUSE / 4);
  }
}

interface Rebuild {
  readonly equal: boolean;
  readonly log: { readonly events: number };
  readonly readModels: readonly { readonly eventsBehind: number }[] | null;
  readonly differences: readonly unknown[];
}
