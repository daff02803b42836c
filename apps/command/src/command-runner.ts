import { Injectable } from '@nestjs/common';
import { LeaseKeeper } from '#coordination/lease-keeper';
import { Leases } from '#coordination/leases';
import { MessageBus, type Consumer } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { CallbackIntake } from './callbacks/callback-intake.js';
import { CommandIntake } from './intake/command-intake.js';
import { SingletonTasks, type SingletonTask } from './singleton-tasks.js';
import { ThisCopy } from './this-copy.js';

/** How far a task is of which one copy acts. */
export interface TaskState {
  readonly name: string;
  /** `standing-by`: another copy acts, or nobody yet. */
  readonly role: 'acting' | 'standing-by';
  /** Grows each time another copy takes over; absent while standing by. */
  readonly fence?: string;
  /** Why this copy stands by. */
  readonly detail?: string;
  /** Of a task that follows the log. */
  readonly position?: string;
  readonly caughtUp?: boolean;
  /** Why it is at a halt. */
  readonly failure?: string;
}

const COMMANDS_AT_ONCE = 256;
const CALLBACKS_AT_ONCE = 64;
/** Another copy takes over this long after a holder was last heard of. */
const LEASE_MS = 6_000;

/** Starts and stops everything of this app, in an order in which nothing is lost. */
@Injectable()
export class CommandRunner {
  private readonly keepers = new Map<SingletonTask, LeaseKeeper>();
  private readonly consumers: Consumer[] = [];
  private readonly failure = Promise.withResolvers<undefined>();

  constructor(
    private readonly bus: MessageBus,
    private readonly leases: Leases,
    private readonly tasks: SingletonTasks,
    private readonly commands: CommandIntake,
    private readonly callbacks: CallbackIntake,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly copy: ThisCopy,
  ) {}

  /** Settles when a consumer ended by itself: rejects with the cause. The process should then end, and start anew. */
  get ended(): Promise<void> {
    return this.failure.promise;
  }

  /** What follows the log first, what adds to it last. */
  async start(): Promise<void> {
    for (const task of this.tasks.all) {
      const keeper = new LeaseKeeper({
        leases: this.leases,
        clock: this.clock,
        logger: this.logger,
        name: task.name,
        holder: this.copy.leaseHolder,
        ttlMs: LEASE_MS,
        task: (lease) => task.run(lease),
      });
      keeper.start();
      this.keepers.set(task, keeper);
    }
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

  /** Intake first, then the tasks with the calls that are under way. The stores are closed by whoever opened them. */
  async stop(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await Promise.all(Array.from(this.keepers.values(), (keeper) => keeper.stop()));
    this.failure.resolve(undefined);
  }

  state(): readonly TaskState[] {
    return Array.from(this.keepers, ([{ name }, keeper]): TaskState => {
      const fence = keeper.current?.fence.toString();
      if (fence === undefined) return { name, role: 'standing-by', detail: keeper.state().detail };
      const loop = this.tasks.loop(name);
      if (loop === undefined) return { name, role: 'acting', fence };
      return {
        name,
        role: 'acting',
        fence,
        ...(loop.position === undefined ? {} : { position: loop.position }),
        caughtUp: loop.caughtUp,
        ...(loop.lastError === undefined
          ? {}
          : { failure: `${loop.lastError.name}: ${loop.lastError.message}` }),
      };
    });
  }
}
