import { judge } from '#demo/checker/judge-run';
import type { StoredRun } from '#demo/checker/stored-run';
import { isRecord, type StoredEvent } from '#demo/checker/stored-event';
import { readBook } from '#demo/checker/sandbox-book';
import type { Acknowledged } from './payout-load.js';

/** Events of a payout that the ledger process answers with money of its account. */
const MOVES_MONEY: ReadonlySet<string> = new Set([
  'PayoutRequested',
  'PayoutRejected',
  'PayoutCancelled',
  'PayoutStatusChanged',
  'PayoutReversed',
  'PayoutFeeChanged',
  'PayoutDuplicatePaid',
]);

/** Everything that is wrong with what a killed service left; empty when nothing is. */
export function wrongAtKill(
  run: StoredRun,
  book: unknown,
  acknowledged: readonly Acknowledged[],
  beneficiaries: ReadonlyMap<string, string>,
): readonly string[] {
  const whole = judge(run, book, beneficiaries);
  const dealtWith = judge(asFarAsTheLedgerCame(run), book, beneficiaries);
  return [
    ...missingFrom(run, acknowledged),
    ...whole.findings.filter(({ claim }) => claim === 'paidTwice').map(({ text }) => text),
    ...paidTwiceByBeneficiary(book),
    ...dealtWith.findings.filter(({ claim }) => claim === 'booksBalance').map(({ text }) => text),
  ];
}

/** A promise that isn't in the log. */
export function missingFrom(run: StoredRun, acknowledged: readonly Acknowledged[]): readonly string[] {
  const streams = Map.groupBy(run.events, ({ stream }) => stream);
  return acknowledged
    .filter((promise) => !(streams.get(promise.stream) ?? []).some((event) => keeps(event, promise)))
    .map(
      ({ commandId, command, outcome, stream }) =>
        `${command} ${commandId} was answered as ${outcome}, and ${stream} doesn't have it`,
    );
}

function keeps({ type, data, revision, position }: StoredEvent, promise: Acknowledged): boolean {
  switch (promise.command) {
    case 'RequestPayout':
      return (
        type === (promise.outcome === 'accepted' ? 'PayoutRequested' : 'PayoutRejected') &&
        revision === 0n &&
        position.toString() === promise.position
      );
    case 'CancelPayout': {
      const wanted = promise.outcome === 'accepted' ? 'PayoutCancelled' : 'CommandRefused';
      return type === wanted && data['commandId'] === promise.commandId;
    }
    case 'Deposit':
      return type === 'AccountInstructionGiven' && position.toString() === promise.position;
  }
}

/**
 * The log up to where the ledger process had come on each account. Between a payout's outcome and the account's entry
 * lies a moment in which the books can't agree; a kill may fall into it. What the account's own events say to be dealt
 * with has to balance to the last unit.
 */
export function asFarAsTheLedgerCame(run: StoredRun): StoredRun {
  const reached = new Map<string, bigint>();
  for (const { stream, data } of run.events) {
    const cause = data['cause'];
    if (!stream.startsWith('account-') || !isRecord(cause)) continue;
    const position = BigInt(String(cause['position']));
    if (position > (reached.get(stream) ?? -1n)) reached.set(stream, position);
  }
  const cut = new Set<string>();
  const events = run.events.filter(({ stream, type, data, position }) => {
    if (cut.has(stream)) return false;
    const moves =
      (stream.startsWith('payout-') && MOVES_MONEY.has(type)) || type === 'AccountInstructionGiven';
    if (moves && position > (reached.get(`account-${String(data['accountId'])}`) ?? -1n)) cut.add(stream);
    return !cut.has(stream);
  });
  return { ...run, events };
}

/** Each payout has a beneficiary of its own, so this needs nothing of ours: not the log, and no reference. */
function paidTwiceByBeneficiary(json: unknown): readonly string[] {
  const { orders, movements } = readBook(json);
  const receiver = new Map(orders.map((order) => [`${order.vendor} ${order.orderId}`, order]));
  const times = new Map<string, number>();
  for (const { vendor, orderId, kind } of movements) {
    const order = receiver.get(`${vendor} ${orderId}`);
    const name = `${vendor} ${order?.beneficiary ?? orderId}`;
    times.set(name, (times.get(name) ?? 0) + (kind === 'paid' ? 1 : -1));
  }
  return [...times].filter(([, paid]) => paid > 1).map(([name, paid]) => `${name} was paid ${paid} times`);
}
