/**
 * Closed, the server takes connections and requests and answers none, until it is opened: then it goes on with what has
 * come meanwhile. It still answers the keep-alive of HTTP/2; to have that hang too, stop its process with SIGSTOP.
 */
export class HangGate {
  #opened: Promise<void> | undefined;
  #open: (() => void) | undefined;

  get closed(): boolean {
    return this.#opened !== undefined;
  }

  close(): void {
    this.#opened ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open?.();
    this.#opened = undefined;
    this.#open = undefined;
  }

  /** Undefined when there is nothing to wait for, so that the usual case costs no turn of the loop. */
  wait(): Promise<void> | undefined {
    return this.#opened;
  }
}
