import type { Clock } from '#platform/time/clock';

/** Where text goes. `isTTY`: a person watches. */
export interface TextOut {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const PERSON_EVERY_MS = 200;
const FILE_EVERY_MS = 5_000;

/** One line about long work that renews itself; a line every few seconds where nobody watches. */
export class Progress {
  readonly #started: number;
  #last: number;
  #shown = false;

  constructor(
    private readonly out: TextOut,
    private readonly clock: Clock,
  ) {
    this.#started = clock.monotonicMs();
    this.#last = this.#started;
  }

  show(events: number): void {
    const now = this.clock.monotonicMs();
    const watched = this.out.isTTY === true;
    if (now - this.#last < (watched ? PERSON_EVERY_MS : FILE_EVERY_MS)) return;
    this.#last = now;
    this.#shown = watched;
    const rate = Math.round((events * 1_000) / (now - this.#started));
    this.out.write(`${watched ? '\r' : ''}${events} events read, ${rate}/s${watched ? '\u001b[K' : '\n'}`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#shown) this.out.write('\r\u001b[K');
    this.#shown = false;
  }
}
