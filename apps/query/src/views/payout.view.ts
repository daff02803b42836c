import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PROVIDER_NAMES } from '#domain/provider/provider-name';
import { READER_STATUSES, type PayoutRow } from '#read-models/payouts/row';
import type { TimelineRow } from '#read-models/payout-timeline/row';
import { PayoutLinks, payoutLinks } from './links.js';
import type { Plain } from './plain.js';

const DECIMAL = { type: String, example: '12.50' } as const;
const TIME = { type: String, format: 'date-time', example: '2026-01-31T09:30:00.000Z' } as const;

export class ParkedView {
  @ApiProperty({ type: String, example: 'not-final-in-time' }) readonly reason!: string;
  @ApiProperty({ type: String }) readonly detail!: string;
}

export class TimelineEntryView {
  @ApiProperty({ type: String, description: 'The event.', example: 'PayoutSubmitted' })
  readonly type!: string;
  @ApiProperty({ ...TIME, description: 'When it was recorded.' }) readonly at!: string;
  @ApiProperty({ type: String, description: 'Its place in the log.', example: '1042' })
  readonly position!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the event says, without personal data. Amounts are decimal text.',
    example: { attempt: 1, provider: 'goldenpay', reference: 'p0c1v8mmpzrlw4o2t5s0k9d3xq101' },
  })
  readonly summary!: Readonly<Record<string, unknown>>;
}

export class PayoutView {
  @ApiProperty({ type: String, format: 'uuid' }) readonly payoutId!: string;
  @ApiProperty({ type: String, example: 'acme-usd' }) readonly accountId!: string;
  @ApiProperty({ enum: PROVIDER_NAMES, enumName: 'Provider' }) readonly provider!: string;
  @ApiProperty({ ...DECIMAL, description: 'In major units, exact.' }) readonly amount!: string;
  @ApiProperty({ type: String, example: 'USD' }) readonly currency!: string;
  @ApiProperty({
    enum: READER_STATUSES,
    enumName: 'PayoutStatus',
    description: 'A succeeded or failed payout may still turn into the other one; see `reversedCount`.',
  })
  readonly status!: string;
  @ApiPropertyOptional({ type: ParkedView, description: 'A person has to look at it. Lies over the status.' })
  readonly parked?: ParkedView;
  @ApiProperty({ type: 'integer', minimum: 0, description: 'How often a final state turned.' })
  readonly reversedCount!: number;
  @ApiPropertyOptional({
    type: String,
    description: 'Why it was rejected, cancelled, failed, or is unknown.',
  })
  readonly reason?: string;
  @ApiPropertyOptional({ type: String, description: 'The reason of a rejection in words.' })
  readonly detail?: string;
  @ApiPropertyOptional({ type: String, description: "The provider's own last word." })
  readonly rawStatus?: string;
  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'The attempt that counts.' })
  readonly attempt?: number;
  @ApiPropertyOptional({ type: String, description: 'Our reference of that attempt at the provider.' })
  readonly reference?: string;
  @ApiPropertyOptional({ type: String, description: "The provider's number of the order." })
  readonly orderId?: string;
  @ApiPropertyOptional({ ...DECIMAL, description: 'What the beneficiary got, once succeeded.' })
  readonly paid?: string;
  @ApiPropertyOptional({
    ...DECIMAL,
    example: '0.25',
    description: 'What the provider charged, once succeeded.',
  })
  readonly fee?: string;
  @ApiProperty({ type: String, description: "The caller's id of the beneficiary, or a keyed hash." })
  readonly payeeId!: string;
  @ApiProperty({ enum: ['bank-account', 'phone-wallet', 'crypto-wallet', 'stored-method'] })
  readonly beneficiaryKind!: string;
  @ApiProperty({ type: String, description: 'Who asked for it.' }) readonly caller!: string;
  @ApiProperty({ type: String, description: 'The Idempotency-Key or command id.' })
  readonly commandId!: string;
  @ApiProperty(TIME) readonly requestedAt!: string;
  @ApiProperty(TIME) readonly updatedAt!: string;
  @ApiProperty({ type: String, description: 'Log position of its last event.', example: '1042' })
  readonly position!: string;
  @ApiProperty({ type: String, description: 'Revision of its last event in its own stream.', example: '3' })
  readonly revision!: string;
  @ApiProperty({ type: PayoutLinks }) readonly links!: PayoutLinks;
}

export class PayoutWithTimelineView extends PayoutView {
  @ApiProperty({
    type: [TimelineEntryView],
    description: 'In log order; events of the money on the account too.',
  })
  readonly timeline!: readonly TimelineEntryView[];
}

export class PayoutPageView {
  @ApiProperty({ type: [PayoutView], description: 'Newest first.' }) readonly items!: readonly PayoutView[];
  @ApiPropertyOptional({ type: String, description: 'Cursor of the next page; absent on the last.' })
  readonly next?: string;
}

export function payoutView(row: PayoutRow): Plain<PayoutView> {
  return {
    payoutId: row.payout_id,
    accountId: row.account_id,
    provider: row.provider,
    amount: row.amount,
    currency: row.currency,
    status: row.status,
    ...(row.parked_reason === null
      ? {}
      : { parked: { reason: row.parked_reason, detail: row.parked_detail ?? '' } }),
    reversedCount: row.reversed_count,
    ...present({ reason: row.reason, detail: row.detail, rawStatus: row.raw_status }),
    ...(row.attempt === null ? {} : { attempt: row.attempt }),
    ...present({ reference: row.reference, orderId: row.order_id, paid: row.paid, fee: row.fee }),
    payeeId: row.payee_id,
    beneficiaryKind: row.beneficiary_kind,
    caller: row.caller,
    commandId: row.command_id,
    requestedAt: row.requested_at,
    updatedAt: row.updated_at,
    position: row.position,
    revision: row.revision,
    links: payoutLinks(row.payout_id, row.account_id),
  };
}

export function timelineEntry({ type, at, position, summary }: TimelineRow): Plain<TimelineEntryView> {
  return { type, at, position, summary: JSON.parse(summary) as Record<string, unknown> };
}

/** Only what there is: an absent field says the same as null, and is no second way to say it. */
function present<K extends string>(fields: Readonly<Record<K, string | null>>): Partial<Record<K, string>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Partial<
    Record<K, string>
  >;
}
