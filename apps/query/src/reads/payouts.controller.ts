import { Controller, Get, Param, Query, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { accountId, payoutId } from '#domain/ids';
import { isProviderName, PROVIDER_NAMES } from '#domain/provider/provider-name';
import { isoTime } from '#platform/time/clock';
import { PAYOUT_TIMELINE } from '#read-models/payout-timeline/model';
import { READER_STATUSES } from '#read-models/payouts/row';
import { PAYOUTS } from '#read-models/payouts/schema';
import { CallerGuard } from '../callers/caller.guard.js';
import { notFound } from '../problem/problems.js';
import { Answers, ApiOfCallers, Problem, ReadsTables } from '../views/api-responses.js';
import { PayoutPageView, PayoutWithTimelineView } from '../views/payout.view.js';
import { Freshness } from './freshness.js';
import { DEFAULT_LIMIT, MAX_LIMIT, PAGE_READERS, readQuery, type QueryString } from './page-request.js';
import { MIN_POSITION, readPathId } from './parameters.js';
import { GetPayout, ListPayouts } from './queries.js';
import type { Plain } from '../views/plain.js';

const FILTERS = {
  accountId: {
    must: 'must be an account id',
    read: (text: string) => {
      try {
        return accountId(text);
      } catch {
        return undefined;
      }
    },
  },
  status: {
    must: `must be one of ${READER_STATUSES.join(', ')}`,
    read: (text: string) => READER_STATUSES.find((status) => status === text),
  },
  provider: {
    must: `must be one of ${PROVIDER_NAMES.join(', ')}`,
    read: (text: string) => (isProviderName(text) ? text : undefined),
  },
  parked: {
    must: 'must be true or false',
    read: (text: string) => (text === 'true' ? true : text === 'false' ? false : undefined),
  },
  from: { must: 'must be an RFC 3339 time, such as 2026-01-31T09:30:00Z', read: readTime },
} as const;

/** Payouts as the tables have them. */
@ApiTags('payouts')
@ApiOfCallers()
@UseGuards(CallerGuard)
@Controller('v1/payouts')
export class PayoutsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly freshness: Freshness,
  ) {}

  /** Payouts, newest first, in pages that stay the same while new ones come. */
  @ApiOperation({
    summary: 'Payouts, newest first',
    description:
      'Pages stay the same while new payouts come: each payout that is there at the start is on exactly one page.',
  })
  @Get()
  @ApiQuery({ name: 'accountId', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'status', required: false, schema: { type: 'string', enum: [...READER_STATUSES] } })
  @ApiQuery({ name: 'provider', required: false, schema: { type: 'string', enum: [...PROVIDER_NAMES] } })
  @ApiQuery({ name: 'parked', required: false, schema: { type: 'boolean' } })
  @ApiQuery({
    name: 'from',
    required: false,
    description: 'Requested at this time or later.',
    schema: { type: 'string', format: 'date-time' },
  })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
  })
  @ApiQuery({
    name: 'cursor',
    required: false,
    description: '`next` of the page before.',
    schema: { type: 'string' },
  })
  @ReadsTables()
  @Answers(200, PayoutPageView, 'A page.')
  async list(
    @Query() query: QueryString,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<PayoutPageView>> {
    const readers = { ...FILTERS, ...PAGE_READERS, ...MIN_POSITION };
    const { from, limit = DEFAULT_LIMIT, cursor, minPosition, ...filter } = readQuery(query, readers);
    reply.header('ledger-position', await this.freshness.reach([PAYOUTS], minPosition));
    const withFrom = from === undefined ? filter : { ...filter, requestedFrom: from };
    return this.queries.execute(new ListPayouts(withFrom, { limit, olderThan: cursor }));
  }

  /** One payout, with everything that happened to it. */
  @ApiOperation({ summary: 'One payout, with everything that happened to it' })
  @Get(':payoutId')
  @ApiParam({ name: 'payoutId', schema: { type: 'string', format: 'uuid' } })
  @ReadsTables()
  @Answers(200, PayoutWithTimelineView, 'The payout.')
  @Problem(404, ['not-found'], 'the tables have no such payout (yet).')
  async one(
    @Param('payoutId') id: string,
    @Query() query: QueryString,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<PayoutWithTimelineView>> {
    const known = readPathId('payoutId', id, payoutId);
    const { minPosition } = readQuery(query, MIN_POSITION);
    const position = await this.freshness.reach([PAYOUTS, PAYOUT_TIMELINE], minPosition);
    reply.header('ledger-position', position);
    const found = await this.queries.execute(new GetPayout(known));
    if (found === undefined) {
      throw notFound(
        `no such payout up to log position ${position}; if it was requested just now, give minPosition`,
      );
    }
    return found;
  }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

function readTime(text: string): string | undefined {
  const at = TIME.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : isoTime(at);
}
