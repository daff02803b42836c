import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Checkpoints } from '#coordination/checkpoints';
import type { FollowUps } from '#coordination/follow-ups';
import type { HeldMessage, HeldMessages } from '#coordination/held-messages';
import type { Leases } from '#coordination/leases';
import type { Clock } from '#platform/time/clock';
import { eventually } from '#test/support/eventually';

/** The three ports of one adapter, with nothing in them. */
export interface CoordinationSubject {
  readonly checkpoints: Checkpoints;
  readonly followUps: FollowUps;
  readonly held: HeldMessages;
  dispose(): Promise<void>;
}

/** Time that only the test moves. */
class StillClock implements Pick<Clock, 'now'> {
  at = 1_000;
  now(): number {
    return this.at;
  }
}

function aMessage(offset: string, text = `value ${offset}`): HeldMessage {
  return {
    topic: 'payout.commands.v1',
    key: 'account-1',
    headers: { 'content-type': 'application/json', 'ce-subject': '值' },
    value: Uint8Array.from([0, 255, ...Buffer.from(text)]),
    offset,
  };
}

export function describeCoordinationContract(
  name: string,
  makeSubject: (clock: Pick<Clock, 'now'>) => Promise<CoordinationSubject>,
): void {
  describe(`coordination: ${name}`, () => {
    let subject: CoordinationSubject;
    let clock: StillClock;
    beforeEach(async () => {
      clock = new StillClock();
      subject = await makeSubject(clock);
    });
    afterEach(() => subject.dispose());

    describe('checkpoints', () => {
      it('begin nowhere, and move by compare-and-set', async () => {
        const { checkpoints } = subject;
        assert.equal(await checkpoints.load('a'), undefined);
        assert.equal(await checkpoints.advance('a', undefined, '5'), 'moved');
        assert.equal(await checkpoints.load('a'), '5');
        assert.equal(await checkpoints.advance('a', '5', '12/11'), 'moved');
        assert.equal(await checkpoints.load('a'), '12/11');
        assert.equal(await checkpoints.load('b'), undefined);
      });

      it('are lost to whoever holds an older place, and stay where they are', async () => {
        const { checkpoints } = subject;
        assert.equal(await checkpoints.advance('a', '1', '2'), 'lost');
        assert.equal(await checkpoints.load('a'), undefined);
        await checkpoints.advance('a', undefined, '5');
        assert.equal(await checkpoints.advance('a', undefined, '9'), 'lost');
        assert.equal(await checkpoints.advance('a', '4', '9'), 'lost');
        assert.equal(await checkpoints.load('a'), '5');
      });

      it('are won by one of many at once', async () => {
        const { checkpoints } = subject;
        const places = Array.from({ length: 20 }, (_, index) => String(index + 1));
        const answers = await Promise.all(places.map((to) => checkpoints.advance('a', undefined, to)));
        assert.equal(answers.filter((answer) => answer === 'moved').length, 1);
        assert.equal(await checkpoints.load('a'), places[answers.indexOf('moved')]);
      });
    });

    describe('follow-ups', () => {
      it('are due in the order of their times, then keys, not before, and at most as many as asked', async () => {
        const { followUps } = subject;
        assert.equal(await followUps.next(), undefined);
        assert.deepEqual(await followUps.due(1_000_000, 10), []);
        await followUps.schedule([
          { key: 'c', dueAt: 30 },
          { key: 'b', dueAt: 20 },
          { key: 'd', dueAt: 40 },
          { key: 'a', dueAt: 20 },
        ]);
        assert.equal(await followUps.next(), 20);
        assert.deepEqual(await followUps.due(19, 10), []);
        assert.deepEqual(await followUps.due(30, 10), [
          { key: 'a', dueAt: 20 },
          { key: 'b', dueAt: 20 },
          { key: 'c', dueAt: 30 },
        ]);
        assert.deepEqual(await followUps.due(100, 2), [
          { key: 'a', dueAt: 20 },
          { key: 'b', dueAt: 20 },
        ]);
      });

      it('have one time per key: the one that was given last', async () => {
        const { followUps } = subject;
        await followUps.schedule([]);
        await followUps.schedule([
          { key: 'a', dueAt: 20 },
          { key: 'a', dueAt: 10 },
        ]);
        assert.deepEqual(await followUps.due(100, 10), [{ key: 'a', dueAt: 10 }]);
        await followUps.schedule([{ key: 'a', dueAt: 50 }]);
        assert.deepEqual(await followUps.due(100, 10), [{ key: 'a', dueAt: 50 }]);
      });

      it('are brought forward, never put off', async () => {
        const { followUps } = subject;
        await followUps.bringForward('a', 50);
        assert.equal(await followUps.next(), 50);
        await followUps.bringForward('a', 60);
        assert.equal(await followUps.next(), 50);
        await followUps.bringForward('a', 40);
        assert.deepEqual(await followUps.due(100, 10), [{ key: 'a', dueAt: 40 }]);
      });

      it('are settled only at the time that was looked at', async () => {
        const { followUps } = subject;
        await followUps.schedule([{ key: 'a', dueAt: 20 }]);
        await followUps.schedule([{ key: 'a', dueAt: 90 }]);
        await followUps.settle('a', 20);
        assert.deepEqual(await followUps.due(100, 10), [{ key: 'a', dueAt: 90 }]);
        await followUps.settle('a', 90);
        await followUps.settle('a', 90);
        assert.deepEqual(await followUps.due(100, 10), []);
        assert.equal(await followUps.next(), undefined);
      });
    });

    describe('held messages', () => {
      it('hold their key and no other', async () => {
        const { held } = subject;
        assert.equal(await held.holdIfHeld('p1', aMessage('0/1')), false);
        assert.deepEqual(await held.list(), []);
        await held.hold('p1', aMessage('0/1'), 'the store is down');
        clock.at = 2_000;
        assert.equal(await held.holdIfHeld('p1', aMessage('0/2')), true);
        assert.equal(await held.holdIfHeld('p2', aMessage('0/3')), false);
        await held.hold('p1', aMessage('0/4'), 'another reason');
        await held.hold('p0', aMessage('0/5'), 'a defect');
        assert.deepEqual(await held.list(), [
          { key: 'p1', count: 3, since: 1_000, reason: 'the store is down', retryRequested: false },
          { key: 'p0', count: 1, since: 2_000, reason: 'a defect', retryRequested: false },
        ]);
      });

      it('are held once, however often they are delivered', async () => {
        const { held } = subject;
        await held.hold('p1', aMessage('0/1'), 'r');
        await held.hold('p1', aMessage('0/1'), 'r');
        assert.equal(await held.holdIfHeld('p1', aMessage('0/1')), true);
        assert.equal(await held.holdIfHeld('p1', aMessage('1/1')), true);
        assert.equal(await held.holdIfHeld('p1', { ...aMessage('0/1'), topic: 'other' }), true);
        assert.equal((await held.list())[0]?.count, 3);
      });

      it('wait for an operator, then come one by one in their order, whole', async () => {
        const { held } = subject;
        const messages = [aMessage('0/9'), aMessage('0/10'), aMessage('0/11')];
        const [first] = messages;
        assert.ok(first !== undefined);
        await held.hold('p1', first, 'r');
        for (const message of messages.slice(1)) await held.holdIfHeld('p1', message);
        assert.equal(await held.nextToRetry(), undefined);
        assert.equal(await held.requestRetry('p1'), true);
        assert.equal((await held.list())[0]?.retryRequested, true);

        for (const [index, message] of messages.entries()) {
          const next = await held.nextToRetry();
          assert.ok(next !== undefined);
          assert.deepEqual(next, { key: 'p1', id: next.id, message });
          assert.deepEqual(await held.nextToRetry(), next);
          assert.equal((await held.list())[0]?.count, 3 - index);
          await held.done('p1', next.id);
          await held.done('p1', next.id);
        }
        assert.equal(await held.nextToRetry(), undefined);
        assert.deepEqual(await held.list(), []);
        assert.equal(await held.holdIfHeld('p1', aMessage('0/12')), false);
      });

      it('come behind those that wait while a retry is under way', async () => {
        const { held } = subject;
        await held.hold('p1', aMessage('0/1'), 'r');
        await held.requestRetry('p1');
        const next = await held.nextToRetry();
        assert.ok(next !== undefined);
        assert.equal(await held.holdIfHeld('p1', aMessage('0/2')), true);
        await held.done('p1', next.id);
        const behind = await held.nextToRetry();
        assert.equal(behind?.message.offset, '0/2');
        assert.notEqual(behind.id, next.id);
      });

      it('wait again when the retry failed, for the new reason, and let the others go on', async () => {
        const { held } = subject;
        await held.hold('p1', aMessage('0/1'), 'first reason');
        await held.hold('p2', aMessage('0/2'), 'r');
        await held.requestRetry('p1');
        await held.requestRetry('p2');
        assert.equal((await held.nextToRetry())?.key, 'p1');
        clock.at = 5_000;
        await held.failAgain('p1', 'second reason');
        assert.deepEqual((await held.list())[0], {
          key: 'p1',
          count: 1,
          since: 1_000,
          reason: 'second reason',
          retryRequested: false,
        });
        assert.equal((await held.nextToRetry())?.key, 'p2');
        await held.failAgain('nobody', 'r');
      });

      it('are skipped one at a time; with the last one the hold is gone', async () => {
        const { held } = subject;
        await held.hold('p1', aMessage('0/1'), 'r');
        await held.holdIfHeld('p1', aMessage('0/2'));
        assert.deepEqual(await held.skipFirst('p1'), aMessage('0/1'));
        assert.equal((await held.list())[0]?.count, 1);
        assert.equal(await held.holdIfHeld('p1', aMessage('0/3')), true);
        assert.deepEqual(await held.skipFirst('p1'), aMessage('0/2'));
        assert.deepEqual(await held.skipFirst('p1'), aMessage('0/3'));
        assert.equal(await held.skipFirst('p1'), undefined);
        assert.deepEqual(await held.list(), []);
        assert.equal(await held.requestRetry('p1'), false);
      });

      it('are not what the caller changes afterwards', async () => {
        const { held } = subject;
        const message = aMessage('0/1');
        const holding = held.hold('p1', message, 'r');
        message.value.fill(7);
        await holding;
        assert.deepEqual(await held.skipFirst('p1'), aMessage('0/1'));
      });
    });
  });
}

