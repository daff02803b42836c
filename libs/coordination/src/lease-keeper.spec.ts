import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { turn } from '#test/support/command/virtual-time';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { SeededRandom } from '#test/support/processes/seeded-random';
import { InMemoryLeases } from './in-memory/in-memory-leases.js';
import { LeaseKeeper, type HeldLease } from './lease-keeper.js';
import { Leases } from './leases.js';

const TTL = 9_000;
const NAME = 'ledger';

/** Time can pass without a timer firing: a process that was stopped, seen in the moment when it goes on. */
class StoppableClock extends ManualClock {
  #missed = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.#missed;
  }

  passUnnoticed(ms: number): void {
    this.#missed += ms;
  }
}

/** Leases whose store can fail, or hang until it is let go. */
class UnreliableLeases extends Leases {
  mode: 'well' | 'fails' | 'hangs' | 'fails-after' = 'well';
  asked = 0;
  released = 0;
  readonly #hanging: (() => void)[] = [];

  constructor(private readonly inner: Leases) {
    super();
  }

  take(name: string, holder: string, ttlMs: number): Promise<bigint | undefined> {
    return this.#through(() => this.inner.take(name, holder, ttlMs));
  }

  renew(name: string, holder: string, fence: bigint, ttlMs: number): Promise<boolean> {
    return this.#through(() => this.inner.renew(name, holder, fence, ttlMs));
  }

  release(name: string, holder: string, fence: bigint): Promise<void> {
    this.released += 1;
    return this.#through(() => this.inner.release(name, holder, fence));
  }

  list(): ReturnType<Leases['list']> {
    return this.inner.list();
  }

  letGo(): void {
    for (const go of this.#hanging.splice(0)) go();
  }

  async #through<R>(call: () => Promise<R>): Promise<R> {
    this.asked += 1;
    if (this.mode === 'fails') throw new Error('connection refused');
    if (this.mode === 'hangs') {
      const result = await call();
      await new Promise<void>((resolve) => this.#hanging.push(resolve));
      return result;
    }
    const result = await call();
    if (this.mode === 'fails-after') throw new Error('connection reset');
    return result;
  }
}

/** Runs until it is told to end; keeps what it was given. */
class Task {
  readonly terms: HeldLease[] = [];
  running = 0;
  most = 0;
  /** Goes on after `lost` until it is let go. */
  stubborn = false;
  #letGo: () => void = () => undefined;
  #failNext: Error | undefined;

  readonly run = async (lease: HeldLease): Promise<void> => {
    this.terms.push(lease);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    try {
      if (this.#failNext !== undefined) {
        const error = this.#failNext;
        this.#failNext = undefined;
        throw error;
      }
      await new Promise<void>((resolve) => {
        this.#letGo = resolve;
        lease.lost.addEventListener('abort', () => {
          if (!this.stubborn) resolve();
        });
      });
    } finally {
      this.running -= 1;
    }
  };

  failAtOnce(error: Error): void {
    this.#failNext = error;
  }

  end(): void {
    this.#letGo();
  }

