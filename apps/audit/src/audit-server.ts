import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NestLogger } from '#platform/logging/nest-logger';
import { measureRequests } from '#platform/metrics/http-requests';
import { NO_METRICS } from '#platform/metrics/metrics';
import { PROBLEM_CONTENT_TYPE } from '#platform/problem/problem-details';
import { AuditModule, type AuditEngines } from './audit.module.js';
import { AuditProblemFilter } from './http/audit-problem-filter.js';
import { problem } from './http/audit-problems.js';
import { serveOpenApi } from './http/openapi.js';
import { ReplayRunner } from './replay/replay-runner.js';

/** The auditors' API. */
export interface AuditServer {
  /** Resolves with its address: `http://127.0.0.1:3004`. */
  listen(host: string, port: number): Promise<string>;
  /** Gives up a replay that is running; then no connection is open any more. The engines stay the caller's own. */
  stop(): Promise<void>;
}

/** No request has a body that is read. */
const MAX_BODY_BYTES = 1_024;

/** The program with its routes, not yet listening. */
export async function createAuditServer(engines: AuditEngines): Promise<AuditServer> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    frameworkErrors: unreadableAddress,
  });
  measureRequests(adapter.getInstance(), engines.metrics ?? NO_METRICS, engines.clock);
  const app = await NestFactory.create<NestFastifyApplication>(
    AuditModule.register(engines),
    adapter,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes plain objects
    { logger: new NestLogger(engines.logger), abortOnError: false },
  );
  app.useGlobalFilters(new AuditProblemFilter(engines.logger));
  serveOpenApi(app);
  await app.init();
  return {
    listen: async (host, port) => {
      await app.listen({ host, port });
      return addressOf(app);
    },
    stop: async () => {
      await app.get(ReplayRunner).stop();
      await app.close();
    },
  };
}

/** An address that Fastify itself can't read never comes to a filter of Nest's. */
function unreadableAddress(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const details = problem('invalid-request', 'the address can not be read');
  void reply.status(details.status).type(PROBLEM_CONTENT_TYPE).send(JSON.stringify(details));
}

function addressOf(app: NestFastifyApplication): string {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no address');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
