import {
  Body,
  ConflictException,
  Controller,
  Get,
  Headers,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  UnauthorizedException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { HeldMessages } from '#coordination/held-messages';
import { readCommand, type WireCommand } from '#messaging/contracts/commands.v1';
import { printCloudEvent } from '#messaging/contracts/cloud-event';
import { Clock, isoTime } from '#platform/time/clock';
import { Ids } from '#platform/ids/ids';
import type { CommandReply } from '../handlers/commands.js';
import { CommandExecutor } from '../intake/command-executor.js';
import { InvalidFieldError } from '../intake/command-translation.js';
import { CommandRunner, type TaskState } from '../command-runner.js';
import { OperatorToken } from './operator-token.js';

/** What operators see and change, through `payout-ops`. Nothing here decides: it hands over to where decisions are made. */
@Controller('ops/v1')
export class OperatorController {
  constructor(
    private readonly token: OperatorToken,
    private readonly held: HeldMessages,
    private readonly executor: CommandExecutor,
    private readonly runner: CommandRunner,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** How far each loop is, and what stops it. */
  @Get('loops')
  loops(@Headers('authorization') authorization: string | undefined): readonly TaskState[] {
    this.admit(authorization);
    return this.runner.state();
  }

  /** Commands that wait because handling one of their payout failed. */
  @Get('held')
  async list(@Headers('authorization') authorization: string | undefined): Promise<unknown> {
    this.admit(authorization);
    return this.held.list();
  }

  @Post('held/:key/retry')
  @HttpCode(202)
  async retry(
    @Headers('authorization') authorization: string | undefined,
    @Param('key') key: string,
  ): Promise<{ readonly key: string }> {
    this.admit(authorization);
    if (!(await this.held.requestRetry(key))) throw new NotFoundException(`nothing is held for ${key}`);
    return { key };
  }

  /** Gives up the first held command of a payout; the ones behind it stay held until they are retried. */
  @Post('held/:key/skip')
  @HttpCode(200)
  async skip(
    @Headers('authorization') authorization: string | undefined,
    @Param('key') key: string,
  ): Promise<{ readonly key: string; readonly offset: string }> {
    this.admit(authorization);
    const skipped = await this.held.skipFirst(key);
    if (skipped === undefined) throw new NotFoundException(`nothing is held for ${key}`);
    return { key, offset: skipped.offset };
  }

  /** An operator's decision about a parked payout: `{decision, operator, reason, paid?, fee?}`. */
  @Post('payouts/:payoutId/resolve')
  @HttpCode(200)
  async resolve(
    @Headers('authorization') authorization: string | undefined,
    @Param('payoutId') payoutId: string,
    @Body() body: Record<string, unknown>,
  ): Promise<CommandReply> {
    this.admit(authorization);
    // The same check as on the bus: one contract, whoever sends it.
    const event = printCloudEvent({
      id: this.ids.uuid(),
      source: 'payout-ops',
      type: 'payout.command.ResolvePayout.v1',
      time: isoTime(this.clock.now()),
      data: { ...body, payoutId },
    });
    const read = readCommand(event);
    if (!read.ok) throw new UnprocessableEntityException(read.problems);
    return taken(await this.decided(read.command));
  }

  private async decided(command: WireCommand): Promise<CommandReply> {
    try {
      return await this.executor.execute(command, {
        issuer: 'payout-ops',
        authenticatedBy: 'operator token',
      });
    } catch (error) {
      if (!(error instanceof InvalidFieldError)) throw error;
      throw new UnprocessableEntityException([{ field: error.field, message: error.message }]);
    }
  }

  private admit(authorization: string | undefined): void {
    if (!this.token.admits(authorization))
      throw new UnauthorizedException('show the operator token: Authorization: Bearer …');
  }
}

/** A refusal is no success, for a person or for a script. */
function taken(reply: CommandReply): CommandReply {
  if (reply.outcome === 'accepted') return reply;
  const { reason = reply.outcome, message = '' } = reply;
  const words = `${reason}: ${message}`;
  throw reason === 'unknown-payout' ? new NotFoundException(words) : new ConflictException(words);
}
