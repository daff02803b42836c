import { Controller, Get, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ReplayRunner } from '../replay/replay-runner.js';
import { AuditProblem } from './audit-problems.js';
import { AuditorGuard } from './auditor.guard.js';
import type { Plain } from './views/plain.js';
import { ApiOfAuditors, Problem } from './views/problem.view.js';
import { REPLAY_SCHEMA, ReplayModels, RunningReplayView, type ReplayView } from './views/replay.view.js';

@ApiTags('replay')
@ApiOfAuditors()
@ReplayModels
@UseGuards(AuditorGuard)
@Controller('v1/replay')
export class ReplayController {
  constructor(private readonly replays: ReplayRunner) {}

  /** Folds the whole log and compares it with the tables. */
  @ApiOperation({
    summary: 'Fold the whole log and compare it with the tables',
    description: 'Long work, one at a time; it changes nothing. Ask `GET /v1/replay` how far it is.',
  })
  @Post()
  @HttpCode(202)
  @ApiAcceptedResponse({
    type: RunningReplayView,
    description: 'It has begun; `Location` tells how far it is.',
    headers: { Location: { schema: { type: 'string' }, description: 'Of its state.' } },
  })
  @Problem(['replay-running'], 'its state is at `GET /v1/replay`.')
  start(@Res({ passthrough: true }) reply: FastifyReply): Plain<ReplayView> {
    void reply.header('location', '/v1/replay');
    if (this.replays.start()) return this.replays.state;
    throw new AuditProblem('replay-running', 'wait for the end of the one that is running: GET /v1/replay');
  }

  /** How far the last replay is, or what it found. */
  @ApiOperation({ summary: 'How far the last replay is, or what it found' })
  @Get()
  @ApiOkResponse({ schema: REPLAY_SCHEMA, description: 'Of the last one that was asked for.' })
  state(): Plain<ReplayView> {
    return this.replays.state;
  }
}
