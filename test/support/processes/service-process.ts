import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { callOnce } from './json-call.js';

const DIST = new URL('../../../', import.meta.url);

export interface ServiceProgram {
  /** Of this copy; its log is named so. */
  readonly name: string;
  /** Under the compiled tree: `apps/command/src/main.js`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

type Addresses = Readonly<Record<string, string>>;

interface Running {
  readonly child: ChildProcess;
  /** The line with the addresses. */
  readonly ready: Promise<Addresses>;
  readonly exited: Promise<string>;
}

/** One program of the service, which can be killed and started again; nothing of the tester's environment reaches it. */
export class ServiceProcess {
  #running: Running | undefined;
  /** Times that it was killed. */
  kills = 0;
  /** Ends that nobody had asked for. */
  readonly unexpected: string[] = [];

  constructor(readonly program: ServiceProgram) {}

  get name(): string {
    return this.program.name;
  }

  /** Starts it. Resolves with its addresses when it says that it has started. */
  start(): Promise<Addresses> {
    if (this.#running !== undefined) throw new Error(`${this.name} runs already`);
    const { name, script, args, env, logFile } = this.program;
    const file = fileURLToPath(new URL(script, DIST));
    appendFileSync(logFile, `--- ${name} starts\n`);
    const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(logFile, { flags: 'a' });
    child.stderr.pipe(log);
    // Whatever becomes of this process, it leaves none behind.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    const exited = new Promise<string>((resolve) => {
      child.once('close', (code, signal) => {
        process.off('exit', end);
        resolve(signal ?? `code ${code}`);
      });
    });
    const running: Running = { child, exited, ready: firstJsonLine(name, child, exited, logFile) };
    this.#running = running;
    void exited.then((how) => {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.unexpected.push(`${name} ended by itself (${how}); see ${logFile}`);
    });
    return running.ready;
  }

  /** SIGKILL: ended at once, with no chance to tidy up. */
  async kill(): Promise<void> {
    const running = this.#take();
    if (running === undefined) return;
    this.kills += 1;
    // One that was stopped is killed all the same.
    running.child.kill('SIGKILL');
    await running.exited;
  }

  /** SIGSTOP. */
  pause(): void {
    this.#running?.child.kill('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.#running?.child.kill('SIGCONT');
  }

  /** SIGTERM; resolves with how it ended and how long that took, in milliseconds. */
  async stop(): Promise<{ readonly how: string; readonly ms: number }> {
    const running = this.#take();
    const asked = performance.now();
    if (running === undefined) return { how: 'not running', ms: 0 };
    running.child.kill('SIGTERM');
    const how = await running.exited;
    return { how, ms: performance.now() - asked };
  }

  #take(): Running | undefined {
    const running = this.#running;
    this.#running = undefined;
    return running;
  }
}

/** Whether it says that it is ready; resolves when it does. Rejects after `timeoutMs` with what it waits for. */
export async function untilReady(status: string, timeoutMs = 60_000): Promise<void> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const answer = await callOnce(`${status}/health/ready`);
    if (answer?.status === 200) return;
    if (performance.now() > until) throw new Error(`${status} is not ready: ${answer?.text ?? 'no answer'}`);
    await sleep(50);
  }
}

function firstJsonLine(
  name: string,
  child: ChildProcess,
  exited: Promise<string>,
  logFile: string,
): Promise<Addresses> {
  const ready = new Promise<Addresses>((resolve, reject) => {
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (/^\{.*\}$/.test(line)) resolve(JSON.parse(line) as Addresses);
      });
    }
    void exited.then((how) =>
      reject(new Error(`${name} ended (${how}) before it was ready; see ${logFile}`)),
    );
  });
  // A program that is killed before it is ready is no error.
  ready.catch(() => undefined);
  return ready;
}
