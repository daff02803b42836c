import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Logger } from '#platform/logging/logger';
import { OutageError } from '#platform/outage/outage-error';
import { PROBLEM_CONTENT_TYPE, type ProblemDetails } from '#platform/problem/problem-details';
import { problem, ProblemException } from './problems.js';

/** Seconds: engines are away for some, or for long. */
const RETRY = { 'retry-after': '2' };

/** Every error leaves as problem details, those of Nest and Fastify as well. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { details, headers } = this.read(error);
    await reply
      .status(details.status)
      .headers(headers)
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(details));
  }

  private read(error: unknown): Pick<ProblemException, 'details' | 'headers'> {
    if (error instanceof ProblemException) return error;
    const details = error instanceof HttpException ? frameworkProblem(error.getStatus()) : undefined;
    if (details !== undefined) return { details, headers: {} };
    if (error instanceof OutageError) {
      // Readiness and one line of the engine's own say what is missing; a line for each request would bury them.
      this.logger.debug('a request could not be answered', { error });
      return {
        details: problem('not-ready', 'the tables can not be read now: send the same again soon'),
        headers: RETRY,
      };
    }
    this.logger.error('a request failed', { error });
    return {
      details: problem('internal-error', 'it is our failure and was recorded; send the same request again'),
      headers: {},
    };
  }
}

/** What Nest or Fastify found before any code of ours saw the request. Their texts quote it, and are left out. */
export function frameworkProblem(status: number): ProblemDetails | undefined {
  switch (status) {
    case 400:
      return problem('invalid-request', 'the request could not be read as HTTP of this service');
    case 404:
      return problem('not-found', 'nothing is at this address for this method; see /openapi.json');
    case 413:
      return problem('body-too-large', 'send at most 64 KiB');
    case 415:
      return problem('unsupported-media-type', 'send content-type: application/json');
    default:
      return undefined;
  }
}
