import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NestLogger } from '#platform/logging/nest-logger';
import {
  COMMON_PROBLEMS,
  PROBLEM_CONTENT_TYPE,
  problemsOf,
  type CommonProblemCode,
} from '#platform/problem/problem-details';
import { CallbackModule, type CallbackEngines } from './callback.module.js';

/** No vendor's callback comes near it. */
const MAX_BODY_BYTES = 64 * 1024;

const problem = problemsOf(COMMON_PROBLEMS);

/** The HTTP program for callbacks, not yet listening. Bodies stay raw bytes, whatever they are. */
export async function createCallbackServer(engines: CallbackEngines): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: 'idle', allowErrorHandlerOverride: true });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes plain objects
  const app = await NestFactory.create<NestFastifyApplication>(CallbackModule.register(engines), adapter, {
    logger: new NestLogger(engines.logger),
    bodyParser: false,
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  fastify.setErrorHandler(
    (error: { readonly statusCode?: number }, _request: FastifyRequest, reply: FastifyReply) => {
      const code = codeOf(error.statusCode ?? 500);
      if (code === 'internal-error') engines.logger.alarm('callback-failed', { error });
      const detail = DETAILS[code] ?? 'try again later';
      return reply
        .status(COMMON_PROBLEMS[code].status)
        .type(PROBLEM_CONTENT_TYPE)
        .send(JSON.stringify(problem(code, detail)));
    },
  );
  return app;
}

const DETAILS: Readonly<Partial<Record<CommonProblemCode, string>>> = {
  'body-too-large': `a callback has at most ${MAX_BODY_BYTES} bytes`,
  'unsupported-media-type': 'send application/json',
  'invalid-request': 'the request can not be read',
  'not-found': 'no provider calls back here',
};

function codeOf(status: number): CommonProblemCode {
  switch (status) {
    case 413:
      return 'body-too-large';
    case 415:
      return 'unsupported-media-type';
    case 404:
      return 'not-found';
    default:
      return status >= 400 && status < 500 ? 'invalid-request' : 'internal-error';
  }
}
