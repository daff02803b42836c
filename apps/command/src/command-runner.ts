import { Injectable } from '@nestjs/common';
import { Checkpoints } from '#coordination/checkpoints';
import { isLogPosition, type LogPosition } from '#domain/log-position';
import { EventStore, type RecordedEvent } from '#event-store/event-store';
import { Subscription } from '#event-store/run-subscription';
import { MessageBus, type Consumer } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { CallbackIntake } from './callbacks/callback-intake.js';
import { CommandIntake } from './intake/command-intake.js';
import { HeldRunner } from './intake/held-runner.js';
import { LedgerProcess } from './ledger-process/ledger-process.js';
import { FollowUpRunner } from './payout-process/follow-up-runner.js';
import { PayoutProcess } from './payout-process/payout-process.js';
import { ProcessSubscription } from './payout-process/process-subscription.js';
import { Publisher } from './publisher/publisher.js';

/** How far a loop is. */
export interface LoopState {
  readonly name: string;
  readonly position: string | undefined;
  readonly caughtUp: boolean;
  /** Why it is at a halt. */
  readonly failure?: string;
}

/** Another copy has moved this loop's checkpoint: this one must not go on. */
export class CheckpointLostError extends Error {
  override readonly name = 'CheckpointLostError';
}

const COMMANDS_AT_ONCE = 256;
const CALLBACKS_AT_ONCE = 64;

/** Starts and stops everything of this app, in an order in which nothing is lost. */
@Injectable()
export class CommandRunner {
  private readonly loops = new Map<string, Subscription>();
  private readonly consumers: Consumer[] = [];
  private readonly failure = Promise.withResolvers<undefined>();

  constructor(
    private readonly store: EventStore,
    private readonly bus: MessageBus,
    private readonly checkpoints: Checkpoints,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly ledger: LedgerProcess,
    private readonly processes: ProcessSubscription,
    private readonly process: PayoutProcess,
    private readonly publisher: Publisher,
    private readonly followUps: FollowUpRunner,
    private readonly heldRunner: HeldRunner,
    private readonly commands: CommandIntake,
    private readonly callbacks: CallbackIntake,
  ) {}

  /** Settles when a consumer ended by itself: rejects with the cause. The process should then end, and start anew. */
  get ended(): Promise<void> {
    return this.failure.promise;
  }

  /** What follows the log first, what adds to it last. */
  async start(): Promise<void> {
    this.follow('ledger-process', (batch) => this.ledger.handle(batch));
    this.follow('payout-process', (batch) => this.processes.handle(batch));
    this.follow('publisher', (batch) => this.publisher.handle(batch));
    this.followUps.start();
    this.heldRunner.start();
    this.consumers.push(
      await this.bus.consume({
        group: 'command',
        topic: TOPICS.callbacks,
        from: 'earliest',
        concurrency: CALLBACKS_AT_ONCE,
        handler: (message) => this.callbacks.handle(message),
      }),
      await this.bus.consume({
        group: 'command',
        topic: TOPICS.commands,
        from: 'earliest',
        concurrency: COMMANDS_AT_ONCE,
        handler: (message, signal) => this.commands.handle(message, signal),
      }),
    );
    for (const consumer of this.consumers)
      consumer.ended.catch((error: unknown) => this.failure.reject(error));
  }

  /** Intake first, then the loops, then the calls that are under way. The stores are closed by whoever opened them. */
  async stop(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.heldRunner.stop();
    await Promise.all(Array.from(this.loops.values(), (loop) => loop.stop()));
    await this.followUps.stop();
    await this.process.stop();
    this.failure.resolve(undefined);
  }

  state(): readonly LoopState[] {
    return Array.from(this.loops, ([name, loop]) => ({
      name,
      position: loop.position,
      caughtUp: loop.caughtUp,
      ...(loop.lastError === undefined
        ? {}
        : { failure: `${loop.lastError.name}: ${loop.lastError.message}` }),
    }));
  }

  private follow(name: string, handle: (batch: readonly RecordedEvent[]) => Promise<void>): void {
    let at: LogPosition | undefined;
    const subscription = Subscription.start({
      store: this.store,
      clock: this.clock,
      checkpoint: async () => {
        at = positionOf(await this.checkpoints.load(name));
        return at;
      },
      handle: async (batch) => {
        await handle(batch);
        const to = batch.at(-1)?.position ?? batch[0].position;
        if ((await this.checkpoints.advance(name, at, to)) === 'lost') {
          throw new CheckpointLostError(
            `another copy has moved the checkpoint of ${name}: stop one of the two`,
          );
        }
        at = to;
      },
      onError: ({ error, range, failures, pauseMs }) =>
        this.logger.alarm('loop-halted', { loop: name, error, range, failures, pauseMs }),
    });
    this.loops.set(name, subscription);
  }
}

function positionOf(text: string | undefined): LogPosition | undefined {
  if (text === undefined) return undefined;
  if (!isLogPosition(text))
    throw new RangeError(`a checkpoint holds ${JSON.stringify(text)}, which is no position`);
  return text;
}
