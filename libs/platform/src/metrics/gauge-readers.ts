import type { Clock } from '../time/clock.js';
import type { GaugeReader, Reading } from './metrics.js';

/** Prometheus gives a whole look 10 seconds. */
const LONGEST_READING_MS = 2_000;

interface Reader {
  readonly read: GaugeReader<string>;
  /** A reading that hangs: it isn't begun a second time. */
  underWay: boolean;
}

/** Everything that fills one gauge. */
export class GaugeReaders {
  readonly #readers = new Set<Reader>();

  constructor(
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  add(read: GaugeReader<never>): () => void {
    const reader: Reader = { read: read, underWay: false };
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** All readings that come in time. Never rejects. */
  async read(): Promise<readonly Reading<string>[]> {
    return (await Promise.all(Array.from(this.#readers, (reader) => this.#readOne(reader)))).flat();
  }

  async #readOne(reader: Reader): Promise<readonly Reading<string>[]> {
    const done = new AbortController();
    try {
      return await Promise.race([this.#begin(reader), this.#tooLate(done.signal)]);
    } catch (error) {
      this.onFailure(error);
      return [];
    } finally {
      done.abort();
    }
  }

  async #begin(reader: Reader): Promise<readonly Reading<string>[]> {
    if (reader.underWay) throw new Error('the reading before it is still under way');
    reader.underWay = true;
    try {
      return await reader.read();
    } finally {
      reader.underWay = false;
    }
  }

  async #tooLate(done: AbortSignal): Promise<readonly Reading<string>[]> {
    await this.clock.sleep(LONGEST_READING_MS, done);
    if (done.aborted) return [];
    throw new Error(`it took longer than ${LONGEST_READING_MS} ms`);
  }
}
