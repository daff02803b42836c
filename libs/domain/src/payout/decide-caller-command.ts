import { compareMoney, formatMoney, add } from '../money/money.js';
import { exponentOf } from '../money/currency.js';
import type { CommandId, Fingerprint } from '../ids.js';
import type { CancelPayout, RequestPayout, ResolvePayout } from './commands.js';
import type { PayoutEvent } from './events.js';
import type { RefusalReason, RejectionReason } from './rejections.js';
import type { CommandAnswer, PayoutState } from './state.js';

/** The new facts and what the caller is told. No events: nothing happened that isn't in the log already. */
export interface CallerDecision {
  readonly events: readonly PayoutEvent[];
  readonly answer: CommandAnswer;
}

/** Accepts or rejects a new payout; answers a repeated command as it was answered first. */
export function decideRequest(state: PayoutState, command: RequestPayout): CallerDecision {
  const { request } = command;
  if (state.status !== 'absent') return repeated(state, request.commandId, request.fingerprint) ?? reused();
  const rejection = rejectionOf(command);
  if (rejection !== undefined) {
    const { payoutId, accountId } = request;
    return {
      events: [{ type: 'PayoutRejected', data: { payoutId, accountId, ...rejection, request } }],
      answer: { outcome: 'rejected', ...rejection },
    };
  }
  if (typeof command.terms === 'string') throw new Error('terms were checked above');
  const reserve = add(request.amount, command.terms.feeReserve);
  return {
    events: [{ type: 'PayoutRequested', data: { ...request, reserve } }],
    answer: { outcome: 'accepted' },
  };
}

/** The first reason that applies, in the order of `REJECTION_REASONS`. */
function rejectionOf({
  request,
  terms,
  beneficiaryProblem,
  account,
}: RequestPayout): { reason: RejectionReason; detail: string } | undefined {
  const { amount, provider } = request;
  if (terms === 'provider-not-set-up') {
    return { reason: 'provider-unavailable', detail: `${provider} isn't set up here` };
  }
  if (terms === 'currency-not-paid') {
    return { reason: 'currency-not-paid-by-provider', detail: `${provider} doesn't pay ${amount.currency}` };
  }
  const unit = 10n ** BigInt(exponentOf(amount.currency) - terms.decimals);
  if (amount.minor % unit !== 0n) {
    return {
      reason: 'amount-too-precise-for-provider',
      detail: `${provider} pays ${amount.currency} with ${terms.decimals} decimals`,
    };
  }
  if (compareMoney(amount, terms.min) < 0 || compareMoney(amount, terms.max) > 0) {
    const detail = `${provider} pays ${formatMoney(terms.min)} to ${formatMoney(terms.max)} ${amount.currency} at once`;
    return { reason: 'amount-outside-provider-limits', detail };
  }
  if (beneficiaryProblem !== undefined)
    return { reason: 'beneficiary-not-payable', detail: beneficiaryProblem };
  if (account === 'unknown')
    return { reason: 'unknown-account', detail: `no account ${request.accountId} was opened` };
  if (account.currency !== amount.currency) {
    return {
      reason: 'account-currency-differs',
      detail: `the account holds ${account.currency}, not ${amount.currency}`,
    };
  }
  return undefined;
}

/** Cancels before the first send; afterwards it is refused, and the refusal recorded once. */
export function decideCancel(state: PayoutState, command: CancelPayout): CallerDecision {
  if (state.status === 'absent')
    return { events: [], answer: { outcome: 'refused', reason: 'unknown-payout' } };
  const again = repeated(state, command.commandId, command.fingerprint);
  if (again !== undefined) return again;
  switch (state.status) {
    case 'rejected':
      return refused(command, 'already-rejected');
    case 'cancelled':
      return refused(command, 'already-cancelled');
    case 'succeeded':
    case 'failed':
      return refused(command, 'already-final');
    case 'submitting':
    case 'submitted':
    case 'unknown':
      return refused(command, 'already-submitted');
    case 'requested': {
      if (state.deadAttempts.length > 0) return refused(command, 'already-submitted');
      const { payoutId, commandId, fingerprint, reason } = command;
      const { accountId } = state.request;
      return {
        events: [
          {
            type: 'PayoutCancelled',
            data: {
              payoutId,
              accountId,
              commandId,
              fingerprint,
              ...(reason === undefined ? {} : { reason }),
            },
          },
        ],
        answer: { outcome: 'accepted' },
      };
    }
  }
}

