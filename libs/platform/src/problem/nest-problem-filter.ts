import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from '../logging/logger.js';
import { OutageError } from '../outage/outage-error.js';
import {
  COMMON_PROBLEMS,
  PROBLEM_CONTENT_TYPE,
  problemsOf,
  type CommonProblemCode,
  type FieldProblem,
} from './problem-details.js';

const problem = problemsOf(COMMON_PROBLEMS);
const CODES = new Map<number, CommonProblemCode>(
  Object.entries(COMMON_PROBLEMS).map(([code, { status }]) => [status, code as CommonProblemCode]),
);

/** Nest's own exceptions, and ours in Nest's form, as problem details. What isn't one of them is our failure. */
@Catch()
export class NestProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const details = this.read(error);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (details.code === 'not-ready') void reply.header('retry-after', '2');
    await reply
      .status(details.status)
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(details));
  }

  private read(error: unknown) {
    if (error instanceof OutageError) {
      // Readiness and one line of the engine's own say what is missing; a line for each request would bury them.
      this.logger.debug('a request could not be served', { error });
      return problem('not-ready', 'it can not be done now: send the same again soon');
    }
    const status = statusOf(error);
    if (status === undefined || status >= 500) {
      this.logger.error('a request failed', { error });
      return problem('internal-error', 'it is our failure and was recorded; send the same request again');
    }
    const code = CODES.get(status) ?? 'invalid-request';
    const errors = error instanceof HttpException ? fieldsOf(error.getResponse()) : undefined;
    const detail =
      errors !== undefined ? 'see errors' : error instanceof Error ? error.message : 'it can not be read';
    return { ...problem(code, detail, errors === undefined ? {} : { errors }), status };
  }
}

/** Nest's exceptions know their status; Fastify's errors carry it as `statusCode`. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number')
    return error.statusCode;
  return undefined;
}

/** An exception that was made of a list has it as its response's `message`. */
function fieldsOf(response: unknown): readonly FieldProblem[] | undefined {
  const list =
    typeof response === 'object' && response !== null && 'message' in response ? response.message : undefined;
  return Array.isArray(list) && list.every(isFieldProblem) ? list : undefined;
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === 'object' && value !== null && 'field' in value && 'message' in value;
}