export interface LeasesSubject {
  readonly leases: Leases;
  dispose(): Promise<void>;
}

/** Longer than any test. */
const LONG = 600_000;
const SHORT = 150;

/** What every adapter of `Leases` must do, by its own clock, which runs. `makeSubject` gives empty ones. */
export function describeLeasesContract(name: string, makeSubject: () => Promise<LeasesSubject>): void {
  describe(`leases: ${name}`, () => {
    let subject: LeasesSubject;
    let leases: Leases;
    beforeEach(async () => {
      subject = await makeSubject();
      leases = subject.leases;
    });
    afterEach(() => subject.dispose());

    it('are held by one at a time, each name for itself', async () => {
      assert.equal(await leases.take('x', 'a', LONG), 1n);
      assert.equal(await leases.take('x', 'b', LONG), undefined);
      assert.equal(await leases.take('y', 'b', LONG), 1n);
      assert.equal(await leases.take('y', 'a', LONG), undefined);
    });

    it('keep their fence while their holder takes them again', async () => {
      assert.equal(await leases.take('x', 'a', LONG), 1n);
      assert.equal(await leases.take('x', 'a', LONG), 1n);
      assert.equal(await leases.renew('x', 'a', 1n, LONG), true);
      assert.equal(await leases.take('x', 'a', LONG), 1n);
    });

    it('are won by one of many at once', async () => {
      const holders = Array.from({ length: 20 }, (_, index) => `copy-${index}`);
      const fences = await Promise.all(holders.map((holder) => leases.take('x', holder, LONG)));
      assert.deepEqual(
        fences.filter((fence) => fence !== undefined),
        [1n],
      );
      assert.equal((await leases.list())[0]?.holder, holders[fences.indexOf(1n)]);
    });

    it('run out, not before their time, and go to the next one under a higher fence', async () => {
      const from = performance.now();
      await leases.take('x', 'a', SHORT);
      let fence: bigint | undefined;
      await eventually(async () => (fence = await leases.take('x', 'b', LONG)) !== undefined);
      // Clocks of another process may count a little differently.
      assert.ok(performance.now() - from >= SHORT - 5);
      assert.equal(fence, 2n);
      assert.equal(await leases.renew('x', 'a', 1n, LONG), false);
      assert.equal(await leases.take('x', 'a', LONG), undefined);
    });

    it('are not renewed once they have run out, and begin a new term for the same holder', async () => {
      await leases.take('x', 'a', SHORT);
      await eventually(async () => (await leases.list()).length === 0);
      assert.equal(await leases.renew('x', 'a', 1n, LONG), false);
      assert.equal(await leases.take('x', 'a', LONG), 2n);
    });

    it('last as long as the last renewal says', async () => {
      await leases.take('x', 'a', LONG);
      assert.equal(await leases.renew('x', 'a', 1n, SHORT), true);
      await eventually(async () => (await leases.take('x', 'b', LONG)) === 2n);
      await leases.release('x', 'b', 2n);
      await leases.take('x', 'c', SHORT);
      assert.equal(await leases.renew('x', 'c', 3n, LONG), true);
      const [state] = await leases.list();
      assert.ok(state !== undefined && state.expiresInMs > LONG - 60_000 && state.expiresInMs <= LONG);
    });

    it('are renewed and released by their holder under their fence only', async () => {
      await leases.take('x', 'a', LONG);
      assert.equal(await leases.renew('x', 'b', 1n, LONG), false);
      assert.equal(await leases.renew('x', 'a', 2n, LONG), false);
      assert.equal(await leases.renew('y', 'a', 1n, LONG), false);
      await leases.release('x', 'b', 1n);
      await leases.release('x', 'a', 2n);
      await leases.release('y', 'a', 1n);
      assert.equal(await leases.take('x', 'b', LONG), undefined);
    });

    it('are free at once after their release, and their fence goes on', async () => {
      for (let fence = 1n; fence <= 5n; fence += 1n) {
        assert.equal(await leases.take('x', 'a', LONG), fence);
        await leases.release('x', 'a', fence);
        assert.deepEqual(await leases.list(), []);
        assert.equal(await leases.renew('x', 'a', fence, LONG), false);
      }
      assert.equal(await leases.take('x', 'b', LONG), 6n);
      await leases.release('x', 'a', 5n);
      assert.equal(await leases.renew('x', 'b', 6n, LONG), true);
    });

    it('are listed by name', async () => {
      assert.deepEqual(await leases.list(), []);
      await leases.take('shard-2', 'b', LONG);
      await leases.take('shard-10', 'a', LONG);
      const listed = await leases.list();
      assert.deepEqual(
        listed.map(({ name: one, holder, fence }) => [one, holder, fence]),
        [
          ['shard-10', 'a', 1n],
          ['shard-2', 'b', 1n],
        ],
      );
      for (const { expiresInMs } of listed) {
        assert.ok(Number.isFinite(expiresInMs) && expiresInMs > 0 && expiresInMs <= LONG);
      }
    });
  });
}
