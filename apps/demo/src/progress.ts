/** One line on the terminal that shows how far the run is; plain lines where there is no terminal. */
export class Progress {
  private last = '';
  private lastPrinted = 0;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  show(line: string): void {
    if (line === this.last) return;
    this.last = line;
    if (this.out.isTTY) {
      this.out.write(`\r\x1b[2K${line.slice(0, Math.max(20, this.out.columns - 1))}`);
      return;
    }
    const now = Date.now();
    if (now - this.lastPrinted < 2_000) return;
    this.lastPrinted = now;
    this.out.write(`${line}\n`);
  }

  /** A line that stays. */
  say(line: string): void {
    if (this.out.isTTY) this.out.write(`\r\x1b[2K${line}\n`);
    else this.out.write(`${line}\n`);
    this.last = '';
  }
}
