import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { instructed } from '#test/support/account-fixtures';
import { decide } from '#test/support/given';
import { aWorld, followed, payoutIn, written, type LedgerWorld } from '#test/support/ledger-world';
import {
  ACCOUNT,
  aRequest,
  cancel,
  commandIdOf,
  contentOf,
  FUNDS,
  HOUR,
  NOT_FOUND_FINAL_AFTER,
  outcome,
  report,
  request,
  resend,
  resolve,
  start,
  T0,
  terms,
  usd,
} from '#test/support/payout-fixtures';
import type { AccountEvent } from './account/events.js';
import type { AccountState } from './account/state.js';
import { payoutId, type PayoutId } from './ids.js';
import { subtract } from './money/money.js';
import type { PayoutCommand } from './payout/commands.js';
import { ledgerSteps } from './processes/ledger-process.js';
import type { OrderFacts } from './provider/provider-report.js';
import { referenceOf } from './provider/reference.js';

const PAYOUTS = [1, 2, 3].map((n) => payoutId(`${n}d0f3b1c-8a64-5a0e-9a3e-2f6c1d7b9e01`));
const anyPayout = fc.constantFrom(...PAYOUTS);
const cents = (max: number) => fc.integer({ min: 0, max }).map((minor) => usd((minor / 100).toFixed(2)));

const anyOrder: fc.Arbitrary<OrderFacts> = fc
  .tuple(fc.option(cents(12_000), { nil: undefined }), fc.option(cents(400), { nil: undefined }))
  .map(([paid, fee]) => ({
    ...(paid === undefined ? {} : { paid }),
    ...(fee === undefined ? {} : { fee }),
  }));
const anySource = fc.constantFrom('answer', 'callback', 'query', 'statement', 'operator');
const anyAttempt = fc.constantFrom(1, 1, 1, 2);

/** Any command about any of the payouts, sensible or not. */
const anyCommand: fc.Arbitrary<readonly [PayoutId, PayoutCommand]> = anyPayout.chain((id) => {
  const own = (text: string) => ({
    payoutId: id,
    commandId: commandIdOf(`${text}-${id}`),
    fingerprint: contentOf(text),
  });
  const anyReport = fc
    .tuple(
      fc.constantFrom(...Object.values(outcome)),
      anyOrder,
      anySource,
      anyAttempt,
      fc.boolean(),
      fc.boolean(),
    )
    .map(([said, order, source, attempt, late, refusalIsProof]) =>
      report(said(order), source, {
        attempt,
        at: late ? T0 + HOUR : T0,
        rules: { refusalIsProof, notFoundIsFinalAfter: NOT_FOUND_FINAL_AFTER },
      }),
    );
  const command: fc.Arbitrary<PayoutCommand> = fc.oneof(
    { weight: 12, arbitrary: anyReport },
    {
      weight: 3,
      arbitrary: cents(300).map((feeReserve) =>
        request({
          request: aRequest({ payoutId: id, commandId: commandIdOf(`pay-${id}`) }),
          terms: terms({ feeReserve }),
        }),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('c', 'd').map((text) => cancel(own(text))) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('paid', 'not-paid', 'resume'), fc.constantFrom('r', 's', 't'), anyOrder)
        .map(([decision, text, order]) => resolve({ ...own(text), decision, ...order })),
    },
    {
      weight: 6,
      arbitrary: anyAttempt.map((attempt) =>
        start({ attempt, reference: referenceOf({ payoutId: id, attempt }), funds: FUNDS }),
      ),
    },
    { weight: 2, arbitrary: anyAttempt.map((attempt) => resend({ attempt })) },
    {
      weight: 2,
      arbitrary: anyAttempt.map(
        (attempt) => ({ type: 'MarkOutcomeUnknown', attempt, reason: 'gone' }) as const,
      ),
    },
    { weight: 2, arbitrary: fc.constant({ type: 'ConcludeFailure' } as const) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('outcome-unknown' as const, 'claim-mismatch' as const)
        .map((reason) => ({ type: 'ParkPayout', reason, detail: '' }) as const),
    },
  );
  return command.map((one) => [id, one] as const);
});

const anyInstruction = fc.oneof(
  cents(20_000).map((amount) => instructed({ kind: 'deposit', amount })),
  fc.tuple(cents(20_000), fc.boolean()).map(([amount, minus]) =>
    instructed({
      kind: 'correction',
      amount: minus ? subtract(usd('0.00'), amount) : amount,
      reason: 'count',
    }),
  ),
  fc.constant(instructed({ kind: 'close' })),
);

type Move =
  | { readonly command: readonly [PayoutId, PayoutCommand] }
  | { readonly instruction: ReturnType<typeof instructed> }
  | { readonly follow: number };
/** A payout as far as its second attempt: chance alone seldom comes there. */
const anySecondAttempt = anyPayout.map((id): readonly Move[] => {
  const refused = report(outcome.refused(), 'answer', { at: T0 });
  const starting = (attempt: number): Move => ({
    command: [id, start({ attempt, reference: referenceOf({ payoutId: id, attempt }) })],
  });
  const asking = request({ request: aRequest({ payoutId: id, commandId: commandIdOf(`pay-${id}`) }) });
  return [{ command: [id, asking] }, { follow: 99 }, starting(1), { command: [id, refused] }, starting(2)];
});
const anyMove: fc.Arbitrary<readonly Move[]> = fc.oneof(
  { weight: 16, arbitrary: anyCommand.map((command) => [{ command }]) },
  { weight: 1, arbitrary: anyInstruction.map((instruction) => [{ instruction }]) },
  { weight: 4, arbitrary: fc.nat({ max: 4 }).map((follow) => [{ follow }]) },
  { weight: 1, arbitrary: anySecondAttempt },
);

