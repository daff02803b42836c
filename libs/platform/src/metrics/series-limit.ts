import type { Labels } from './metrics.js';

/** A metric has tens of series. A label that grows with the traffic is a defect, and must not become an outage. */
const MOST_SERIES = 1_000;
const LONGEST_VALUE = 80;

/** Admits the first series of a metric, and those again. */
export class SeriesLimit {
  readonly #seen = new Set<string>();
  #told = false;

  constructor(
    private readonly labels: readonly string[],
    private readonly onExceeded: (limit: number) => void,
  ) {}

  admits(given: Labels<string>): boolean {
    let series = '';
    for (const label of this.labels) {
      const value = given[label] ?? '';
      if (value.length > LONGEST_VALUE) return this.#refuse();
      series += `${value}\n`;
    }
    if (this.#seen.has(series)) return true;
    if (this.#seen.size >= MOST_SERIES) return this.#refuse();
    this.#seen.add(series);
    return true;
  }

  #refuse(): false {
    if (!this.#told) this.onExceeded(MOST_SERIES);
    this.#told = true;
    return false;
  }
}
