import { Injectable } from '@nestjs/common';
import { Checkpoints } from '#coordination/checkpoints';
import type { HeldLease } from '#coordination/lease-keeper';
import { comparePositions, isLogPosition, type LogPosition } from '#domain/log-position';
import { EventStore, type RecordedEvent } from '#event-store/event-store';
import { Subscription } from '#event-store/run-subscription';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { HeldRunner } from './intake/held-runner.js';
import { LedgerProcess } from './ledger-process/ledger-process.js';
import { FollowUpRunner } from './payout-process/follow-up-runner.js';
import { PayoutProcess } from './payout-process/payout-process.js';
import { ProcessSubscription } from './payout-process/process-subscription.js';
import { StoppingError } from './payout-process/submitter.js';
import { knownPart } from './streams/known-events.js';
import { Publisher } from './publisher/publisher.js';
import { SendPermit } from './sending/send-permit.js';
import { SendingGate } from './sending/sending-gate.js';

/** Another copy has moved this loop's checkpoint: this one must not go on. */
export class CheckpointLostError extends Error {
  override readonly name = 'CheckpointLostError';
}

/** A task of which exactly one copy acts at a time, and what it does while this copy holds its lease. */
export interface SingletonTask {
  readonly name: string;
  /** Ends, with everything in hand finished, after `lease.lost` was aborted. */
  run(lease: HeldLease): Promise<void>;
}

/** What follows the log. */
const LOOPS = ['ledger-process', 'payout-process', 'publisher'] as const;
type LoopName = (typeof LOOPS)[number];

/** The tasks of this app that only one copy does. */
@Injectable()
export class SingletonTasks {
  private readonly loops = new Map<LoopName, Subscription>();

  constructor(
    private readonly store: EventStore,
    private readonly checkpoints: Checkpoints,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly ledger: LedgerProcess,
    private readonly processes: ProcessSubscription,
    private readonly process: PayoutProcess,
    private readonly publisher: Publisher,
    private readonly followUps: FollowUpRunner,
    private readonly heldRunner: HeldRunner,
    private readonly gate: SendingGate,
    private readonly permit: SendPermit,
  ) {}

  readonly all: readonly SingletonTask[] = [
    {
      name: 'ledger-process',
      run: (lease) => this.follow('ledger-process', lease, (batch) => this.ledger.handle(batch)),
    },
    { name: 'payout-process', run: (lease) => this.payOut(lease) },
    {
      name: 'publisher',
      run: (lease) => this.follow('publisher', lease, (batch) => this.publisher.handle(batch)),
    },
    { name: 'held-commands', run: (lease) => this.heldRunner.run(lease.lost) },
  ];

  /** The loop over the log that this task is, while this copy does it. */
  loop(name: string): Subscription | undefined {
    return this.loops.get(name as LoopName);
  }

  /** The payout process and its follow-ups decide about the same payouts, one at a time each: they stay in one copy. */
  private async payOut(lease: HeldLease): Promise<void> {
    await this.requireWholeLog();
    await this.gate.state();
    this.permit.hold(lease);
    this.process.begin();
    try {
      await Promise.all([
        this.follow('payout-process', lease, (batch) => this.processes.handle(batch)),
        this.followUps.run(lease.lost),
        this.gate.watch(lease.lost),
      ]);
    } finally {
      await this.process.stop();
    }
  }

  private async follow(
    name: LoopName,
    lease: HeldLease,
    handle: (batch: readonly RecordedEvent[]) => Promise<void>,
  ): Promise<void> {
    let at: LogPosition | undefined;
    const subscription = Subscription.start({
      store: this.store,
      clock: this.clock,
      checkpoint: async () => {
        at = await this.checkpointOf(name);
        return at;
      },
      handle: async (batch) => {
        const { known, refusal } = knownPart(batch);
        const to = known.at(-1)?.position;
        if (to !== undefined) {
          await handle(known);
          if ((await this.checkpoints.advance(name, at, to)) === 'lost') {
            throw new CheckpointLostError(
              `another copy has moved the checkpoint of ${name}: its own is read again`,
            );
          }
          at = to;
        }
        if (refusal !== undefined) throw refusal;
      },
      onError: ({ error, range, failures, pauseMs }) => {
        // Expected when the lease goes to another copy in the middle of a batch.
        if (error instanceof StoppingError) return;
        this.logger.alarm('loop-halted', { loop: name, error, range, failures, pauseMs });
      },
    });
    this.loops.set(name, subscription);
    await aborted(lease.lost);
    await subscription.stop();
    this.loops.delete(name);
  }

  /**
   * A log that ends before a checkpoint has lost events: a restored one, or one that failed over. What was sent may be
   * among them, so nothing is sent until a person has reconciled with the providers.
   */
  private async requireWholeLog(): Promise<void> {
    const head = await this.store.head();
    for (const name of LOOPS) {
      const checkpoint = await this.checkpointOf(name);
      if (checkpoint === undefined) continue;
      if (head !== undefined && comparePositions(head, checkpoint) >= 0) continue;
      const reason = `the log ends at ${head ?? 'its start'}, before the checkpoint ${checkpoint} of ${name}`;
      await this.gate.pause('log-behind-checkpoint', 'command', reason);
      return;
    }
  }

  private async checkpointOf(name: LoopName): Promise<LogPosition | undefined> {
    const text = await this.checkpoints.load(name);
    if (text === undefined) return undefined;
    if (!isLogPosition(text))
      throw new RangeError(`a checkpoint holds ${JSON.stringify(text)}, which is no position`);
    return text;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
