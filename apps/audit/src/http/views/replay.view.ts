import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';

const COUNT = { type: 'integer' } as const;
const AMOUNT = { type: String, description: 'Decimal text in major units, over all accounts.' } as const;
const TIME = { type: String, format: 'date-time' } as const;

export class ReplayedLogView {
  @ApiProperty(COUNT) readonly events!: number;
  @ApiProperty({ type: String, nullable: true, example: '1042' }) readonly lastPosition!: string | null;
}

export class ReplayedPayoutsView {
  @ApiProperty(COUNT) readonly total!: number;
  @ApiProperty({ type: 'object', additionalProperties: COUNT })
  readonly byStatus!: Readonly<Record<string, number>>;
  @ApiProperty(COUNT) readonly parked!: number;
  @ApiProperty({ ...COUNT, description: 'That turned at least once.' }) readonly reversed!: number;
}

export class ReplayedAccountsView {
  @ApiProperty(COUNT) readonly total!: number;
  @ApiProperty(COUNT) readonly closed!: number;
}

export class ReplayedCurrencyView {
  @ApiProperty({ type: String, example: 'USD' }) readonly currency!: string;
  @ApiProperty(AMOUNT) readonly debits!: string;
  @ApiProperty(AMOUNT) readonly credits!: string;
  @ApiProperty(AMOUNT) readonly reserved!: string;
  @ApiProperty(AMOUNT) readonly openReservations!: string;
  @ApiProperty({ type: Boolean }) readonly balanced!: boolean;
}

export class ComparedModelView {
  @ApiProperty({ type: String, example: 'payouts' }) readonly model!: string;
  @ApiProperty({ type: String, nullable: true, description: 'It was compared with the log up to here.' })
  readonly checkpoint!: string | null;
  @ApiProperty({ ...COUNT, description: 'Events of the log that it has not seen yet.' })
  readonly eventsBehind!: number;
  @ApiProperty(COUNT) readonly rows!: number;
  @ApiProperty(COUNT) readonly differences!: number;
}

export class ReplayReportView {
  @ApiProperty({ type: ReplayedLogView }) readonly log!: ReplayedLogView;
  @ApiProperty(COUNT) readonly milliseconds!: number;
  @ApiProperty(COUNT) readonly eventsPerSecond!: number;
  @ApiProperty({ type: ReplayedPayoutsView }) readonly payouts!: ReplayedPayoutsView;
  @ApiProperty({ type: ReplayedAccountsView }) readonly accounts!: ReplayedAccountsView;
  @ApiProperty(COUNT) readonly postings!: number;
  @ApiProperty({ type: [ReplayedCurrencyView] }) readonly currencies!: readonly ReplayedCurrencyView[];
  @ApiProperty({ type: [String], description: 'Accounts whose books do not balance.' })
  readonly brokenAccounts!: readonly string[];
  @ApiProperty({ type: [ComparedModelView], nullable: true })
  readonly readModels!: readonly ComparedModelView[] | null;
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'Each row or column of a table that is not what the log makes of it.',
  })
  readonly differences!: readonly object[];
  @ApiProperty({
    type: Boolean,
    description: 'The books balance, and the tables are what the log makes of them.',
  })
  readonly equal!: boolean;
}

/** Nobody has asked for a replay since this service started. */
export class NoReplayView {
  @ApiProperty({ type: String, enum: ['none'] }) readonly status!: 'none';
}

export class RunningReplayView {
  @ApiProperty({ type: String, enum: ['running'] }) readonly status!: 'running';
  @ApiProperty(TIME) readonly startedAt!: string;
  @ApiProperty({ ...COUNT, description: 'Read so far.' }) readonly events!: number;
}

export class DoneReplayView {
  @ApiProperty({ type: String, enum: ['done'] }) readonly status!: 'done';
  @ApiProperty(TIME) readonly startedAt!: string;
  @ApiProperty(TIME) readonly endedAt!: string;
  @ApiProperty({ type: ReplayReportView }) readonly report!: ReplayReportView;
}

export class FailedReplayView {
  @ApiProperty({ type: String, enum: ['failed'] }) readonly status!: 'failed';
  @ApiProperty(TIME) readonly startedAt!: string;
  @ApiProperty(TIME) readonly endedAt!: string;
  @ApiProperty({ type: String }) readonly reason!: string;
  @ApiPropertyOptional({ type: String, description: 'Of what can not be read in the log.' })
  readonly position?: string;
}

const STATES = [NoReplayView, RunningReplayView, DoneReplayView, FailedReplayView] as const;
export type ReplayView = NoReplayView | RunningReplayView | DoneReplayView | FailedReplayView;

/** For a class of which one of them is answered. */
export const ReplayModels = ApiExtraModels(...STATES);
export const REPLAY_SCHEMA = {
  oneOf: STATES.map((state) => ({ $ref: getSchemaPath(state) })),
  discriminator: {
    propertyName: 'status',
    mapping: {
      none: getSchemaPath(NoReplayView),
      running: getSchemaPath(RunningReplayView),
      done: getSchemaPath(DoneReplayView),
      failed: getSchemaPath(FailedReplayView),
    },
  },
};
