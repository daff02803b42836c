import { COMMON_PROBLEMS, problemsOf, type ProblemDetails } from '#platform/problem/problem-details';

/** What this program can answer besides the reasons of rejections and refusals, which come from the ledger. */
export const QUERY_PROBLEMS = {
  ...COMMON_PROBLEMS,
  'bus-unavailable': { status: 503, title: 'The command could not be handed over' },
  'read-model-behind': { status: 503, title: 'The tables have not come that far yet' },
  'too-many-waiting': { status: 429, title: 'Too many requests are waiting for an answer' },
} as const;

/** Titles of what the ledger itself answered; its reason is the code. */
export const REJECTED_TITLE = 'The payout was rejected';
export const REFUSED_TITLE = 'The command was refused';

export const problem = problemsOf(QUERY_PROBLEMS);

/** Where to look further, and what the ledger knows of the matter: extension members of RFC 9457. */
export interface ProblemExtensions {
  readonly payoutId?: string;
  readonly accountId?: string;
  readonly position?: string;
  readonly links?: Readonly<Record<string, string>>;
}

/** Ends a request with problem details. */
export class ProblemException extends Error {
  override readonly name = 'ProblemException';

  constructor(
    readonly details: ProblemDetails & ProblemExtensions,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(details.detail);
  }
}

/** A request whose parts are wrong; every part is named. */
export function invalidRequest(errors: NonNullable<ProblemDetails['errors']>): ProblemException {
  return new ProblemException(
    problem('invalid-request', 'correct what `errors` names, then send it again', { errors }),
  );
}

export function notFound(detail: string): ProblemException {
  return new ProblemException(problem('not-found', detail));
}
