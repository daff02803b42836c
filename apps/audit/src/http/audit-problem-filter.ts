import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from '#platform/logging/logger';
import { OutageError } from '#platform/outage/outage-error';
import { PROBLEM_CONTENT_TYPE, type ProblemDetails } from '#platform/problem/problem-details';
import { NotOpenedByThenError, PositionAfterEndError, UnknownAccountError } from '../balance/errors.js';
import { UnreadableLogError } from '../log/unreadable-log-error.js';
import { UnknownPayoutError } from '../timeline/unknown-payout-error.js';
import { AuditProblem, problem } from './audit-problems.js';

/** Every error leaves as problem details, those of Nest and Fastify as well. */
@Catch()
export class AuditProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const details = this.read(error);
    if (details.status === 401) void reply.header('www-authenticate', 'Bearer realm="payout-ledger audit"');
    await reply
      .status(details.status)
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(details));
  }

  private read(error: unknown): ProblemDetails {
    const expected = expectedProblem(error);
    if (expected !== undefined) return expected.details;
    if (error instanceof UnreadableLogError) {
      this.logger.alarm('log-unreadable', { error });
      return new AuditProblem('unreadable-log', error.message, { position: error.position }).details;
    }
    const status = statusOf(error);
    if (status === 400)
      return problem('invalid-request', 'the request could not be read as HTTP of this service');
    if (status === 404)
      return problem('not-found', 'nothing is at this address for this method; see /openapi.json');
    if (status === 413) return problem('body-too-large', 'no request of this service has a body');
    if (status === 415) return problem('unsupported-media-type', 'no request of this service has a body');
    this.logger.error('a request failed', { error });
    return problem('internal-error', 'it is our failure and was recorded; send the same request again');
  }
}

function expectedProblem(error: unknown): AuditProblem | undefined {
  if (error instanceof AuditProblem) return error;
  if (error instanceof UnknownPayoutError || error instanceof UnknownAccountError)
    return new AuditProblem('not-found', error.message);
  if (error instanceof NotOpenedByThenError) return new AuditProblem('not-opened-by-then', error.message);
  if (error instanceof PositionAfterEndError) return new AuditProblem('after-the-end', error.message);
  if (error instanceof OutageError)
    return new AuditProblem(
      'log-unavailable',
      'the event store does not answer this service now: ask again soon',
    );
  return undefined;
}

/** Nest's exceptions know their status; Fastify's errors carry it as `statusCode`. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number')
    return error.statusCode;
  return undefined;
}
