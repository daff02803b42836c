import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from '../logging/logger.js';
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
    await reply
      .status(details.status)
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(details));
  }

  private read(error: unknown) {
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
