import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '#platform/logging/nest-logger';
import { measureRequests } from '#platform/metrics/http-requests';
import { NO_METRICS } from '#platform/metrics/metrics';
import { PROBLEM_CONTENT_TYPE } from '#platform/problem/problem-details';
import { ReplyRouter } from './commands/reply-router.js';
import { serveOpenApi } from './openapi.js';
import { acceptStrictJson, MAX_BODY_BYTES } from './problem/json-body.js';
import { frameworkProblem, ProblemFilter } from './problem/problem-filter.js';
import { problem } from './problem/problems.js';
import { checkListener, type QuerySettings } from './query-settings.js';
import { QueryModule, type QueryEngines } from './query.module.js';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** The HTTP API of this program, listening. */
export class QueryHttp {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly withdraw: () => void,
    /** `http://127.0.0.1:8080` */
    readonly url: string,
  ) {}

  /**
   * Listens when it resolves. The engines stay the caller's own: they are open before, and closed after `stop`.
   * Rejects with `InsecureListenerError`, or when the address is taken.
   */
  static async start(engines: QueryEngines, settings: QuerySettings): Promise<QueryHttp> {
    checkListener(settings);
    const app = await createQueryApp(engines, settings);
    const router = app.get(ReplyRouter);
    const withdraw = engines.health.register('replies', () =>
      router.running
        ? { ready: true, detail: 'replies to commands are heard' }
        : { ready: false, detail: 'replies to commands are not heard: restart this program' },
    );
    try {
      await router.start();
      await app.listen({ host: settings.host, port: settings.port });
    } catch (error) {
      withdraw();
      await router.stop();
      await app.close();
      throw error;
    }
    return new QueryHttp(app, withdraw, addressOf(app));
  }

  /** Those who wait are answered as queued; then no connection is open any more. */
  async stop(): Promise<void> {
    this.withdraw();
    await this.app.get(ReplyRouter).stop();
    await this.app.close();
  }
}

/** The application with its routes, not listening. */
export async function createQueryApp(
  engines: QueryEngines,
  settings: QuerySettings,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    // An idle connection doesn't hold up the stop.
    forceCloseConnections: 'idle',
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
      const details =
        frameworkProblem(error.statusCode ?? 400) ??
        problem('invalid-request', 'the request could not be read');
      void reply
        .status(details.status)
        .header('content-type', PROBLEM_CONTENT_TYPE)
        .send(JSON.stringify(details));
    },
  });
  measureRequests(adapter.getInstance(), engines.metrics ?? NO_METRICS, engines.clock);
  const app = await NestFactory.create<NestFastifyApplication>(
    QueryModule.register(engines, settings),
    adapter,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes plain objects
    {
      logger: new NestLogger(engines.logger),
      bodyParser: false,
      abortOnError: false,
    },
  );
  acceptStrictJson(app.getHttpAdapter().getInstance());
  app.useGlobalFilters(new ProblemFilter(engines.logger));
  serveOpenApi(app);
  await app.init();
  return app;
}

function addressOf(app: NestFastifyApplication): string {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no address');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
