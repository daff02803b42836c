import { HttpException } from '@nestjs/common';
import { COMMON_PROBLEMS, problemsOf, type ProblemDetails } from '#platform/problem/problem-details';

/** What the auditors' API answers where it has no answer. */
export const AUDIT_PROBLEMS = {
  ...COMMON_PROBLEMS,
  'after-the-end': { status: 404, title: 'The log has not come that far' },
  'not-opened-by-then': { status: 404, title: 'The account did not exist then' },
  'replay-running': { status: 409, title: 'A replay is running' },
  'unreadable-log': { status: 500, title: 'The log holds what can not be read' },
  'log-unavailable': { status: 503, title: 'The log does not answer' },
} as const;

export type AuditProblemCode = keyof typeof AUDIT_PROBLEMS;

export const problem = problemsOf(AUDIT_PROBLEMS);

/** Where in the log the matter lies: an extension member of RFC 9457. */
export interface AuditExtensions {
  readonly position?: string;
}

/** Ends a request with problem details. */
export class AuditProblem extends HttpException {
  readonly details: ProblemDetails & AuditExtensions;

  constructor(
    code: AuditProblemCode,
    detail: string,
    { errors, ...extensions }: AuditExtensions & Pick<ProblemDetails, 'errors'> = {},
  ) {
    const details = { ...problem(code, detail, errors === undefined ? {} : { errors }), ...extensions };
    super(details, details.status);
    this.details = details;
  }
}

/** An id or a parameter that isn't of its form. */
export function wrongField(field: string, message: string): AuditProblem {
  const errors = [{ field, message }];
  return new AuditProblem('invalid-request', 'correct what `errors` names, then send it again', { errors });
}
