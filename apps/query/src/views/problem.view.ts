import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class FieldProblemView {
  @ApiProperty({ type: String, description: 'The field, parameter or header.', example: 'amount' })
  readonly field!: string;
  @ApiProperty({ type: String, example: 'USD has 2 decimals, the amount has more' })
  readonly message!: string;
}

/** RFC 9457. */
export class ProblemView {
  @ApiProperty({ type: String, format: 'uri-reference', example: '/problems/invalid-request' })
  readonly type!: string;
  @ApiProperty({ type: String, example: 'The request is not valid' }) readonly title!: string;
  @ApiProperty({ type: 'integer', example: 400 }) readonly status!: number;
  @ApiProperty({ type: String, description: 'What is wrong this time, and what to do about it.' })
  readonly detail!: string;
  @ApiProperty({ type: String, description: 'Stable: programs may rely on it.', example: 'invalid-request' })
  readonly code!: string;
  @ApiPropertyOptional({
    type: [FieldProblemView],
    description: 'Everything that is wrong with the request.',
  })
  readonly errors?: readonly FieldProblemView[];
  @ApiPropertyOptional({ type: String, format: 'uuid' }) readonly payoutId?: string;
  @ApiPropertyOptional({ type: String }) readonly accountId?: string;
  @ApiPropertyOptional({ type: String, description: 'Log position.' }) readonly position?: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } })
  readonly links?: Readonly<Record<string, string>>;
}
