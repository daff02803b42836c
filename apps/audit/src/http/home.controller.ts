import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Plain } from './views/plain.js';

export class HomeView {
  @ApiProperty({ type: String, example: 'payout-ledger audit' }) readonly service!: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  readonly links!: Readonly<Record<string, string>>;
}

@ApiTags('operation')
@Controller()
export class HomeController {
  /** Where things are. */
  @ApiOperation({ summary: 'Where things are' })
  @Get()
  @ApiOkResponse({ type: HomeView, description: 'The addresses of this service.' })
  home(): Plain<HomeView> {
    return {
      service: 'payout-ledger audit',
      links: {
        timeline: '/v1/payouts/{payoutId}/timeline',
        balance: '/v1/accounts/{accountId}/balance{?asOf}',
        replay: '/v1/replay',
        documentation: '/docs',
        openapi: '/openapi.json',
      },
    };
  }
}
