import type { Clock } from '#platform/time/clock';
import { ClusterLink } from './cluster-link.js';
import type { KafkaClients } from './kafka-client.js';
import { errorType, TopicMissingError } from './problem-of.js';

const EVERY_MS = 5_000;
const WHEN_WRONG_MS = 1_000;

/** Asks every few seconds whether the brokers answer and have our topics, so that trouble is known before it is met. */
export class KafkaMonitor {
  readonly #link: ClusterLink;
  readonly #stopping = new AbortController();
  #run: Promise<void> | undefined;

  constructor(
    clients: KafkaClients,
    private readonly clock: Clock,
    /** Full names. */
    topics: readonly string[],
    private readonly report: (problem: unknown) => void,
  ) {
    this.#link = new ClusterLink(clients, clock, topics);
  }

  start(): void {
    this.#run ??= this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#link.close();
    await this.#run;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const well = await this.#look();
      await this.clock.sleep(well ? EVERY_MS : WHEN_WRONG_MS, signal);
    }
  }

  /** Never rejects. */
  async #look(): Promise<boolean> {
    try {
      await this.#link.call('look at the topics', (cluster) => cluster.refreshMetadata());
      this.#tell(undefined);
      return true;
    } catch (error) {
      this.#link.drop();
      // The next look names the topics that are missing.
      if (errorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION' && !(error instanceof TopicMissingError))
        return false;
      this.#tell(error);
      return false;
    }
  }

  #tell(problem: unknown): void {
    if (!this.#stopping.signal.aborted) this.report(problem);
  }
}
