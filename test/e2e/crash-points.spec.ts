import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContractCard } from '#domain/provider/contract-card';
import { OnePayout } from '../support/command/one-payout.js';
import { cardOf, PayingProvider, type CreateScript } from '../support/command/paying-provider.js';
import type { CutPoint } from '../support/command/power-cut.js';

/** Real proportions: the clock is not the machine's, so that none of this takes time. */
const TIMING = { requestTimeout: 10_000, firstQueryAfter: 3_000, maxQueryPause: 20_000, parkAfter: 600_000 };
const WITHOUT_REFERENCE = { trust: 'claim', carriesReference: false, unmatchedAlarmAfter: 60_000 } as const;

interface Family {
  readonly name: string;
  readonly card: ContractCard;
  /** How the first send ends, in worlds of their own. */
  readonly scripts: readonly CreateScript[];
  /** Whether a person may be needed in the end. */
  readonly mayPark: boolean;
}

const FAMILIES: readonly Family[] = [
  {
    name: 'query by our reference',
    card: cardOf({ timing: TIMING, notFoundIsFinalAfter: 30_000 }),
    scripts: ['ok', 'lost-after', 'lost-before', 'lost-late', 'not-sent'],
    mayPark: false,
  },
  {
    name: 'the same key within its window',
    card: cardOf({
      provider: 'dvpay',
      ownReference: false,
      idempotency: { resendUntil: 500_000 },
      query: 'order-id',
      notFoundIsFinalAfter: null,
      onUnknown: 'resend-same-key',
      callback: WITHOUT_REFERENCE,
      timing: TIMING,
    }),
    scripts: ['ok', 'lost-after', 'lost-before', 'lost-late', 'not-sent'],
    mayPark: false,
  },
  {
    name: 'no reference and no key',
    card: cardOf({
      provider: 'dvpay',
      ownReference: false,
      query: 'order-id',
      notFoundIsFinalAfter: null,
      onUnknown: 'park',
      callback: WITHOUT_REFERENCE,
      timing: TIMING,
      maxSends: 1,
    }),
    scripts: ['ok', 'not-sent'],
    mayPark: true,
  },
];

/** Steps that every life has, so that the matrix is known to have gone through them. */
const KNOWN_STEPS = [
  'eventStore.append',
  'bus.publish',
  'checkpoints.advance',
  'followUps.schedule',
  'create',
];

for (const { name, card, scripts, mayPark } of FAMILIES) {
  for (const script of scripts) {
    describe(`a crash at any step; ${name}, first send: ${script}`, () => {
      const provider = (): PayingProvider => {
        const paying = new PayingProvider(card);
        if (script !== 'ok') paying.scripts.push(script);
        return paying;
      };

      // Done and not known, and not done, differ by what happened beside: where the send went well both are tried.
      for (const when of script === 'ok' ? (['before', 'after'] as const) : (['after'] as const)) {
        it(`${when} it is done: paid once at most, and the books say so`, async () => {
          const { steps } = await OnePayout.run(provider());
          for (const known of KNOWN_STEPS)
            assert.ok(
              steps.some((step) => step.endsWith(known)),
              `no ${known} in ${steps.join(', ')}`,
            );
          for (const [step, what] of steps.entries()) {
            // A checkpoint is a checkpoint, however the send ended: one walk through all of them is enough.
            if (script !== 'ok' && what === 'checkpoints.advance') continue;
            const point: CutPoint = { step, when };
            await assertRightEnd(provider(), point, mayPark, `${when} step ${step} (${what})`);
          }
        });
      }
    });
  }
}

async function assertRightEnd(
  provider: PayingProvider,
  point: CutPoint,
  mayPark: boolean,
  where: string,
): Promise<void> {
  const { life } = await OnePayout.run(provider, point);
  const told = `${where}: ${await life.told()}`;
  assert.ok(life.crashed, `no crash ${where}`);
  const orders = [...provider.book.values()];
  assert.ok(orders.length <= 1, told);
  const payments = orders[0]?.payments ?? 0;
  assert.ok(payments <= 1, `paid ${payments} times ${told}`);
  await life.assertBooksBalance();
  const state = await life.payout();
  const balances = await life.balances();
  if (state.status === 'succeeded') {
    assert.equal(payments, 1, told);
    assert.deepEqual(balances, { available: 6_000n, reserved: 0n, paid: 4_000n }, told);
    const statuses = await life.publicStatuses();
    assert.deepEqual([statuses[0], statuses.at(-1)], ['requested', 'succeeded'], told);
  } else {
    // Nobody knows how the send ended: the money stays reserved for a person to decide upon.
    assert.ok(mayPark && 'parked' in state && state.parked !== undefined, `left open ${told}`);
    assert.deepEqual(balances, { available: 6_000n, reserved: 4_000n, paid: 0n }, told);
    assert.equal((await life.publicStatuses()).at(-1), 'parked', told);
  }
}
