import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { payoutId } from '#domain/ids';
import { PayoutTimeline } from '../timeline/payout-timeline.js';
import { AuditorGuard } from './auditor.guard.js';
import { readId } from './parameters.js';
import type { Plain } from './views/plain.js';
import { ApiOfAuditors, Problem } from './views/problem.view.js';
import { TimelineView } from './views/timeline.view.js';

@ApiTags('history')
@ApiOfAuditors()
@UseGuards(AuditorGuard)
@Controller('v1/payouts')
export class TimelineController {
  constructor(private readonly timelines: PayoutTimeline) {}

  /** Everything that the log says about a payout. */
  @ApiOperation({ summary: 'Everything that the log says about a payout' })
  @Get(':payoutId/timeline')
  @ApiParam({ name: 'payoutId', schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({ type: TimelineView, description: 'Its events and those of its account, in log order.' })
  @Problem(['invalid-request'])
  @Problem(['not-found'], 'the log has no such payout.')
  of(@Param('payoutId') id: string): Promise<Plain<TimelineView>> {
    return this.timelines.of(readId('payoutId', id, payoutId));
  }
}
