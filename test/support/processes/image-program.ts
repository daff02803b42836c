import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ImageSettings } from '#test/packaging/image-tree';

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program out of an image's tree, started as the image starts it: by its entry point, as its user where that is allowed. */
export class ImageProgram {
  stdout = '';
  stderr = '';
  readonly ended: Promise<ProgramRun>;
  readonly #child: ChildProcess;
  readonly #addresses: Promise<Readonly<Record<string, string>>>;

  constructor(
    { tree, settings }: { readonly tree: string; readonly settings: ImageSettings },
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    const [entry = '', ...fixed] = settings.entrypoint;
    const [uid = NaN, gid = NaN] = settings.user.split(':').map(Number);
    const child = spawn(join(tree, entry), [...fixed, ...args], {
      cwd: join(tree, settings.workdir),
      // In place of the image's Node, the one that runs the tests.
      env: { ...settings.env, PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    // A test that fails leaves no program behind.
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    this.ended = once(child, 'close').then(([code]: unknown[]) => {
      process.off('exit', kill);
      return { code: code as number | null, stdout: this.stdout, stderr: this.stderr };
    });
    const lines = createInterface({ input: child.stdout });
    this.#addresses = new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        if (/^\{.*\}$/.test(line)) resolve(JSON.parse(line) as Readonly<Record<string, string>>);
      });
      this.ended.then(
        ({ code, stderr }) => reject(new Error(`${args.join(' ')} ended with ${String(code)}:\n${stderr}`)),
        reject,
      );
    });
    this.#addresses.catch(() => undefined);
  }

  /** What it listens on, by its `--json` line. Rejects when it ends before. */
  get addresses(): Promise<Readonly<Record<string, string>>> {
    return this.#addresses;
  }

  /** Resolves when it has ended. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<ProgramRun> {
    this.#child.kill(signal);
    return this.ended;
  }
}
