import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { freePorts } from '#test/support/processes/free-ports';
import { answers } from './answers.js';

const IMAGE = 'postgres:17.6-alpine';
const PASSWORD = 'only-for-tests';

/** PostgreSQL in a container, on a fixed port, so that it comes back there after a restart. */
export class ContainerPostgres {
  private constructor(
    private readonly container: StartedTestContainer,
    readonly url: string,
  ) {}

  static async start(): Promise<ContainerPostgres> {
    const [port = 0] = await freePorts(1);
    const container = await new GenericContainer(IMAGE)
      .withEnvironment({ POSTGRES_PASSWORD: PASSWORD })
      .withExposedPorts({ container: 5432, host: port })
      .withCommand(['postgres', '-c', 'max_connections=200'])
      .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
      .start();
    return new ContainerPostgres(
      container,
      `postgres://postgres:${PASSWORD}@${container.getHost()}:${port}/postgres`,
    );
  }

  async stop(): Promise<void> {
    await this.container.stop();
  }

  async restart(): Promise<void> {
    await this.container.restart();
    while (!(await answers(this.url)));
  }
}
