import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '#test/support/processes/free-ports';
import { brokerConfig } from './broker-config.js';
import { brokerPackages } from './broker-packages.js';
import { tlsListener } from './broker-certificate.js';
import { BrokerProcess, type BrokerProgram } from './broker-process.js';

export interface OwnKafkaOptions {
  /** Absent: a free one. */
  readonly port?: number;
  /** A third listener, with TLS. */
  readonly tls?: boolean;
}

/** Apache Kafka (KRaft) on the machine's Java, in a new folder, on free ports of 127.0.0.1. */
export class LocalBroker {
  #running: BrokerProcess | undefined;

  private constructor(
    private readonly program: BrokerProgram,
    readonly brokers: string,
    readonly saslBrokers: string,
    readonly tls: { readonly brokers: string; readonly caFile: string } | undefined,
  ) {}

  static async start(java: string, options: OwnKafkaOptions): Promise<LocalBroker> {
    const jars = await brokerPackages();
    const folder = mkdtempSync(join(tmpdir(), 'payout-ledger-kafka-'));
    try {
      const free = await freePorts(4);
      const [port = 0, sasl = 0, controller = 0, secured = 0] = [options.port ?? free[0], ...free.slice(1)];
      const configFile = join(folder, 'server.properties');
      const tls = options.tls === true ? await tlsListener(java, folder) : undefined;
      const clients =
        `PLAINTEXT://127.0.0.1:${port},SASL://127.0.0.1:${sasl}` +
        (tls === undefined ? '' : `,TLS://127.0.0.1:${secured}`);
      const config = {
        ...brokerConfig(),
        ...tls?.config,
        listeners: `${clients},CONTROLLER://127.0.0.1:${controller}`,
        'advertised.listeners': clients,
        'controller.quorum.voters': `1@127.0.0.1:${controller}`,
        'log.dirs': join(folder, 'data'),
      };
      const lines = Object.entries(config).map(([name, text]) => `${name}=${text}\n`);
      writeFileSync(configFile, lines.join(''));
      const loggingFile = join(folder, 'log4j.properties');
      writeFileSync(loggingFile, LOGGING);
      const clusterId = randomBytes(16).toString('base64url');
      await promisify(execFile)(java, [
        ...['-XX:TieredStopAtLevel=1', '-cp', `${jars}/*`, 'kafka.tools.StorageTool', 'format'],
        ...['--cluster-id', clusterId, '--config', configFile],
      ]);
      const logFile = join(folder, 'broker.log');
      const program = { java, jars, configFile, loggingFile, logFile, folder, port };
      const local = new LocalBroker(
        program,
        `127.0.0.1:${port}`,
        `127.0.0.1:${sasl}`,
        tls === undefined ? undefined : { brokers: `127.0.0.1:${secured}`, caFile: tls.caFile },
      );
      await local.run();
      return local;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Starts it again after `kill`, on the same ports and data. */
  async run(): Promise<void> {
    this.#running = await BrokerProcess.start(this.program);
  }

  /** SIGKILL: clients see cut connections, then nobody, until `run`. */
  async kill(): Promise<void> {
    await this.#running?.kill();
    this.#running = undefined;
  }

  signal(signal: NodeJS.Signals): void {
    this.#running?.signal(signal);
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    // Nobody needs the data any more: no time is spent on a clean end.
    await this.kill();
    rmSync(this.program.folder, { recursive: true, force: true });
  }
}

const LOGGING = `log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d %p %m (%c)%n
`;
