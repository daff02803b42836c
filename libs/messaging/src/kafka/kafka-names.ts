/** Names in Kafka of what the service calls by its own. */
export class KafkaNames {
  constructor(private readonly prefix: string) {}

  topic(topic: string): string {
    return `${this.prefix}${topic}`;
  }

  /** A group of its own per topic: a rebalance of one topic's consumers leaves the others alone. */
  group(group: string, topic: string): string {
    return `${this.prefix}${group}.${topic}`;
  }
}
