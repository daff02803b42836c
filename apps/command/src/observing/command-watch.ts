import { Injectable } from '@nestjs/common';
import { HEADERS } from '#messaging/contracts/headers';
import type { ReceivedMessage } from '#messaging/message-bus';
import { withLogFields } from '#platform/logging/log-context';
import {
  Metrics,
  QUICK_SECONDS,
  SLOW_SECONDS,
  type Counter,
  type Histogram,
} from '#platform/metrics/metrics';
import { Clock } from '#platform/time/clock';
import { Tracing } from '#platform/tracing/tracing';

/** `retried`: it was not answered, and the bus delivers it again. */
export type CommandOutcome = 'accepted' | 'rejected' | 'refused' | 'held' | 'invalid' | 'retried';

/** A command as far as it is known when work on it begins. */
export interface CommandSubject {
  /** `unreadable` when it couldn't be read as any. */
  readonly type: string;
  readonly commandId?: string;
  readonly correlationId?: string | undefined;
  readonly payoutId?: string;
  readonly accountId?: string;
}

type Message = Pick<ReceivedMessage, 'headers'> & { readonly publishedAt?: number };

/** Counts, times and traces the commands that come in; their payouts' traces begin here, or under the caller's own. */
@Injectable()
export class CommandWatch {
  readonly #taken: Counter<'type' | 'outcome'>;
  readonly #decision: Histogram<'type'>;
  readonly #answer: Histogram<'type'>;

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
    private readonly clock: Clock,
  ) {
    this.#taken = metrics.counter({
      name: 'payout_commands_total',
      help: 'Commands, by what their senders were told',
      labels: ['type', 'outcome'],
    });
    this.#decision = metrics.histogram({
      name: 'payout_command_decision_seconds',
      help: 'Time of a decision, from the command in hand to the fact that is durable',
      labels: ['type'],
      buckets: QUICK_SECONDS,
    });
    this.#answer = metrics.histogram({
      name: 'payout_command_answer_seconds',
      help: 'Time from the bus taking a command to its durable answer',
      labels: ['type'],
      buckets: SLOW_SECONDS,
    });
  }

  /** Around everything that is done with one command. `traceparent` is what the events that follow are to carry. */
  take<R extends { readonly outcome: CommandOutcome }>(
    { headers, publishedAt }: Message,
    { type, commandId, correlationId = commandId, payoutId, accountId }: CommandSubject,
    work: (traceparent: string | undefined) => Promise<R>,
  ): Promise<R> {
    const around = {
      ...(commandId === undefined ? {} : { commandId }),
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(payoutId === undefined ? {} : { payoutId }),
      ...(accountId === undefined ? {} : { accountId }),
    };
    const start = {
      name: `command ${type}`,
      kind: 'consumer',
      entry: true,
      parent: headers[HEADERS.traceparent],
      attributes: { 'payout.id': payoutId, 'correlation.id': correlationId },
    } as const;
    return withLogFields(around, () =>
      this.tracing.run(start, async (span) => {
        let outcome: CommandOutcome = 'retried';
        try {
          const result = await work(span.traceparent ?? headers[HEADERS.traceparent]);
          ({ outcome } = result);
          return result;
        } finally {
          span.set({ outcome });
          this.#taken.add({ type, outcome });
          if (publishedAt !== undefined && outcome !== 'retried' && outcome !== 'held')
            this.#answer.observe({ type }, Math.max(0, this.clock.now() - publishedAt) / 1_000);
        }
      }),
    );
  }

  /** Around the decision itself. */
  async decision<T>(type: string, work: () => Promise<T>): Promise<T> {
    const since = this.clock.monotonicMs();
    try {
      return await work();
    } finally {
      this.#decision.observe({ type }, (this.clock.monotonicMs() - since) / 1_000);
    }
  }
}
