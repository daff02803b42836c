import { Injectable } from '@nestjs/common';
import { leaseHolder } from '#coordination/lease-holder';
import { LeaseKeeper, type HeldLease } from '#coordination/lease-keeper';
import type { Leases } from '#coordination/leases';
import type { Ids } from '#platform/ids/ids';
import { READ_MODELS } from '#read-models/models';
import { ProjectionRunner, type ProjectionParts, type ProjectionStatus } from './projection-runner.js';

export interface ProjectionEngines extends ProjectionParts {
  readonly leases: Leases;
  readonly ids: Ids;
  /** Name of this copy, for people. */
  readonly instance: string;
}

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

  constructor(engines: ProjectionEngines) {
    this.runners = READ_MODELS.map((model) => new ProjectionRunner(model, engines));
    this.#keeper = new LeaseKeeper({
      ...engines,
      name: 'projections',
      holder: leaseHolder(engines.instance, engines.ids),
      ttlMs: LEASE_MS,
      task: (lease) => this.#run(lease),
    });
  }

  start(): void {
    this.#keeper.start();
  }

  stop(): Promise<void> {
    return this.#keeper.stop();
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
}
