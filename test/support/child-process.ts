import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of `test/support` in a process of its own, and the whole lines that it has printed. */
export class TestProcess {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #woken: (() => void) | undefined;
  #ended = false;

  private constructor(program: URL, args: readonly string[]) {
    const child = spawn(process.execPath, [fileURLToPath(program), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#closed = once(child, 'close');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      this.#woken?.();
    });
    void this.#closed.then(() => {
      this.#ended = true;
      this.#woken?.();
    });
  }

  static start(program: URL, ...args: readonly string[]): TestProcess {
    return new TestProcess(program, args);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process did not start');
    return this.#child.pid;
  }

  /** Resolves when that many lines have been printed; rejects when the process ends before. */
  async printed(count: number): Promise<void> {
    while (this.lines.length < count) {
      if (this.#ended) throw new Error(`the process ended after ${this.lines.length} of ${count} lines`);
      await new Promise<void>((resolve) => {
        this.#woken = resolve;
      });
    }
  }

  /** SIGKILL; resolves when the process is gone and all that it printed has been read. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}
