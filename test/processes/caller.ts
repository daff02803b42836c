import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import type { SentCommand } from '#demo/checker/check-replies';
import { envelopeOf, type BusMessage } from '#demo/checker/bus-message';

/** A command as another service sends it. */
export interface Command {
  readonly type: string;
  readonly commandId: string;
  readonly key: string;
  readonly data: unknown;
}

export interface Answer {
  readonly outcome: string;
  readonly payoutId: string | undefined;
}

const COMMANDS = 'payout.commands.v1';
/** Over kills and restarts. */
const ANSWERED_WITHIN = 120_000;
const PAUSE = 250;

/** Another service: it puts commands on Kafka and waits for their replies. It knows the topics, and nothing else. */
export class Caller {
  readonly sent: SentCommand[] = [];
  /** Times that the broker had to be asked again. */
  resent = 0;
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  constructor(private readonly producer: Producer) {}

  /** Told of every reply; see `TopicCopy`. */
  heard(message: BusMessage): void {
    const data = envelopeOf(message)?.data;
    const [commandId, outcome, payoutId] = [data?.['commandId'], data?.['outcome'], data?.['payoutId']];
    // `held`: the answer follows.
    if (typeof commandId !== 'string' || typeof outcome !== 'string' || outcome === 'held') return;
    const resolve = this.#waiting.get(commandId);
    this.#waiting.delete(commandId);
    resolve?.({ outcome, payoutId: typeof payoutId === 'string' ? payoutId : undefined });
  }

  /** Sends once, as far as the broker takes it, and never again. undefined: there was no answer in time. */
  async ask(command: Command): Promise<Answer | undefined> {
    const { commandId, type } = command;
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(commandId, resolve));
    this.sent.push({ commandId, type, correlationId: commandId });
    await this.#publish(command);
    const patience = new AbortController();
    const late = sleep(ANSWERED_WITHIN, undefined, { signal: patience.signal }).catch(() => undefined);
    const answered = await Promise.race([answer, late]);
    patience.abort();
    return answered;
  }

  /** Until the broker has it: it may be down just now. The same command twice is one command. */
  async #publish({ type, commandId, key, data }: Command): Promise<void> {
    const event = {
      specversion: '1.0',
      id: commandId,
      source: 'e2e-payroll',
      type: `payout.command.${type}.v1`,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data,
    };
    const headers = { 'content-type': 'application/cloudevents+json', 'correlation-id': commandId };
    const messages = [{ key, headers, value: JSON.stringify(event) }];
    const until = performance.now() + ANSWERED_WITHIN;
    for (;;) {
      try {
        await this.producer.send({ topic: COMMANDS, acks: -1, messages });
        return;
      } catch (error) {
        if (performance.now() > until) throw error;
        this.resent += 1;
        await sleep(PAUSE);
      }
    }
  }
}
