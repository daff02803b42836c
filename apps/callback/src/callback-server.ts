import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NestLogger } from '#platform/logging/nest-logger';
import { NestProblemFilter } from '#platform/problem/nest-problem-filter';
import { COMMON_PROBLEMS, PROBLEM_CONTENT_TYPE, problemsOf } from '#platform/problem/problem-details';
import { CallbackModule, type CallbackEngines } from './callback.module.js';

/** No vendor's callback comes near it. */
const MAX_BODY_BYTES = 64 * 1024;

/** The HTTP program for callbacks, not yet listening. Bodies stay raw bytes, whatever they are. */
export async function createCallbackServer(engines: CallbackEngines): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    frameworkErrors: unreadableAddress,
  });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes plain objects
  const app = await NestFactory.create<NestFastifyApplication>(CallbackModule.register(engines), adapter, {
    logger: new NestLogger(engines.logger),
    bodyParser: false,
  });
  app.useGlobalFilters(new NestProblemFilter(engines.logger));
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  return app;
}

const problem = problemsOf(COMMON_PROBLEMS);

/** An address that Fastify itself can't read never comes to a filter of Nest's. */
function unreadableAddress(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const details = problem('not-found', 'no provider calls back here');
  void reply.status(details.status).type(PROBLEM_CONTENT_TYPE).send(JSON.stringify(details));
}
