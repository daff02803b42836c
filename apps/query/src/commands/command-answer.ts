import type { Reply } from '#messaging/contracts/replies.v1';
import type { ProblemDetails } from '#platform/problem/problem-details';
import {
  invalidRequest,
  ProblemException,
  REFUSED_TITLE,
  REJECTED_TITLE,
  type ProblemExtensions,
} from '../problem/problems.js';
import type { GatewayAnswer } from './command-gateway.js';

/** What became of a command that wasn't refused. */
export type CommandOutcome =
  | { readonly kind: 'durable'; readonly position: string | undefined; readonly reply: Reply }
  /** On the bus; the answer follows in the tables. */
  | { readonly kind: 'queued' | 'held' };

/** Refusals that aren't a conflict with the present state. */
const STATUS_OF_REFUSAL: Readonly<Record<string, number>> = {
  'unknown-payout': 404,
  'unknown-account': 404,
  'account-currency-differs': 422,
};

/** Throws a `ProblemException` when the ledger rejected or refused it; `where` says where to look further. */
export function outcomeOf(answer: GatewayAnswer, where: ProblemExtensions): CommandOutcome {
  if (answer.kind === 'queued') return { kind: 'queued' };
  const { reply } = answer;
  switch (reply.outcome) {
    case 'accepted':
      return { kind: 'durable', position: reply.position, reply };
    case 'held':
      return { kind: 'held' };
    case 'rejected':
      throw refusal(reply, 422, REJECTED_TITLE, where);
    case 'refused':
      // The ledger found what the check here had let through: its words name the field.
      if (reply.reason === 'invalid-field') throw invalidRequest([fieldProblem(reply.message ?? '')]);
      throw refusal(reply, STATUS_OF_REFUSAL[reply.reason ?? ''] ?? 409, REFUSED_TITLE, where);
  }
}

function refusal(reply: Reply, status: number, title: string, where: ProblemExtensions): ProblemException {
  const code = reply.reason ?? 'conflict';
  const details: ProblemDetails & ProblemExtensions = {
    type: `/problems/${code}`,
    title,
    status,
    detail: reply.message ?? code,
    code,
    ...where,
    ...(reply.position === undefined ? {} : { position: reply.position }),
  };
  return new ProblemException(
    details,
    reply.position === undefined ? {} : { 'ledger-position': reply.position },
  );
}

function fieldProblem(message: string): { readonly field: string; readonly message: string } {
  // A command's fields lie in its `data`, those of a body at its top.
  const [, field = 'body', rest = message] = /^(?:data\.)?([A-Za-z.]+): (.*)$/s.exec(message) ?? [];
  return { field, message: rest };
}
