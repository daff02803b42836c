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
import { Leases } from '#coordination/leases';
import type { SendingState } from '#domain/sending/sending';
import { readCommand, type WireCommand } from '#messaging/contracts/commands.v1';
import { printCloudEvent } from '#messaging/contracts/cloud-event';
import { Clock, isoTime } from '#platform/time/clock';
import { Ids } from '#platform/ids/ids';
import type { CommandReply } from '../handlers/commands.js';
import { CommandExecutor } from '../intake/command-executor.js';
import { InvalidFieldError } from '../intake/command-translation.js';
import { CommandRunner, type TaskState } from '../command-runner.js';
import { SendingGate } from '../sending/sending-gate.js';
import { OperatorToken } from './operator-token.js';

/** A lease as it is shown. */
interface ShownLease {
  readonly name: string;
  readonly holder: string;
  readonly fence: string;
  readonly expiresInMs: number;
}

/** As the state is, with its time for a person. */
type ShownSending = Omit<SendingState, 'since'> & { readonly since?: string };

/** Longer texts were never meant. */
const LONGEST = { operator: 128, reason: 500 } as const;

/** What operators see and change, through `payout-ops`. Nothing here decides: it hands over to where decisions are made. */
@Controller('ops/v1')
export class OperatorController {
  constructor(
    private readonly token: OperatorToken,
    private readonly held: HeldMessages,
    private readonly executor: CommandExecutor,
    private readonly runner: CommandRunner,
    private readonly gate: SendingGate,
    private readonly leases: Leases,
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

  /** Who does what only one copy may do. */
  @Get('leases')
  async leaseList(
    @Headers('authorization') authorization: string | undefined,
  ): Promise<readonly ShownLease[]> {
    this.admit(authorization);
    const held = await this.leases.list();
    return held.map(({ fence, ...lease }) => ({ ...lease, fence: fence.toString() }));
  }

  /** Whether requests leave for providers, as the log says it. */
  @Get('sending')
  async sending(@Headers('authorization') authorization: string | undefined): Promise<ShownSending> {
    this.admit(authorization);
    return shown(await this.gate.state());
  }

  /** `{operator, reason}`. Pausing what is paused changes nothing: the answer says who paused it, and why. */
  @Post('sending/pause')
  @HttpCode(200)
  async pauseSending(
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<ShownSending> {
    this.admit(authorization);
    const { operator, reason } = namedAndReasoned(body);
    return shown(await this.gate.pause('operator', operator, reason));
  }

  @Post('sending/resume')
  @HttpCode(200)
  async resumeSending(
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<ShownSending> {
    this.admit(authorization);
    const { operator, reason } = namedAndReasoned(body);
    return shown(await this.gate.resume(operator, reason));
  }

  /**
   * An operator's decision about a parked payout: `{decision, operator, reason, paid?, fee?, commandId?}`. The same
   * `commandId` again is the same decision: its first answer comes again.
   */
  @Post('payouts/:payoutId/resolve')
  @HttpCode(200)
  async resolve(
    @Headers('authorization') authorization: string | undefined,
    @Param('payoutId') payoutId: string,
    @Body() body: unknown,
  ): Promise<CommandReply> {
    this.admit(authorization);
    const { commandId, ...decision } = fieldsOf(body);
    if (commandId !== undefined && typeof commandId !== 'string')
      throw new UnprocessableEntityException([{ field: 'commandId', message: 'must be text' }]);
    // The same check as on the bus: one contract, whoever sends it.
    const event = printCloudEvent({
      id: commandId ?? this.ids.uuid(),
      source: 'payout-ops',
      type: 'payout.command.ResolvePayout.v1',
      time: isoTime(this.clock.now()),
      data: { ...decision, payoutId },
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

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new UnprocessableEntityException([{ field: '', message: 'must be an object' }]);
  return body as Readonly<Record<string, unknown>>;
}

/** Who pauses and resumes is written down for ever, with the reason. */
function namedAndReasoned(body: unknown): { readonly operator: string; readonly reason: string } {
  const fields = fieldsOf(body);
  const problems: { field: string; message: string }[] = [];
  const read = (field: keyof typeof LONGEST): string => {
    const value = fields[field];
    if (typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST[field]) return value;
    problems.push({ field, message: `must be text of 1 to ${LONGEST[field]} characters` });
    return '';
  };
  const named = { operator: read('operator'), reason: read('reason') };
  if (problems.length > 0) throw new UnprocessableEntityException(problems);
  return named;
}

function shown(state: SendingState): ShownSending {
  return state.status === 'on' ? state : { ...state, since: isoTime(state.since) };
}

/** A refusal is no success, for a person or for a script. */
function taken(reply: CommandReply): CommandReply {
  if (reply.outcome === 'accepted') return reply;
  const { reason = reply.outcome, message = '' } = reply;
  const words = `${reason}: ${message}`;
  throw reason === 'unknown-payout' ? new NotFoundException(words) : new ConflictException(words);
}
