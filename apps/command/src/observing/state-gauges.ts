import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { FollowUps } from '#coordination/follow-ups';
import { HeldMessages, type Hold } from '#coordination/held-messages';
import { EventStore } from '#event-store/event-store';
import { showLoops } from '#event-store/observed/loop-metrics';
import { Metrics, type MetricSpec, type Reading } from '#platform/metrics/metrics';
import { Clock } from '#platform/time/clock';
import { CommandRunner } from '../command-runner.js';
import { SendingGate } from '../sending/sending-gate.js';
import { SingletonTasks } from '../singleton-tasks.js';

/** A wake-up is looked at within a second; what is later than this waits for something else. */
const NOT_OVERDUE_FOR = 5_000;
const MOST_COUNTED = 1_000;

/** Shows what stands in this app at the moment somebody looks: leases, loops, follow-ups, held commands, sending. */
@Injectable()
export class StateGauges implements OnModuleDestroy {
  readonly #remove: (() => void)[] = [];

  constructor(
    private readonly metrics: Metrics,
    store: EventStore,
    private readonly runner: CommandRunner,
    tasks: SingletonTasks,
    private readonly gate: SendingGate,
    private readonly followUps: FollowUps,
    private readonly held: HeldMessages,
    private readonly clock: Clock,
  ) {
    this.#showLeases();
    this.#remove.push(
      showLoops(metrics, { store, clock }, () =>
        tasks.all.flatMap(({ name }) => {
          const loop = tasks.loop(name);
          return loop === undefined
            ? []
            : [{ name, position: loop.position, halted: loop.lastError !== undefined }];
        }),
      ),
    );
    this.#showFollowUps();
    this.#showHeld();
    this.#show('payout_sending_paused', 'Whether nothing is sent to providers: 1 or 0', () =>
      this.#sends ? [this.gate.isOpen ? 0 : 1] : [],
    );
  }

  onModuleDestroy(): void {
    for (const remove of this.#remove.splice(0)) remove();
  }

  /** The copy that pays out tells of it. */
  get #sends(): boolean {
    return this.runner.state().some(({ name, role }) => name === 'payout-process' && role === 'acting');
  }

  #showLeases(): void {
    const labels = ['lease'] as const;
    const held = { name: 'payout_lease_held', help: 'Whether this copy acts: 1 or 0', labels };
    const fence = { name: 'payout_lease_fence', help: 'How often the task has changed hands', labels };
    this.#gauge(held, () =>
      this.runner
        .state()
        .map(({ name, role }) => ({ labels: { lease: name }, value: role === 'acting' ? 1 : 0 })),
    );
    this.#gauge(fence, () =>
      this.runner
        .state()
        .flatMap(({ name, fence: value }) =>
          value === undefined ? [] : [{ labels: { lease: name }, value: Number(value) }],
        ),
    );
  }

  #showFollowUps(): void {
    this.#show(
      'payout_follow_ups_overdue',
      'Wake-ups that are more than 5 s past their time, up to 1,000',
      async () =>
        this.#sends
          ? [(await this.followUps.due(this.clock.now() - NOT_OVERDUE_FOR, MOST_COUNTED)).length]
          : [],
    );
    this.#show(
      'payout_follow_up_overdue_seconds',
      'How far past its time the oldest wake-up is',
      async () => {
        if (!this.#sends) return [];
        const next = await this.followUps.next();
        return [next === undefined ? 0 : Math.max(0, this.clock.now() - next) / 1_000];
      },
    );
  }

  #showHeld(): void {
    const show = (name: string, help: string, of: (holds: readonly Hold[]) => number): void =>
      this.#show(name, help, async () => [of(await this.held.list())]);
    show(
      'payout_held_commands',
      'Payouts and accounts whose commands wait for an operator',
      ({ length }) => length,
    );
    show('payout_held_messages', 'Commands that wait for an operator', (holds) =>
      holds.reduce((sum, { count }) => sum + count, 0),
    );
    show('payout_held_oldest_age_seconds', 'For how long the first of them has waited', ([oldest]) =>
      oldest === undefined ? 0 : Math.max(0, this.clock.now() - oldest.since) / 1_000,
    );
  }

  #show(name: string, help: string, read: () => readonly number[] | Promise<readonly number[]>): void {
    this.#gauge({ name, help, labels: [] }, async () =>
      (await read()).map((value) => ({ labels: {}, value })),
    );
  }

  #gauge<const Label extends string>(
    spec: MetricSpec<Label>,
    read: () => readonly Reading<Label>[] | Promise<readonly Reading<Label>[]>,
  ): void {
    this.#remove.push(this.metrics.gauge(spec, read));
  }
}
