import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AccountLinks, InstructionLinks, PayoutLinks } from './links.js';

const POSITION = {
  type: String,
  description:
    'Where the fact lies in the log: give it to a read as `minPosition`. Absent while queued or held.',
  example: '1042',
} as const;
const LATER =
  '`queued`: the command is durable on the bus and its answer was not there in time. `held`: it is kept and waits for an operator. Either way it is not lost; look at the link, or send it again with the same Idempotency-Key.';

export class PayoutCommandView {
  @ApiProperty({ type: String, format: 'uuid', example: '3f2b8c1e-5a5d-5b0e-9c55-2f0f6a1f9f10' })
  readonly payoutId!: string;
  @ApiProperty({ enum: ['requested', 'cancelled', 'queued', 'held'], description: LATER })
  readonly status!: string;
  @ApiPropertyOptional(POSITION) readonly position?: string;
  @ApiProperty({ type: PayoutLinks }) readonly links!: PayoutLinks;
}

export class AccountCommandView {
  @ApiProperty({ type: String, example: 'acme-usd' }) readonly accountId!: string;
  @ApiProperty({ enum: ['opened', 'queued', 'held'], description: LATER }) readonly status!: string;
  @ApiPropertyOptional(POSITION) readonly position?: string;
  @ApiProperty({ type: AccountLinks }) readonly links!: AccountLinks;
}

export class InstructionCommandView {
  @ApiProperty({ type: String, format: 'uuid' }) readonly instructionId!: string;
  @ApiProperty({ type: String, example: 'acme-usd' }) readonly accountId!: string;
  @ApiProperty({ enum: ['given', 'queued', 'held'], description: LATER }) readonly status!: string;
  @ApiPropertyOptional(POSITION) readonly position?: string;
  @ApiProperty({ type: InstructionLinks }) readonly links!: InstructionLinks;
}
