/** One line on the terminal that shows how far the run is; plain lines where there is no terminal. */
export class Progress {
  private last = '';
  private lastPrinted = 0;
  private readonly started = Date.now();

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  /** The line that renews itself, with the seconds that have passed. */
  show(text: string): void {
    const line = `${String(this.seconds).padStart(3)} s  ${text}`;
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

  /** Since the start. */
  get seconds(): number {
    return Math.floor((Date.now() - this.started) / 1_000);
  }
}

const ENDS = ['succeeded', 'failed', 'rejected', 'cancelled'];

/** How many payouts are in which state, in a fixed order; what still moves comes first, if the line is cut. */
export function countsLine(list: readonly { readonly status: string; readonly parked: boolean }[]): string {
  const counts = new Map(['on the way', 'unknown', ...ENDS, 'parked'].map((name) => [name, 0]));
  for (const { status, parked } of list) {
    // A payout that reached its end is counted there, whoever looks at it besides.
    const own = ENDS.includes(status) ? status : parked ? 'parked' : status;
    const name = counts.has(own) ? own : 'on the way';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Array.from(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(' · ');
}
