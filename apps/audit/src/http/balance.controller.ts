import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { accountId } from '#domain/ids';
import { AccountBalance } from '../balance/account-balance.js';
import { AuditorGuard } from './auditor.guard.js';
import { readId, readMoment } from './parameters.js';
import { BalanceView } from './views/balance.view.js';
import type { Plain } from './views/plain.js';
import { ApiOfAuditors, Problem } from './views/problem.view.js';

@ApiTags('history')
@ApiOfAuditors()
@UseGuards(AuditorGuard)
@Controller('v1/accounts')
export class BalanceController {
  constructor(private readonly balances: AccountBalance) {}

  /** The books of a funding account, now or at an earlier moment. */
  @ApiOperation({ summary: 'The books of a funding account, now or at an earlier moment' })
  @Get(':accountId/balance')
  @ApiParam({ name: 'accountId', schema: { type: 'string' }, example: 'acme-usd' })
  @ApiQuery({
    name: 'asOf',
    required: false,
    description: 'An RFC 3339 time with its offset or Z, or a log position. Absent: now.',
    schema: { type: 'string' },
    example: '2026-08-01T12:00:00Z',
  })
  @ApiOkResponse({ type: BalanceView, description: 'Folded from its stream alone.' })
  @Problem(['invalid-request'])
  @Problem(['not-found', 'not-opened-by-then', 'after-the-end'])
  async of(
    @Param('accountId') id: string,
    @Query() query: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<Plain<BalanceView>> {
    return this.balances.of(readId('accountId', id, accountId), readMoment(query));
  }
}
