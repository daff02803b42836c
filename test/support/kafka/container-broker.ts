import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { freePorts } from '#test/support/processes/free-ports';
import { brokerConfig } from './broker-config.js';
import { KAFKA_VERSION } from './broker-packages.js';

/** Apache's own image of the same version, on fixed ports, so that it comes back there after a restart. */
export class ContainerBroker {
  private constructor(
    private readonly container: StartedTestContainer,
    readonly brokers: string,
    readonly saslBrokers: string,
  ) {}

  static async start(wantedPort?: number): Promise<ContainerBroker> {
    const free = await freePorts(2);
    const [port, sasl] = [wantedPort ?? free[0] ?? 0, free[1] ?? 0];
    const config = {
      ...brokerConfig(),
      listeners: `PLAINTEXT://:${port},SASL://:${sasl},CONTROLLER://:9093`,
      'advertised.listeners': `PLAINTEXT://localhost:${port},SASL://localhost:${sasl}`,
      'controller.quorum.voters': '1@localhost:9093',
    };
    const container = await new GenericContainer(`apache/kafka:${KAFKA_VERSION}`)
      .withEnvironment(Object.fromEntries(Object.entries(config).map(([k, v]) => [variableOf(k), v])))
      .withExposedPorts({ container: port, host: port }, { container: sasl, host: sasl })
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
      .start();
    return new ContainerBroker(container, `localhost:${port}`, `localhost:${sasl}`);
  }

  async run(): Promise<void> {
    await this.container.restart();
  }

  async kill(): Promise<void> {
    await this.container.stop({ remove: false, timeout: 0 });
  }

  signal(signal: NodeJS.Signals): void {
    throw new Error(`a broker in a container is sent no ${signal}: run this test with Java`);
  }

  async stop(): Promise<void> {
    await this.container.stop();
  }
}

/** As the image translates them back: a dot is an underscore there, an underscore two, a dash three. */
function variableOf(property: string): string {
  const name = property.replaceAll('_', '__').replaceAll('-', '___').replaceAll('.', '_');
  return `KAFKA_${name.toUpperCase()}`;
}
