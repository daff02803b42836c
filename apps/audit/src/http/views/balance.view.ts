import { ApiProperty } from '@nestjs/swagger';
import { BOOKS } from '#domain/postings/postings';

const AMOUNT = { type: String, description: 'Decimal text in major units.', example: '961.75' } as const;

export class BalanceAsOfView {
  @ApiProperty({ type: String, description: 'Of the last event that counted.', example: '1042' })
  readonly position!: string;
  @ApiProperty({ type: String, example: '3' }) readonly revision!: string;
  @ApiProperty({ type: String, format: 'date-time' }) readonly recordedAt!: string;
}

export class OpenReservationView {
  @ApiProperty({ type: String, format: 'uuid' }) readonly payoutId!: string;
  @ApiProperty(AMOUNT) readonly amount!: string;
}

export class DoubleEntryView {
  @ApiProperty(AMOUNT) readonly debits!: string;
  @ApiProperty(AMOUNT) readonly credits!: string;
  @ApiProperty({ ...AMOUNT, description: 'Zero, or the books lie.', example: '0.00' })
  readonly sumOfBooks!: string;
  @ApiProperty({ ...AMOUNT, description: 'Of the open reservations; the book `reserved`, or the books lie.' })
  readonly reservations!: string;
  @ApiProperty({ type: Boolean }) readonly balanced!: boolean;
}

export class BalanceView {
  @ApiProperty({ type: String, example: 'acme-usd' }) readonly accountId!: string;
  @ApiProperty({ type: String, example: 'USD' }) readonly currency!: string;
  @ApiProperty({ type: String, enum: ['open', 'closed'] }) readonly status!: 'open' | 'closed';
  @ApiProperty({ type: BalanceAsOfView }) readonly asOf!: BalanceAsOfView;
  @ApiProperty({ type: 'integer', description: 'Events of the account that counted.' })
  readonly events!: number;
  @ApiProperty({
    type: 'object',
    properties: Object.fromEntries(BOOKS.map((book) => [book, { type: 'string' }])),
    required: [...BOOKS],
    description: 'Credits less debits of each book.',
  })
  readonly balances!: Readonly<Record<string, string>>;
  @ApiProperty({ type: [OpenReservationView] }) readonly openReservations!: readonly OpenReservationView[];
  @ApiProperty({ type: DoubleEntryView }) readonly check!: DoubleEntryView;
}
