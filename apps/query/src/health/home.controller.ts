import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Plain } from '../views/plain.js';

export class HomeView {
  @ApiProperty({ type: String, example: 'payout-ledger' }) readonly service!: string;
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
      service: 'payout-ledger',
      links: {
        payouts: '/v1/payouts',
        accounts: '/v1/accounts',
        documentation: '/docs',
        openapi: '/openapi.json',
        live: '/health/live',
        ready: '/health/ready',
      },
    };
  }
}
