import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A program of the demo, in a process of its own. Its log goes to a file; its first JSON line says where it listens. */
export class Child {
  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
    readonly ready: Readonly<Record<string, string>>,
    private readonly exited: Promise<number | null>,
  ) {}

  /** Resolves when the program has printed its JSON line; rejects when it ends before that. */
  static async start(
    name: string,
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    logFile: string,
  ): Promise<Child> {
    const child = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(logFile, { flags: 'a' });
    child.stderr.pipe(log);
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    const ready = await Promise.race([
      firstJsonLine(child.stdout),
      exited.then((code) => {
        throw new Error(`${name} ended with code ${code ?? 'none'} before it was ready; see ${logFile}`);
      }),
    ]);
    return new Child(name, child, ready, exited);
  }

  /** Ends it at once, with no chance to tidy up. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to end, and waits. Resolves with its exit code. */
  async stop(): Promise<number | null> {
    this.process.kill('SIGTERM');
    return this.exited;
  }
}

/** What the program prints besides is for people; the line with an object is for us. */
function firstJsonLine(stdout: NodeJS.ReadableStream): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdout });
    lines.on('line', (line) => {
      if (line.startsWith('{')) resolve(JSON.parse(line) as Readonly<Record<string, string>>);
    });
  });
}
