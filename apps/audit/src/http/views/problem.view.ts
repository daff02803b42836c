import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { PROBLEM_CONTENT_TYPE } from '#platform/problem/problem-details';
import { AUDIT_PROBLEMS, type AuditProblemCode } from '../audit-problems.js';

export class FieldProblemView {
  @ApiProperty({ type: String, description: 'The parameter.', example: 'asOf' }) readonly field!: string;
  @ApiProperty({ type: String }) readonly message!: string;
}

/** RFC 9457. */
export class ProblemView {
  @ApiProperty({ type: String, format: 'uri-reference', example: '/problems/not-found' })
  readonly type!: string;
  @ApiProperty({ type: String }) readonly title!: string;
  @ApiProperty({ type: 'integer', example: 404 }) readonly status!: number;
  @ApiProperty({ type: String, description: 'What is wrong this time, and what to do about it.' })
  readonly detail!: string;
  @ApiProperty({ type: String, description: 'Stable: programs may rely on it.', example: 'not-found' })
  readonly code!: string;
  @ApiPropertyOptional({ type: [FieldProblemView] }) readonly errors?: readonly FieldProblemView[];
  @ApiPropertyOptional({ type: String, description: 'Log position.' }) readonly position?: string;
}

/** A problem that the route can answer, with an example for each value of `code`. */
export function Problem(codes: readonly [AuditProblemCode, ...AuditProblemCode[]], note = '') {
  const { status } = AUDIT_PROBLEMS[codes[0]];
  const names = codes.map((code) => `\`${code}\``).join(', ');
  const example = (code: AuditProblemCode): object => ({
    type: `/problems/${code}`,
    ...AUDIT_PROBLEMS[code],
    detail: 'What to do about it.',
    code,
  });
  return applyDecorators(
    ApiExtraModels(ProblemView),
    ApiResponse({
      status,
      description: note === '' ? names : `${names}: ${note}`,
      content: {
        [PROBLEM_CONTENT_TYPE]: {
          schema: { $ref: getSchemaPath(ProblemView) },
          examples: Object.fromEntries(codes.map((code) => [code, { value: example(code) }])),
        },
      },
    }),
  );
}

/** What every route under /v1 has. */
export function ApiOfAuditors() {
  return applyDecorators(
    ApiBearerAuth(),
    Problem(['unauthenticated']),
    Problem(['unreadable-log', 'internal-error'], '`position` says where the log can not be read.'),
    Problem(['log-unavailable']),
  );
}
