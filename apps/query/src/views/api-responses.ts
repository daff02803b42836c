import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiHeader,
  ApiQuery,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { PROBLEM_CONTENT_TYPE } from '#platform/problem/problem-details';
import { QUERY_PROBLEMS, REFUSED_TITLE, REJECTED_TITLE } from '../problem/problems.js';
import { ProblemView } from './problem.view.js';

const LEDGER_POSITION = {
  'Ledger-Position': {
    description: 'Log position up to which the answer is complete, or at which the fact lies.',
    schema: { type: 'string' as const, example: '1042' },
  },
};

const LOCATION = {
  Location: { description: 'Where to look further.', schema: { type: 'string' as const } },
};

type Answer = new () => object;

/** An answer in JSON, with its `Ledger-Position`. */
export function Answers(status: number, type: Answer, description: string) {
  const named = description.includes('`Location`');
  return ApiResponse({
    status,
    type,
    description,
    headers: { ...LEDGER_POSITION, ...(named ? LOCATION : {}) },
  });
}

/** A problem that the route can answer, with an example for each value of `code`. */
export function Problem(status: number, codes: readonly string[], note = '') {
  const names = codes.map((code) => `\`${code}\``).join(', ');
  return applyDecorators(
    ApiExtraModels(ProblemView),
    ApiResponse({
      status,
      description: note === '' ? names : `${names}: ${note}`,
      content: {
        [PROBLEM_CONTENT_TYPE]: {
          schema: { $ref: getSchemaPath(ProblemView) },
          examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(status, code) }])),
        },
      },
    }),
  );
}

function exampleOf(status: number, code: string): object {
  const known = Object.hasOwn(QUERY_PROBLEMS, code)
    ? QUERY_PROBLEMS[code as keyof typeof QUERY_PROBLEMS]
    : undefined;
  const title = known?.title ?? (status === 422 ? REJECTED_TITLE : REFUSED_TITLE);
  const errors = [{ field: 'amount', message: 'USD has 2 decimals, the amount has more' }];
  const problem = { type: `/problems/${code}`, title, status, detail: 'What to do about it.', code };
  return code === 'invalid-request' ? { ...problem, errors } : problem;
}

/** What every route under /v1 has. */
export function ApiOfCallers() {
  return applyDecorators(
    ApiBearerAuth(),
    Problem(401, ['unauthenticated']),
    Problem(500, ['internal-error']),
  );
}

/** What every route has that takes a command. */
export function TakesCommand() {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description:
        'Your id of this command: 1 to 128 printable ASCII characters without spaces. The same key with the same body gets the first answer again, for ever.',
      schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$' },
      example: 'order-2026-000017',
    }),
    Problem(400, ['malformed-json', 'invalid-request'], 'nothing was sent to the ledger.'),
    Problem(413, ['body-too-large']),
    Problem(415, ['unsupported-media-type']),
    Problem(429, ['too-many-waiting'], 'nothing was sent to the ledger.'),
    Problem(503, ['bus-unavailable'], 'whether it was taken is unknown; the same again is safe.'),
  );
}

/** What every route has that reads the tables. */
export function ReadsTables() {
  return applyDecorators(
    ApiQuery({
      name: 'minPosition',
      required: false,
      description:
        'Wait until the tables have come to this log position, as given by the answer to a command.',
      schema: { type: 'string', example: '1042' },
    }),
    Problem(400, ['invalid-request']),
    Problem(429, ['too-many-waiting']),
    Problem(
      503,
      ['read-model-behind', 'not-ready'],
      '`minPosition` was not reached in time, or the tables can not be read now.',
    ),
  );
}