  get last(): HeldLease {
    const last = this.terms.at(-1);
    assert.ok(last !== undefined, 'the task was never run');
    return last;
  }
}

function world() {
  const clock = new StoppableClock();
  const store = new InMemoryLeases(clock);
  const logger = new MemoryLogger();
  const keeper = (holder: string) => {
    const leases = new UnreliableLeases(store);
    const task = new Task();
    const parts = { leases, clock, logger, name: NAME, holder, ttlMs: TTL, task: task.run };
    return { leases, task, keeper: new LeaseKeeper(parts) };
  };
  /** In small steps, with everything settled between them. */
  const pass = async (ms: number, step = 500): Promise<void> => {
    for (let left = ms; left > 0; left -= step) {
      clock.advance(Math.min(step, left));
      await settled();
    }
  };
  const logged = (message: string): number =>
    logger.entries.filter((entry) => entry.message === message).length;
  return { clock, store, logger, keeper, pass, logged };
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await turn();
}

describe('a lease keeper', () => {
  it('runs its task under the lease, and keeps it for as long as the store answers', async () => {
    const { store, keeper, pass } = world();
    const a = keeper('a');
    assert.equal(a.keeper.state().detail, 'not started');
    a.keeper.start();
    a.keeper.start();
    await settled();
    assert.equal(a.task.last.fence, 1n);
    assert.equal(a.task.last.name, NAME);
    await pass(20 * TTL);
    assert.equal(a.task.terms.length, 1);
    assert.equal(a.task.last.held(), true);
    assert.equal(a.task.last.lost.aborted, false);
    assert.equal(a.keeper.current, a.task.last);
    assert.deepEqual(a.keeper.state(), { name: NAME, fence: 1n, detail: 'held' });
    const [state] = await store.list();
    assert.equal(state?.holder, 'a');
    await a.keeper.stop();
  });

  it('waits while another copy holds it, and takes over in 4/3 of its time when that one has died', async () => {
    const { keeper, pass, clock } = world();
    const [a, b] = [keeper('a'), keeper('b')];
    a.keeper.start();
    await settled();
    b.keeper.start();
    await pass(5 * TTL);
    assert.equal(b.task.terms.length, 0);
    assert.deepEqual(b.keeper.state(), { name: NAME, fence: undefined, detail: 'another copy holds it' });
    a.leases.mode = 'fails';
    const from = clock.monotonicMs();
    while (b.keeper.current === undefined) await pass(500);
    assert.ok(clock.monotonicMs() - from <= (TTL * 4) / 3 + 500);
    assert.equal(b.task.last.fence, 2n);
    assert.equal(a.task.last.held(), false);
    assert.equal(a.task.running, 0);
    await Promise.all([a.keeper.stop(), b.keeper.stop()]);
  });

  it('is never held by two, whatever fails and when', async () => {
    const { keeper, pass, clock } = world();
    const copies = [keeper('a'), keeper('b'), keeper('c')];
    for (const { keeper: one } of copies) one.start();
    const modes = ['well', 'fails', 'hangs', 'fails-after', 'well'] as const;
    const fences: bigint[] = [];
    const random = new SeededRandom(7);
    for (let round = 0; round < 600; round += 1) {
      const copy = random.of(copies);
      if (random.next() < 0.5) copy.leases.letGo();
      copy.leases.mode = random.of(modes);
      if (random.next() < 0.1) clock.passUnnoticed(random.between(0, 2 * TTL));
      await pass(1_500);
      const holding = copies.flatMap(({ keeper: one }) => one.current ?? []);
      assert.ok(holding.length <= 1);
      const fence = holding[0]?.fence;
      if (fence !== undefined && fence !== fences.at(-1)) fences.push(fence);
    }
    assert.ok(fences.length > 20, `only ${fences.length} changes`);
    assert.deepEqual(
      fences,
      fences.toSorted((x, y) => Number(x - y)),
    );
    for (const { task } of copies) assert.ok(task.most <= 1);
    for (const { leases } of copies) {
      leases.mode = 'well';
      leases.letGo();
    }
    await Promise.all(copies.map(({ keeper: one }) => one.stop()));
  });

  describe('when renewals fail', () => {
    it('keeps the lease to the end of its time, counted from before the last request that was granted', async () => {
      const { keeper, pass, clock, logged } = world();
      const a = keeper('a');
      a.keeper.start();
      await settled();
      a.leases.mode = 'hangs';
      await pass(TTL / 3);
      const renewedAt = clock.monotonicMs();
      await pass(1_000);
      a.leases.mode = 'fails';
      a.leases.letGo();
      await pass(TTL - 1_001, 1_000);
      assert.equal(clock.monotonicMs(), renewedAt + TTL - 1);
      assert.equal(a.task.last.held(), true);
      assert.equal(a.task.last.lost.aborted, false);
      assert.equal(a.keeper.state().detail, 'the store of the leases does not answer');
      await pass(1);
      assert.equal(a.task.last.lost.aborted, true);
      assert.equal(a.task.last.held(), false);
      assert.match(String(a.task.last.lost.reason), /lease ledger: its time has passed/);
      assert.equal(logged('the store of the leases does not answer'), 1);
      await a.keeper.stop();
    });

    it('goes on under the same fence when the store is back in time', async () => {
      const { keeper, pass, logged } = world();
      const a = keeper('a');
      a.keeper.start();
      await settled();
      a.leases.mode = 'fails';
      await pass((TTL * 2) / 3);
      a.leases.mode = 'well';
      await pass(3 * TTL);
      assert.equal(a.task.terms.length, 1);
      assert.equal(a.task.last.held(), true);
      assert.equal(logged('the store of the leases answers again'), 1);
      await a.keeper.stop();
    });

    it('takes the lease again when the store is back, after the task of the last term has ended', async () => {
      const { keeper, pass } = world();
      const a = keeper('a');
      a.keeper.start();
      await settled();
      a.task.stubborn = true;
      a.leases.mode = 'fails';
      await pass(2 * TTL);
      a.leases.mode = 'well';
      await pass(5 * TTL);
      assert.equal(a.task.terms.length, 1);
      a.task.end();
      await settled();
      assert.equal(a.task.terms.length, 2);
      assert.equal(a.task.last.fence, 2n);
      assert.equal(a.task.most, 1);
      a.task.stubborn = false;
      await a.keeper.stop();
    });

    it('does not believe an answer that comes after the time it grants', async () => {
      const { keeper, pass } = world();
      const a = keeper('a');
      a.leases.mode = 'hangs';
      a.keeper.start();
      await pass(TTL + 1);
      a.leases.mode = 'well';
      a.leases.letGo();
      await settled();
      assert.equal(a.task.terms.length, 0);
      await pass(TTL / 3);
      assert.equal(a.task.last.held(), true);
      await a.keeper.stop();
    });

    it('asks again behind a request that hangs', async () => {
      const { keeper, pass } = world();
      const a = keeper('a');
      a.keeper.start();
      await settled();
      a.leases.mode = 'hangs';
      await pass(TTL / 3);
      a.leases.mode = 'well';
      await pass(3 * TTL);
      assert.equal(a.task.terms.length, 1);
      assert.equal(a.task.last.held(), true);
      a.leases.letGo();
      await settled();
      assert.equal(a.task.last.held(), true);
      await a.keeper.stop();
    });
  });

  it('ends its task at once when the store says that the lease is gone', async () => {
    const { keeper, pass, store, logged } = world();
    const a = keeper('a');
    a.keeper.start();
    await settled();
    await store.release(NAME, 'a', 1n);
    assert.equal(await store.take(NAME, 'b', 60 * TTL), 2n);
    await pass(TTL / 3);
    assert.equal(a.task.last.lost.aborted, true);
    assert.equal(a.task.running, 0);
    assert.match(String(a.task.last.lost.reason), /lost to another copy/);
    assert.equal(logged('lease lost'), 1);
    await a.keeper.stop();
  });

  describe('that was paused', () => {
    it('tells so before any timer has fired, and never goes back to having it', async () => {
      const { keeper, clock } = world();
      const a = keeper('a');
      a.keeper.start();
      await settled();
      const lease = a.task.last;
      clock.passUnnoticed(TTL - 1);
      assert.equal(lease.held(), true);
      clock.passUnnoticed(1);
      assert.equal(lease.held(), false);
      assert.equal(lease.lost.aborted, true);
      assert.equal(a.keeper.current, undefined);
      await settled();
      assert.equal(lease.held(), false);
      assert.notEqual(a.task.last, lease);
      assert.equal(a.task.last.fence, 2n);
      await a.keeper.stop();
    });

    it('renews nothing under its old fence when it wakes', async () => {
      const { keeper, pass, clock, store } = world();
      const a = keeper('a');
      a.keeper.start();
      await settled();
      clock.passUnnoticed(2 * TTL);
      assert.equal(await store.take(NAME, 'b', 60 * TTL), 2n);
      const asked = a.leases.asked;
      await pass(TTL / 3);
      assert.equal(a.task.running, 0);
      assert.equal((await store.list())[0]?.holder, 'b');
      // One attempt to take it, and another one after the pause.
      assert.ok(a.leases.asked - asked <= 2);
      await a.keeper.stop();
    });

    it('takes no answer for good that was asked for before the pause', async () => {
      const { keeper, pass, clock } = world();
      const a = keeper('a');
      a.keeper.start();
      await settled();
      a.leases.mode = 'hangs';
      await pass(TTL / 3);
      const lease = a.task.last;
      clock.passUnnoticed(TTL);
      a.leases.mode = 'well';
      a.leases.letGo();
      await settled();
      assert.equal(lease.held(), false);
      assert.equal(lease.lost.aborted, true);
      await a.keeper.stop();
    });
  });

  describe('that is stopped', () => {
    it('keeps the lease until its task has ended, releases it, and another copy goes on at once', async () => {
      const { keeper, pass, store } = world();
      const [a, b] = [keeper('a'), keeper('b')];
      a.keeper.start();
      await settled();
      a.task.stubborn = true;
      const stopping = a.keeper.stop();
      assert.equal(a.task.last.lost.aborted, true);
      assert.match(String(a.task.last.lost.reason), /this copy stops/);
      b.keeper.start();
      await pass(3 * TTL);
      assert.equal(a.task.last.held(), true);
      assert.equal(b.task.terms.length, 0);
      a.task.end();
      await stopping;
      assert.deepEqual(await store.list(), []);
      await pass(TTL / 3);
      assert.equal(b.task.last.fence, 2n);
      await b.keeper.stop();
      assert.equal(b.keeper.state().detail, 'stopped');
      await b.keeper.stop();
    });

    it('never runs its task when the lease is granted during the stop', async () => {
      const { keeper, store } = world();
      const a = keeper('a');
      a.leases.mode = 'hangs';
      a.keeper.start();
      await settled();
      const stopping = a.keeper.stop();
      a.leases.mode = 'well';
      a.leases.letGo();
      await stopping;
      assert.equal(a.task.terms.length, 0);
      assert.deepEqual(await store.list(), []);
    });

    it('ends while it waits for the lease, and when it was never started', async () => {
      const { keeper, store } = world();
      await store.take(NAME, 'b', TTL);
      const a = keeper('a');
      a.keeper.start();
      await settled();
      await a.keeper.stop();
      const never = keeper('c');
      await never.keeper.stop();
      never.keeper.start();
      await settled();
      assert.equal(never.leases.asked, 0);
    });

    it('ends when the release fails', async () => {
      const { keeper, logged } = world();
      const a = keeper('a');
      a.keeper.start();
      await settled();
      a.leases.mode = 'fails';
      await a.keeper.stop();
      assert.equal(a.leases.released, 1);
      assert.equal(logged('a lease could not be released and will run out'), 1);
    });
  });

  it('releases the lease when its task fails, and tries again after a pause', async () => {
    const { keeper, pass, store, logger } = world();
    const a = keeper('a');
    a.task.failAtOnce(new Error('a defect'));
    a.keeper.start();
    await settled();
    assert.equal(a.task.terms.length, 1);
    assert.deepEqual(await store.list(), []);
    const entry = logger.entries.find(({ message }) => message === 'the task of a lease failed');
    assert.equal((entry?.fields['error'] as Error).message, 'a defect');
    await pass(TTL / 3 - 500);
    assert.equal(a.task.terms.length, 1);
    await pass(500);
    assert.equal(a.task.terms.length, 2);
    assert.equal(a.task.last.fence, 2n);
    await a.keeper.stop();
  });
});
