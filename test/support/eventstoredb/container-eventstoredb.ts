import { GenericContainer, Wait } from 'testcontainers';

/** The version of docker-compose.yml. */
const IMAGE = 'eventstore/eventstore:24.10.5';
const PORT = 2113;

/** A real server in a container, without access control. */
export async function startContainer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_CLUSTER_SIZE: '1',
      EVENTSTORE_RUN_PROJECTIONS: 'None',
      EVENTSTORE_NODE_PORT: String(PORT),
    })
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204))
    .start();
  return {
    url: `esdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`,
    stop: async () => {
      await container.stop();
    },
  };
}
