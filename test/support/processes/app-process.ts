import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const APPS = new URL('../../../apps/', import.meta.url);

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A compiled program of `apps/` in a process of its own, with nothing of the tester's environment but the path. */
export class AppProcess {
  stdout = '';
  stderr = '';
  /** The first line that is a JSON object; rejects when the program ends before it. */
  readonly ready: Promise<Readonly<Record<string, string>>>;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;

  private constructor(app: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const script = fileURLToPath(new URL(`${app}/src/main.js`, APPS));
    const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString('utf8')));
    // A test that fails leaves no program behind.
    const killChild = (): void => void child.kill('SIGKILL');
    process.once('exit', killChild);
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        process.off('exit', killChild);
        resolve({ code, signal });
      });
    });
    this.ready = this.#firstJsonLine(app);
    // Whoever needs it awaits it; a program that is killed before it is ready is no error.
    this.ready.catch(() => undefined);
  }

  static start(
    app: 'embedded' | 'sandbox' | 'ops',
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): AppProcess {
    return new AppProcess(app, args, env);
  }

  get output(): string {
    return this.stdout + this.stderr;
  }

  /** SIGKILL: ended at once, with no chance to tidy up. */
  kill(): Promise<Exit> {
    return this.end('SIGKILL');
  }

  end(signal: NodeJS.Signals): Promise<Exit> {
    this.#child.kill(signal);
    return this.exited;
  }

  #firstJsonLine(app: string): Promise<Readonly<Record<string, string>>> {
    return new Promise((resolve, reject) => {
      if (this.#child.stdout !== null) {
        createInterface({ input: this.#child.stdout }).on('line', (line) => {
          if (/^\{.*\}$/.test(line)) resolve(JSON.parse(line) as Readonly<Record<string, string>>);
        });
      }
      void this.exited.then(({ code, signal }) =>
        reject(
          new Error(`${app} ended with ${code ?? signal ?? 'nothing'} before it was ready:\n${this.stderr}`),
        ),
      );
    });
  }
}
