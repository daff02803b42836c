import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const POSITION = { type: String, description: 'Place in the log.', example: '1042' } as const;
const REVISION = { type: String, description: 'Place in its stream, from 0.', example: '3' } as const;
const TIME = { type: String, format: 'date-time' } as const;

export class EventCallerView {
  @ApiProperty({ type: String, example: 'payroll' }) readonly subject!: string;
  @ApiProperty({ type: String, description: 'Who vouches for the subject.' }) readonly issuer!: string;
  @ApiProperty({ type: String, example: 'bearer' }) readonly authenticatedBy!: string;
}

export class EventCauseView {
  @ApiProperty(POSITION) readonly position!: string;
  @ApiProperty({ type: String, example: 'payout-406efd93-a696-50db-9313-a36930b42be6' })
  readonly stream!: string;
  @ApiProperty(REVISION) readonly revision!: string;
}

export class StoredEvidenceView {
  @ApiProperty(POSITION) readonly position!: string;
  @ApiProperty({ type: String, example: 'answer' }) readonly what!: string;
  @ApiProperty(TIME) readonly storedAt!: string;
}

export class EvidenceView {
  @ApiProperty({ type: String, description: 'Hash of the sealed bytes.' }) readonly hash!: string;
  @ApiPropertyOptional({
    type: StoredEvidenceView,
    description: 'Missing when the log names evidence that it does not have.',
  })
  readonly stored?: StoredEvidenceView;
}

export class TimelineEntryView {
  @ApiProperty(POSITION) readonly position!: string;
  @ApiProperty({ type: String }) readonly stream!: string;
  @ApiProperty(REVISION) readonly revision!: string;
  @ApiProperty({ type: String, format: 'uuid' }) readonly eventId!: string;
  @ApiProperty({ type: String, example: 'PayoutSubmitted' }) readonly type!: string;
  @ApiProperty({ type: 'integer', description: 'Of the stored form.' }) readonly version!: number;
  @ApiProperty(TIME) readonly recordedAt!: string;
  @ApiPropertyOptional({ type: String, description: "The provider's own time, as it gave it." })
  readonly providerTime?: string;
  @ApiProperty({ type: EventCallerView }) readonly caller!: EventCallerView;
  @ApiPropertyOptional({ type: String }) readonly commandId?: string;
  @ApiProperty({ type: String }) readonly causationId!: string;
  @ApiProperty({ type: String }) readonly correlationId!: string;
  @ApiPropertyOptional({ type: EventCauseView, description: 'Of an account event: what it carries out.' })
  readonly cause?: EventCauseView;
  @ApiPropertyOptional({ type: EvidenceView }) readonly evidence?: EvidenceView;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'As it is stored; personal data is sealed.',
  })
  readonly data!: object;
}

export class TimelineView {
  @ApiProperty({ type: String, format: 'uuid' }) readonly payoutId!: string;
  @ApiProperty({ type: String }) readonly accountId!: string;
  @ApiProperty({ type: String, example: 'succeeded' }) readonly status!: string;
  @ApiPropertyOptional({ type: String, description: 'Why it waits for a person.' }) readonly parked?: string;
  @ApiProperty({ type: [TimelineEntryView], description: 'In the order of the log.' })
  readonly events!: readonly TimelineEntryView[];
}