/** The ledger's events so far, by payout and type. */
interface Run {
  readonly world: LedgerWorld;
  readonly ledger: readonly AccountEvent[];
}

function moved({ world, ledger }: Run, move: Move): Run {
  if ('follow' in move) {
    const next = followed(world, move.follow);
    return { world: next, ledger: [...ledger, ...next.ledger] };
  }
  if ('instruction' in move) return { world: written(world, [move.instruction]), ledger };
  const [id, command] = move.command;
  // The process starts a payout only on the word of the funding account.
  if (command.type === 'StartSubmission' && world.account.holds.get(id) === undefined)
    return { world, ledger };
  const { events = [] } = decide(payoutIn(world, id), command);
  return { world: written(world, events), ledger };
}

function caughtUp(run: Run): Run {
  return moved(run, { follow: run.world.waiting.length });
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

describe('any history that any commands produce', () => {
  it('folds, is stored and read back, and keeps the books after each step', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 80, size: 'max' }), (moves) => {
        let run: Run = { world: aWorld('400.00'), ledger: [] };
        for (const move of moves.flat()) run = moved(run, move);
        const { world, ledger } = caughtUp(run);
        const { balances, holds } = world.account;
        const states = PAYOUTS.map((id) => payoutIn(world, id));
        for (const { status } of states) seen.set(status, (seen.get(status) ?? 0) + 1);
        for (const { type } of ledger) seen.set(type, (seen.get(type) ?? 0) + 1);

        // What was paid and what it cost is what the payouts say, and what was paid twice besides.
        const duplicates = ledger.flatMap((event) =>
          event.type === 'DuplicatePaymentPosted' ? [event.data] : [],
        );
        const settled = states.flatMap((state) => (state.status === 'succeeded' ? [state.settled] : []));
        const all = [...settled, ...duplicates];
        assert.equal(balances.paid.minor, sum(all.map(({ paid }) => paid.minor)));
        assert.equal(balances.fees.minor, sum(all.map(({ fee }) => fee.minor)));
        assert.equal(
          balances['duplicate-payment'].minor,
          -sum(duplicates.map((d) => d.paid.minor + d.fee.minor)),
        );

        // A reservation is open just as long as its payout is.
        states.forEach((state, i) => {
          const hold = holds.get(PAYOUTS[i] as PayoutId);
          const over = ['absent', 'rejected', 'cancelled', 'succeeded', 'failed'].includes(state.status);
          if (over) assert.equal(hold, undefined, state.status);
          else if (hold !== undefined) assert.ok('reserve' in state && hold.minor === state.reserve.minor);
        });

        // Where it all came from.
        const given = ledger.flatMap((event) =>
          event.type === 'FundsDeposited' || event.type === 'FundsCorrected' ? [event.data.amount.minor] : [],
        );
        assert.equal(balances.deposits.minor + balances.corrections.minor, -40_000n - sum(given));
        assert.equal(world.account.accountId, ACCOUNT);
      }),
      { numRuns: 1_000 },
    );
    // A property over histories that never get anywhere proves nothing.
    for (const reached of [
      'cancelled',
      'submitting',
      'submitted',
      'unknown',
      'succeeded',
      'failed',
      'FundsSettled',
      'FundsReleased',
      'FundsReturned',
      'FundsReclaimed',
      'FundsFeeAdjusted',
      'DuplicatePaymentPosted',
      'FundsReservationRefused',
      'FundsCorrected',
      'AccountInstructionRefused',
    ]) {
      assert.ok((seen.get(reached) ?? 0) > 0, `no history reached ${reached}`);
    }
  });

  it('ends the same in however many batches the ledger follows, also when it goes back', () => {
    const cuts = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 5 })), { maxLength: 30, size: 'max' });
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 60, size: 'max' }), cuts, (moves, batches) => {
        let run: Run = { world: aWorld('400.00'), ledger: [] };
        for (const move of moves.flat()) run = moved(run, move);
        const { world } = caughtUp(run);
        const beginning = aWorld('400.00').account;
        const once = ledgerSteps(beginning, world.facts);
        assert.deepEqual(once.after, world.account);
        let account: AccountState = beginning;
        let next = 0;
        for (const [take, back] of batches) {
          next = Math.max(0, next - back);
          account = ledgerSteps(account, world.facts.slice(next, next + take)).after;
          next = Math.min(world.facts.length, next + take);
        }
        assert.deepEqual(ledgerSteps(account, world.facts.slice(next)).after, world.account);
      }),
      { numRuns: 200 },
    );
  });

  it('answers a repeated command as it was answered first, at any later time', () => {
    const callers = anyCommand.filter(([, { type }]) =>
      ['RequestPayout', 'CancelPayout', 'ResolvePayout'].includes(type),
    );
    fc.assert(
      fc.property(
        callers,
        fc.array(anyMove, { maxLength: 30, size: 'max' }),
        fc.array(anyMove, { maxLength: 30, size: 'max' }),
        ([id, command], before, after) => {
          let run: Run = { world: aWorld('400.00'), ledger: [] };
          for (const move of before.flat()) run = moved(run, move);
          const first = decide(payoutIn(run.world, id), command);
          run = moved(run, { command: [id, command] });
          for (const move of after.flat()) run = moved(run, move);
          const state = payoutIn(run.world, id);
          // An unknown payout leaves no trace: there is nothing to remember it by.
          if (first.answer?.outcome === 'refused' && first.answer.reason === 'unknown-payout') return;
          assert.deepEqual(decide(state, command), { events: [], answer: first.answer });
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
