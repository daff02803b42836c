/** One field of a request that is wrong: `field` is a path in the request's own terms. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Problem details of RFC 9457 (`application/problem+json`), with a code that programs can rely on. */
export interface ProblemDetails<Code extends string = string> {
  /** A URI reference that names the kind of problem: `/problems/<code>`. */
  readonly type: string;
  readonly title: string;
  /** The HTTP status, again in the body. */
  readonly status: number;
  /** What is wrong this time, and what to do about it. Never personal data. */
  readonly detail: string;
  readonly instance?: string;
  readonly code: Code;
  readonly errors?: readonly FieldProblem[];
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** What any HTTP program of ours can answer; each adds its own codes to it. */
export const COMMON_PROBLEMS = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'The caller is not known' },
  forbidden: { status: 403, title: 'The caller may not do this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'The present state does not allow this' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The content type is not supported' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'The service failed' },
  'not-ready': { status: 503, title: 'The service is not ready' },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type CommonProblemCode = keyof typeof COMMON_PROBLEMS;

export interface ProblemOptions {
  readonly instance?: string;
  readonly errors?: readonly FieldProblem[];
}

/** Makes the problems of a list of kinds: `const problem = problemsOf({ ...COMMON_PROBLEMS, mine: … })`. */
export function problemsOf<Code extends string>(
  kinds: Readonly<Record<Code, ProblemKind>>,
): (code: Code, detail: string, options?: ProblemOptions) => ProblemDetails<Code> {
  return (code, detail, options = {}) => ({
    type: `/problems/${code}`,
    title: kinds[code].title,
    status: kinds[code].status,
    detail,
    code,
    ...options,
  });
}
