import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ArmedFault, FaultRule } from './faults.js';

/** What the program says when it is ready. */
interface Ready {
  readonly url: string;
  readonly control: string;
  readonly tlsCAFile?: string;
}

export interface StandInState {
  readonly calls: Readonly<Record<string, number>>;
  readonly events: number;
  readonly connections: number;
  readonly hanging: boolean;
  readonly faults: readonly ArmedFault[];
}

/**
 * The stand-in as a process of its own, which several processes can use, and which can be killed and stopped like a
 * server. Its faults are armed over its control port. `args` are those of the program (`command-line.ts`).
 */
export class StandInProcess {
  private constructor(
    private readonly args: readonly string[],
    private child: ChildProcess,
    private ready: Ready,
  ) {}

  static async start(...args: readonly string[]): Promise<StandInProcess> {
    const { child, ready } = await launch([...args, '--port', '0', '--control-port', '0']);
    return new StandInProcess(args, child, ready);
  }

  get url(): string {
    return this.ready.url;
  }
  get control(): string {
    return this.ready.control;
  }
  get tlsCAFile(): string | undefined {
    return this.ready.tlsCAFile;
  }
  get pid(): number {
    return this.child.pid ?? 0;
  }

  arm(rule: FaultRule): Promise<ArmedFault> {
    return this.#ask('POST', '/faults', rule);
  }
  disarm(): Promise<readonly ArmedFault[]> {
    return this.#ask('DELETE', '/faults');
  }
  state(): Promise<StandInState> {
    return this.#ask('GET', '/state');
  }
  hang(): Promise<StandInState> {
    return this.#ask('POST', '/hang');
  }
  resume(): Promise<StandInState> {
    return this.#ask('POST', '/resume');
  }
  cut(): Promise<StandInState> {
    return this.#ask('POST', '/cut');
  }
  restart(downMs = 0): Promise<StandInState> {
    return this.#ask('POST', `/restart?downMs=${downMs}`);
  }

  /** SIGSTOP: nothing answers any more, the keep-alive of HTTP/2 neither. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }
  /** SIGCONT. */
  unpause(): void {
    this.child.kill('SIGCONT');
  }

  /** SIGKILL. Without `--data` the log is gone. */
  async kill(): Promise<void> {
    await end(this.child, 'SIGKILL');
  }

  /** After `kill`: the same address, and with `--data` the same log. */
  async run(): Promise<void> {
    const ports = ['--port', portOf(this.ready.url), '--control-port', portOf(this.ready.control)];
    const { child, ready } = await launch([...this.args, ...ports]);
    this.child = child;
    this.ready = ready;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGCONT');
    await end(this.child, 'SIGTERM');
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.ready.control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the stand-in says to ${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}

const portOf = (url: string): string => /:(\d+)(?:[/?]|$)/.exec(url)?.[1] ?? '';

async function launch(args: readonly string[]): Promise<{ child: ChildProcess; ready: Ready }> {
  const program = fileURLToPath(new URL('./main.js', import.meta.url));
  // Its input is a pipe that nobody writes to: it ends with this process, also when that is killed.
  const child = spawn(process.execPath, ['--enable-source-maps', program, '--until-stdin-ends', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    return { child, ready: JSON.parse(line) as Ready };
  }
  throw new Error('the stand-in for EventStoreDB ended before it was ready: its message is above');
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
