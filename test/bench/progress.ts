/** One live line on a terminal; where there is none, a line each time the step changes. */
export class Progress {
  #step = '';
  #shownAt = 0;

  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {}

  step(name: string): void {
    this.#step = name;
    this.#shownAt = 0;
    if (!this.out.isTTY) this.out.write(`${name}\n`);
    else this.count(0);
  }

  /** How much of the step is done. Cheap: it is called for each command. */
  count(done: number, of?: number): void {
    if (!this.out.isTTY) return;
    const now = performance.now();
    if (now - this.#shownAt < 100) return;
    this.#shownAt = now;
    const share = of === undefined ? String(done) : `${done} of ${of}`;
    this.out.write(`\r\u001b[2K${this.#step}: ${share}`.slice(0, this.out.columns + 4));
  }

  end(): void {
    if (this.out.isTTY) this.out.write('\r\u001b[2K');
  }
}