/** Takes a person's decision about a parked payout. Only what is parked may be resolved. */
export function decideResolve(state: PayoutState, command: ResolvePayout): CallerDecision {
  if (state.status === 'absent')
    return { events: [], answer: { outcome: 'refused', reason: 'unknown-payout' } };
  const again = repeated(state, command.commandId, command.fingerprint);
  if (again !== undefined) return again;
  if (state.status === 'rejected') return refused(command, 'already-rejected');
  if (state.status === 'cancelled') return refused(command, 'already-cancelled');
  if (state.parked === undefined) return refused(command, 'not-parked');
  const { payoutId, commandId, fingerprint, decision, operator, reason, at } = command;
  const { accountId, amount } = state.request;
  const resolved: PayoutEvent = {
    type: 'PayoutResolved',
    data: { payoutId, accountId, decision, operator, reason, commandId, fingerprint, resolvedAt: at },
  };
  const events: PayoutEvent[] = [resolved];
  const to = decision === 'paid' ? 'succeeded' : decision === 'not-paid' ? 'failed' : undefined;
  if (to === undefined) return { events, answer: { outcome: 'accepted' } };
  const last = 'current' in state ? state.current : state.deadAttempts.at(-1);
  if (last === undefined) {
    // Nothing ever left: it can't have been paid, and not paying it is to cancel it.
    if (to === 'succeeded') return refused(command, 'never-submitted');
    events.push({ type: 'PayoutCancelled', data: { payoutId, accountId, commandId, fingerprint, reason } });
    return { events, answer: { outcome: 'accepted' } };
  }
  const said = [command.paid, command.fee];
  if (said.some((part) => part !== undefined && part.currency !== amount.currency))
    return refused(command, 'settlement-currency-differs');
  if (state.status !== to) {
    const { attempt } = last;
    const common = {
      payoutId,
      accountId,
      attempt,
      to,
      rawStatus: decision,
      source: 'operator',
      reason,
    } as const;
    const zero = { minor: 0n, currency: amount.currency };
    if (state.status === 'succeeded' || state.status === 'failed') {
      const paid =
        to === 'succeeded'
          ? (command.paid ?? amount)
          : state.status === 'succeeded'
            ? state.settled.paid
            : zero;
      const fee =
        to === 'succeeded' ? (command.fee ?? zero) : state.status === 'succeeded' ? state.settled.fee : zero;
      events.push({ type: 'PayoutReversed', data: { ...common, from: state.status, paid, fee } });
    } else {
      const facts =
        to === 'succeeded' ? { ordered: amount, paid: command.paid ?? amount, fee: command.fee ?? zero } : {};
      events.push({ type: 'PayoutStatusChanged', data: { ...common, from: state.status, ...facts } });
    }
  }
  return { events, answer: { outcome: 'accepted' } };
}

function repeated(
  state: Exclude<PayoutState, { status: 'absent' }>,
  id: CommandId,
  fingerprint: Fingerprint,
): CallerDecision | undefined {
  const known = state.answered.get(id);
  if (known === undefined) return undefined;
  return known.fingerprint === fingerprint ? { events: [], answer: known.answer } : reused();
}

function reused(): CallerDecision {
  return { events: [], answer: { outcome: 'refused', reason: 'command-id-reused' } };
}

function refused(command: CancelPayout | ResolvePayout, reason: RefusalReason): CallerDecision {
  const { payoutId, commandId, fingerprint, type } = command;
  return {
    events: [{ type: 'CommandRefused', data: { payoutId, commandId, fingerprint, command: type, reason } }],
    answer: { outcome: 'refused', reason },
  };
}
