import fastify, { type FastifyInstance } from 'fastify';
import type { Health } from '../health/health.js';

/** What the status port shows besides health. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

/**
 * `/health/live`, `/health/ready` and `/metrics` on a port of their own, so that probes work before the program does
 * and callers can't reach them.
 */
export class StatusServer {
  private constructor(
    private readonly server: FastifyInstance,
    /** `http://127.0.0.1:9464` */
    readonly url: string,
  ) {}

  static async start(
    health: Health,
    metrics: MetricsPage,
    { host, port }: { readonly host: string; readonly port: number },
  ): Promise<StatusServer> {
    const server = fastify({ forceCloseConnections: true });
    server.get('/health/live', (_request, reply) => {
      const live = health.live();
      return reply.status(live.live ? 200 : 503).send(live);
    });
    server.get('/health/ready', (_request, reply) => {
      const ready = health.ready();
      return reply.status(ready.ready ? 200 : 503).send(ready);
    });
    server.get('/metrics', async (_request, reply) =>
      reply.header('content-type', metrics.contentType).send(await metrics.text()),
    );
    return new StatusServer(server, await server.listen({ host, port }));
  }

  async stop(): Promise<void> {
    await this.server.close();
  }
}
