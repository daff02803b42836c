import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { MemoryLogger } from '#test/support/memory-logger';
import { Clock } from '../time/clock.js';
import { MOST_TOTAL_MS, Shutdown, type ShutdownStep } from './shutdown.js';
import { stopOnSignals, type SignalSource } from './stop-on-signals.js';

/** Time stands until all that can run has run, then jumps to the next sleeper. */
class JumpingClock extends Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const until = this.#now + ms;
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    if (signal?.aborted !== true) this.#now = Math.max(this.#now, until);
  }

  after(): () => void {
    throw new Error('not used');
  }
}

class FakeProcess extends EventEmitter implements SignalSource {
  readonly exits: number[] = [];
  readonly exited = Promise.withResolvers<undefined>();

  exit(code: number): void {
    this.exits.push(code);
    this.exited.resolve(undefined);
  }
}

const never = (): Promise<void> => Promise.withResolvers<undefined>().promise;

function newShutdown(...steps: ShutdownStep[]): {
  shutdown: Shutdown;
  logger: MemoryLogger;
  source: FakeProcess;
} {
  const logger = new MemoryLogger();
  const shutdown = new Shutdown(new JumpingClock(), logger);
  for (const step of steps) shutdown.add(step);
  const source = new FakeProcess();
  stopOnSignals(shutdown, logger, source);
  return { shutdown, logger, source };
}

function recorder(): { order: string[]; step: (name: string, more?: Partial<ShutdownStep>) => ShutdownStep } {
  const order: string[] = [];
  return {
    order,
    step: (name, more = {}) => ({
      name,
      timeoutMs: 1_000,
      run: async () => {
        await Promise.resolve();
        order.push(name);
      },
      ...more,
    }),
  };
}

describe('the stop', () => {
  it('runs its steps one after the other in the given order, once', async () => {
    const { order, step } = recorder();
    const { shutdown, logger } = newShutdown(step('intake'), step('in flight'), step('stores'));
    assert.equal(shutdown.stopping, false);
    const [first, second] = await Promise.all([shutdown.stop('a'), shutdown.stop('b')]);
    assert.equal(shutdown.stopping, true);
    assert.deepEqual(order, ['intake', 'in flight', 'stores']);
    assert.equal(first, second);
    assert.deepEqual(
      first.map(({ name, outcome }) => [name, outcome]),
      order.map((name) => [name, 'done']),
    );
    assert.deepEqual(
      logger.entries.map(({ level, message }) => [level, message]),
      [
        ['info', 'stopping'],
        ['info', 'stopped'],
      ],
    );
    assert.throws(() => shutdown.add(step('late')), /too late/);
  });

  it('goes on after a step that fails or hangs, tells the hanging one, and says so', async () => {
    const { order, step } = recorder();
    let told = false;
    const { shutdown, logger } = newShutdown(
      step('fails', { run: () => Promise.reject(new Error('no')) }),
      step('throws', {
        run: () => {
          throw new Error('no');
        },
      }),
      step('hangs', {
        run: (signal) => {
          signal.addEventListener('abort', () => (told = true));
          return never();
        },
      }),
      step('stores'),
    );
    const results = await shutdown.stop('test');
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['failed', 'failed', 'timed-out', 'done'],
    );
    assert.equal(results[2]?.ms, 1_000);
    assert.deepEqual([order, told], [['stores'], true]);
    assert.equal(logger.entries.at(-1)?.message, 'stopped, but not cleanly');
  });

  it('refuses steps that together could take too long', () => {
    const { step } = recorder();
    const { shutdown } = newShutdown(step('a', { timeoutMs: MOST_TOTAL_MS - 1 }));
    shutdown.add(step('b', { timeoutMs: 1 }));
    assert.throws(() => shutdown.add(step('c', { timeoutMs: 1 })), RangeError);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`stops at ${signal} and exits with 0`, async () => {
      const { order, step } = recorder();
      const { source } = newShutdown(step('a'));
      source.emit(signal);
      await source.exited.promise;
      assert.deepEqual([order, source.exits], [['a'], [0]]);
    });
  }

  it('exits with 1 when a step failed', async () => {
    const { step } = recorder();
    const { source } = newShutdown(step('a', { run: () => Promise.reject(new Error('no')) }));
    source.emit('SIGTERM');
    await source.exited.promise;
    assert.deepEqual(source.exits, [1]);
  });

  it('exits at once at a second signal', () => {
    const { step } = recorder();
    const { source } = newShutdown(step('a', { run: never }));
    source.emit('SIGTERM');
    assert.deepEqual(source.exits, []);
    source.emit('SIGINT');
    assert.deepEqual(source.exits, [130]);
  });

  it('exits with an alarm at an error that nobody caught', () => {
    const { source, logger } = newShutdown();
    source.emit('uncaughtException', new Error('x'));
    assert.deepEqual([source.exits, logger.alarms()], [[1], ['uncaught-error']]);
  });
});
