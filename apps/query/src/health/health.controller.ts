import { Controller, Get, Res } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiProperty,
  ApiPropertyOptional,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiOperation,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Health } from '#platform/health/health';
import type { Plain } from '../views/plain.js';

export class LiveView {
  @ApiProperty({ type: Boolean }) readonly live!: boolean;
  @ApiProperty({ type: String, example: 'running' }) readonly detail!: string;
}

export class ReadyCheckView {
  @ApiProperty({ type: String, example: 'replies' }) readonly name!: string;
  @ApiProperty({ type: Boolean }) readonly ready!: boolean;
  @ApiProperty({ type: String }) readonly detail!: string;
}

export class ReadyView {
  @ApiProperty({ type: Boolean }) readonly ready!: boolean;
  @ApiProperty({ type: [ReadyCheckView] }) readonly checks!: readonly ReadyCheckView[];
  @ApiPropertyOptional({ type: [String], description: 'Names of the checks that fail.' })
  readonly waitsFor?: readonly string[];
}

/** For whoever starts, restarts and routes to this process. */
@ApiTags('operation')
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  /** Whether a restart is needed. */
  @ApiOperation({ summary: 'Whether the process lives' })
  @Get('live')
  @ApiOkResponse({ type: LiveView, description: 'It does.' })
  @ApiServiceUnavailableResponse({ type: LiveView, description: 'Only a restart helps.' })
  live(@Res({ passthrough: true }) reply: FastifyReply): Plain<LiveView> {
    const live = this.health.live();
    void reply.status(live.live ? 200 : 503);
    return live;
  }

  /** Whether it may be given work. */
  @ApiOperation({ summary: 'Whether it may be given work' })
  @Get('ready')
  @ApiOkResponse({ type: ReadyView, description: 'It may.' })
  @ApiServiceUnavailableResponse({ type: ReadyView, description: 'Not now; `waitsFor` says why.' })
  ready(@Res({ passthrough: true }) reply: FastifyReply): Plain<ReadyView> {
    const ready = this.health.ready();
    void reply.status(ready.ready ? 200 : 503);
    return ready;
  }
}
