import { Injectable } from '@nestjs/common';
import { leaseHolder } from '#coordination/lease-holder';
import { LeaseKeeper, type HeldLease } from '#coordination/lease-keeper';
import type { Leases } from '#coordination/leases';
import type { Ids } from '#platform/ids/ids';
import { READ_MODELS } from '#read-models/models';
import { showLoops } from '#event-store/observed/loop-metrics';
import { NO_METRICS } from '#platform/metrics/metrics';
import { showPayouts } from './observing/payout-gauges.js';
import { ProjectionRunner, type ProjectionParts, type ProjectionStatus } from './projection-runner.js';

export interface ProjectionEngines extends ProjectionParts {
  readonly leases: Leases;
  readonly ids: Ids;
  /** Name of this copy, for people. */
  readonly instance: string;
}

const LEASE = 'projections';
/** Another copy takes over this long after the holder was last heard of. */
const LEASE_MS = 10_000;

/**
 * The runners of all read models, each by itself: one that is at a halt leaves the others at work. One copy at a time
 * runs them; the rows are safe from a second one by the compare-and-set of their checkpoint, the lease saves its work.
 */
@Injectable()
export class Projections {
  readonly runners: readonly ProjectionRunner[];
  readonly #keeper: LeaseKeeper;
  readonly #engines: ProjectionEngines;
  #hide: readonly (() => void)[] = [];

  constructor(engines: ProjectionEngines) {
    this.#engines = engines;
    this.runners = READ_MODELS.map((model) => new ProjectionRunner(model, engines));
    this.#keeper = new LeaseKeeper({
      ...engines,
      name: LEASE,
      holder: leaseHolder(engines.instance, engines.ids),
      ttlMs: LEASE_MS,
      task: (lease) => this.#run(lease),
    });
  }

  start(): void {
    this.#hide = this.#show();
    this.#keeper.start();
  }

  async stop(): Promise<void> {
    await this.#keeper.stop();
    for (const hide of this.#hide) hide();
  }

  /** Why this copy doesn't run them; undefined while it does. */
  get standingBy(): string | undefined {
    return this.#keeper.current === undefined ? this.#keeper.state().detail : undefined;
  }

  status(): readonly ProjectionStatus[] {
    return this.runners.map((runner) => runner.status());
  }

  async #run({ lost }: HeldLease): Promise<void> {
    for (const runner of this.runners) runner.start();
    await new Promise<void>((resolve) => {
      if (lost.aborted) resolve();
      else lost.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.all(this.runners.map((runner) => runner.stop()));
  }

  /** What stands here at the moment somebody looks. */
  #show(): readonly (() => void)[] {
    const { eventStore: store, database, clock, metrics = NO_METRICS } = this.#engines;
    const labels = ['lease'] as const;
    const held = { name: 'payout_lease_held', help: 'Whether this copy acts: 1 or 0', labels };
    const fence = { name: 'payout_lease_fence', help: 'How often the task has changed hands', labels };
    const acts = (): boolean => this.#keeper.current !== undefined;
    return [
      metrics.gauge(held, () => [{ labels: { lease: LEASE }, value: acts() ? 1 : 0 }]),
      metrics.gauge(fence, () => {
        const current = this.#keeper.current?.fence;
        return current === undefined ? [] : [{ labels: { lease: LEASE }, value: Number(current) }];
      }),
      showLoops(metrics, { store, clock }, () =>
        this.status()
          .filter(({ state }) => state !== 'stopped')
          .map(({ model, state, checkpoint }) => ({
            name: `projection-${model}`,
            position: checkpoint,
            halted: state === 'halted',
          })),
      ),
      showPayouts(metrics, { database, clock, acts }),
    ];
  }
}
