import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { InMemoryFollowUps } from '#coordination/in-memory/in-memory-follow-ups';
import { payoutId, type PayoutId } from '#domain/ids';
import { passTimeUntil } from '#test/support/command/virtual-time';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import type { ProviderReferences } from '../callbacks/provider-references.js';
import type { UnmatchedReports } from '../callbacks/unmatched-reports.js';
import { FollowUpBell } from './follow-up-bell.js';
import { bindKey, hintKey, stepKey, unmatchedKey } from './follow-up-key.js';
import { FollowUpRunner } from './follow-up-runner.js';
import type { PayoutProcess, Wake } from './payout-process.js';

const ONE = payoutId('00000000-0000-4000-8000-000000000001');
const OTHER = payoutId('00000000-0000-4000-8000-000000000002');

/** Takes down what it is woken for; `onWake` is what the step does. */
class Steps {
  readonly woken: string[] = [];
  onWake: (payout: PayoutId) => Promise<void> = async () => undefined;

  async advance(payout: PayoutId, { wake }: Wake): Promise<void> {
    this.woken.push(`${wake} ${payout.slice(-1)}`);
    await this.onWake(payout);
  }

  async askAfterHint(payout: PayoutId): Promise<void> {
    this.woken.push(`hint ${payout.slice(-1)}`);
    await this.onWake(payout);
  }

  async bindKnown(payout: PayoutId): Promise<void> {
    this.woken.push(`bind ${payout.slice(-1)}`);
  }

  async check(stream: string): Promise<void> {
    this.woken.push(`unmatched ${stream}`);
  }
}

describe('the runner of follow-ups', () => {
  let clock: ManualClock;
  let followUps: InMemoryFollowUps;
  let steps: Steps;
  let logger: MemoryLogger;
  let bell: FollowUpBell;
  let stopping: AbortController;
  let running: Promise<void>;

  beforeEach(() => {
    clock = new ManualClock();
    followUps = new InMemoryFollowUps();
    steps = new Steps();
    logger = new MemoryLogger();
    bell = new FollowUpBell();
    const runner = new FollowUpRunner(
      followUps,
      steps as unknown as PayoutProcess,
      steps as unknown as UnmatchedReports,
      steps as unknown as ProviderReferences,
      bell,
      clock,
      logger,
    );
    stopping = new AbortController();
    running = runner.run(stopping.signal);
  });

  afterEach(() => {
    stopping.abort();
    return running;
  });

  const in_ = (ms: number): number => clock.now() + ms;
  const pass = (ms: number): Promise<boolean> => passTimeUntil(clock, () => false, ms);

  it('wakes when the time has come, and not before; then it is settled', async () => {
    await followUps.schedule([
      { key: stepKey(ONE), dueAt: in_(5_000) },
      { key: hintKey(OTHER), dueAt: in_(7_000) },
      { key: unmatchedKey('reference-dvpay-ab'), dueAt: in_(9_000) },
      { key: bindKey(ONE), dueAt: in_(11_000) },
    ]);
    await pass(4_000);
    assert.deepEqual(steps.woken, []);
    await pass(1_100);
    assert.deepEqual(steps.woken, ['due 1']);
    await pass(60_000);
    assert.deepEqual(steps.woken, ['due 1', 'hint 2', 'unmatched reference-dvpay-ab', 'bind 1']);
    assert.equal(await followUps.next(), undefined);
  });

  it('leaves a later time that the step has set', async () => {
    steps.onWake = async (payout) => {
      if (steps.woken.length < 3) await followUps.schedule([{ key: stepKey(payout), dueAt: in_(10_000) }]);
    };
    await followUps.schedule([{ key: stepKey(ONE), dueAt: in_(1_000) }]);
    await pass(15_000);
    assert.equal(steps.woken.length, 2);
    assert.equal((await followUps.next()) !== undefined, true);
    await pass(60_000);
    assert.equal(steps.woken.length, 3);
  });

  it('survives a step that fails: it comes again after a pause, and nobody else waits for it', async () => {
    let broken = true;
    steps.onWake = async (payout) => {
      if (payout === ONE && broken) throw new Error('a defect of our own');
    };
    await followUps.schedule([
      { key: stepKey(ONE), dueAt: in_(1_000) },
      { key: stepKey(OTHER), dueAt: in_(1_000) },
    ]);
    await pass(2_500);
    assert.deepEqual(steps.woken, ['due 1', 'due 2']);
    assert.deepEqual(logger.alarms(), ['follow-up-failed']);
    broken = false;
    await pass(20_000);
    assert.deepEqual(steps.woken, ['due 1', 'due 2', 'due 1']);
    assert.equal(await followUps.next(), undefined);
  });

  it('survives a key that is none, and says so', async () => {
    await followUps.schedule([
      { key: 'no key of ours', dueAt: in_(1) },
      { key: stepKey(ONE), dueAt: in_(1) },
    ]);
    await pass(2_000);
    assert.deepEqual(steps.woken, ['due 1']);
    assert.deepEqual(logger.alarms(), ['follow-up-failed']);
  });

  it('survives a store that fails, and goes on when it is back', async () => {
    const due = followUps.due.bind(followUps);
    followUps.due = async () => {
      throw new Error('the store is away');
    };
    await followUps.schedule([{ key: stepKey(ONE), dueAt: in_(1) }]);
    await pass(5_000);
    assert.ok(logger.alarms().includes('follow-ups-failed'));
    followUps.due = due;
    await pass(2_000);
    assert.deepEqual(steps.woken, ['due 1']);
  });

  it('wakes more than a page of them', async () => {
    const payouts = Array.from({ length: 250 }, (_, index) =>
      payoutId(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`),
    );
    await followUps.schedule(payouts.map((payout) => ({ key: stepKey(payout), dueAt: in_(1) })));
    await pass(2_000);
    assert.equal(steps.woken.length, 250);
  });

  it('does not wait when the bell rings', async () => {
    await pass(1_500);
    await followUps.schedule([{ key: hintKey(ONE), dueAt: clock.now() }]);
    bell.ring();
    await passTimeUntil(clock, () => steps.woken.length > 0, 0);
    assert.deepEqual(steps.woken, ['hint 1']);
  });

  it('stops in the middle of a pause', async () => {
    await pass(1_000);
    stopping.abort();
    await running;
    await followUps.schedule([{ key: stepKey(ONE), dueAt: in_(1) }]);
    await pass(10_000);
    assert.deepEqual(steps.woken, []);
  });
});
