import type { Clock } from '#platform/time/clock';
import type { Consumer, ConsumerOptions } from '../message-bus.js';
import { ConsumerGroup, type GroupMember } from './consumer-group.js';
import type { ConsumerObserver } from './consumer-observer.js';
import type { PartitionLog } from './partition-log.js';
import { PartitionedConsumer } from './partitioned-consumer.js';
import { checkConsumer } from '../message-rules.js';
import { persistentCall } from './persistent-call.js';

/** All consumers of one bus, over a log. One process has one engine per log: groups are shared only within it. */
export class ConsumerEngine {
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #consumers = new Map<PartitionedConsumer, string>();
  readonly #silence: () => void;

  constructor(
    private readonly log: PartitionLog,
    private readonly clock: Clock,
    private readonly observer: ConsumerObserver,
  ) {
    this.#silence = log.onMessages((topic, partition) => {
      for (const [consumer, itsTopic] of this.#consumers) {
        if (itsTopic === topic) consumer.ring(partition);
      }
    });
  }

  /** Resolves when the group is recorded: what is published from then on reaches it. */
  async consume(options: ConsumerOptions): Promise<Consumer> {
    checkConsumer(options);
    const { group: name, topic, from } = options;
    await this.log.join(name, topic, from);
    const group = this.#group(name, topic, from);
    const consumer = new PartitionedConsumer(options, {
      log: this.log,
      clock: this.clock,
      observer: this.observer,
      leave: (member: GroupMember) => {
        this.#consumers.delete(consumer);
        return group.remove(member);
      },
    });
    this.#consumers.set(consumer, topic);
    group.add(consumer);
    return consumer;
  }

  /** Stops every consumer. */
  async close(): Promise<void> {
    this.#silence();
    await Promise.all([...this.#consumers.keys()].map((consumer) => consumer.stop()));
  }

  #group(name: string, topic: string, from: ConsumerOptions['from']): ConsumerGroup {
    const id = JSON.stringify([name, topic]);
    let group = this.#groups.get(id);
    if (group === undefined) {
      const never = new AbortController().signal;
      const join = () => persistentCall(this.clock, never, () => this.log.join(name, topic, from));
      group = new ConsumerGroup(this.log.partitions, join);
      this.#groups.set(id, group);
    }
    return group;
  }
}
