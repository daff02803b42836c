import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Writable } from 'node:stream';

const START_WITHIN_MS = 60_000;

export interface BrokerProgram {
  readonly java: string;
  readonly jars: string;
  readonly configFile: string;
  readonly loggingFile: string;
  readonly logFile: string;
  /** Removed when this process ends without having stopped the broker. */
  readonly folder: string;
  readonly port: number;
}

/** One run of the broker. It ends with this process, however that ends. */
export class BrokerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly guard: ChildProcessByStdio<Writable, null, null>,
    private readonly ended: Promise<unknown>,
  ) {}

  /** Resolves when the broker takes connections. */
  static async start(program: BrokerProgram): Promise<BrokerProcess> {
    const log = openSync(program.logFile, 'a');
    const child = spawn(
      program.java,
      [
        ...['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'],
        `-Dlog4j.configuration=file:${program.loggingFile}`,
        ...['-cp', `${program.jars}/*`, 'kafka.Kafka', program.configFile],
      ],
      { stdio: ['ignore', log, log], detached: true },
    );
    closeSync(log);
    const ended = once(child, 'exit');
    // Reads until its input ends: when this process is gone, however it went, so is the broker.
    const guard = spawn(
      '/bin/sh',
      ['-c', 'read -r _; kill -9 "$1"; rm -rf "$2"', 'sh', String(child.pid), program.folder],
      { stdio: ['pipe', 'ignore', 'ignore'], detached: true },
    );
    guard.unref();
    const broker = new BrokerProcess(child, guard, ended);
    const until = performance.now() + START_WITHIN_MS;
    while (!(await accepts(program.port))) {
      const dead = child.exitCode !== null || child.signalCode !== null;
      if (dead || performance.now() > until) {
        await broker.kill();
        const log = readFileSync(program.logFile, 'utf8').slice(-2_000);
        throw new Error(`Kafka ${dead ? 'ended' : 'does not answer'} after its start:\n${log}`);
      }
    }
    return broker;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.ended;
    this.guard.kill('SIGKILL');
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return false;
  } finally {
    socket.destroy();
  }
}
