import type { Readiness } from '#platform/health/health';
import type { Logger } from '#platform/logging/logger';

/**
 * What is wrong with Kafka as its parts see it (connection, publisher, each consumer). Tells its state at once, and
 * logs one line whenever the state changes, however many parts notice the same.
 */
export class KafkaState {
  readonly #problems = new Map<string, string>();
  #told: string | undefined;
  #connected = false;

  constructor(
    private readonly logger: Logger,
    private readonly at: string,
  ) {}

  /** A part is well (`undefined`) or isn't, and why. */
  set(part: string, problem: string | undefined): void {
    if (this.#problems.get(part) === problem) return;
    this.#problems.delete(part);
    if (problem !== undefined) this.#problems.set(part, problem);
    this.#tell();
  }

  /** The parts whose names begin so have ended. */
  forget(prefix: string): void {
    for (const part of this.#problems.keys()) if (part.startsWith(prefix)) this.#problems.delete(part);
    this.#tell();
  }

  /** The broker has answered and has our topics. */
  connected(): void {
    this.#connected = true;
    this.#tell();
  }

  status(): Readiness {
    const problem = this.#problem();
    if (problem !== undefined) return { ready: false, detail: problem };
    if (!this.#connected) return { ready: false, detail: `waits for an answer of Kafka at ${this.at}` };
    return { ready: true, detail: `Kafka at ${this.at}` };
  }

  #problem(): string | undefined {
    // Of several ways in which the same goes wrong (a cut connection, then a refused one) the newest is told.
    const texts = new Map(Array.from(this.#problems.values(), (text) => [withoutReason(text), text]));
    return texts.size === 0 ? undefined : [...texts.values()].sort().join('; ');
  }

  #tell(): void {
    const { ready, detail } = this.status();
    if (detail === this.#told || (!ready && this.#problems.size === 0)) return;
    this.#told = detail;
    if (ready) this.logger.info('Kafka is ready', { detail });
    else this.logger.warn('Kafka is not ready', { detail });
  }
}

function withoutReason(text: string): string {
  return text.replace(/ \([^)]*\)/g, '');
}
