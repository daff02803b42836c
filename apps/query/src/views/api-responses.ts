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
import { ProblemView } from './problem.view.js';

const LEDGER_POSITION = {
  'Ledger-Position': {
    description: 'Log position up to which the answer is complete, or at which the fact lies.',
    schema: { type: 'string' as const, example: '1042' },
  },
};

type Answer = new () => object;

/** An answer in JSON, with its `Ledger-Position`. */
export function Answers(status: number, type: Answer, description: string) {
  return ApiResponse({ status, type, description, headers: LEDGER_POSITION });
}

/** A problem that the route can answer; `codes` are the values of `code`. */
export function Problem(status: number, codes: string) {
  return applyDecorators(
    ApiExtraModels(ProblemView),
    ApiResponse({
      status,
      description: codes,
      content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: getSchemaPath(ProblemView) } } },
    }),
  );
}

/** What every route under /v1 has. */
export function ApiOfCallers() {
  return applyDecorators(
    ApiBearerAuth(),
    Problem(401, '`unauthenticated`'),
    Problem(500, '`internal-error`'),
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
    Problem(400, '`malformed-json`, `invalid-request`: nothing was sent to the ledger.'),
    Problem(413, '`body-too-large`'),
    Problem(415, '`unsupported-media-type`'),
    Problem(429, '`too-many-waiting`: nothing was sent to the ledger.'),
    Problem(503, '`bus-unavailable`'),
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
    Problem(400, '`invalid-request`'),
    Problem(429, '`too-many-waiting`'),
    Problem(503, '`read-model-behind`'),
  );
}
