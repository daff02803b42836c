import { Body, Controller, Headers, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiBody, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { accountId, instructionIdOf, type AccountId } from '#domain/ids';
import type { CommandData } from '#messaging/contracts/commands.v1';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { CallerGuard, FromCaller } from '../callers/caller.guard.js';
import type { Caller } from '../callers/callers.js';
import { readPathId } from '../reads/parameters.js';
import { Answers, ApiOfCallers, Problem, TakesCommand } from '../views/api-responses.js';
import { AccountCommandView, InstructionCommandView } from '../views/command.view.js';
import { accountLinks, accountPath, instructionLinks, instructionPath } from '../views/links.js';
import { CloseAccountBody, DepositBody, OpenAccountBody } from '../views/request-bodies.js';
import { outcomeOf } from './command-answer.js';
import { CommandGateway } from './command-gateway.js';
import { readCommandRequest } from './command-request.js';
import type { Plain } from '../views/plain.js';

const ACCOUNT_ID = { name: 'accountId', schema: { type: 'string' }, example: 'acme-usd' } as const;

/** Parts of a request that every command needs. */
interface Sent {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly traceparent: string | undefined;
  readonly body: unknown;
}

/** Commands about funding accounts: put on the bus, decided by the one writer. */
@ApiTags('accounts')
@ApiOfCallers()
@UseGuards(CallerGuard)
@Controller('v1/accounts')
export class AccountCommandsController {
  constructor(private readonly gateway: CommandGateway) {}

  /** Opens a funding account, in one currency for ever. */
  @ApiOperation({ summary: 'Open a funding account, in one currency for ever' })
  @Post()
  @HttpCode(201)
  @TakesCommand()
  @ApiBody({ type: OpenAccountBody })
  @Answers(201, AccountCommandView, 'Opened; `Location` is its address.')
  @Answers(202, AccountCommandView, 'Queued or held.')
  @Problem(409, ['account-exists', 'command-id-reused'])
  async open(
    @FromCaller() caller: Caller,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('traceparent') traceparent: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<AccountCommandView>> {
    const { commandId, data } = readCommandRequest('OpenAccount', key, body, {});
    const command = { type: 'OpenAccount', commandId, caller: caller.subject, data } as const;
    const answer = await this.gateway.send({ command, caller, key: data.accountId, traceparent });
    const links = accountLinks(data.accountId);
    const view = { accountId: data.accountId, links };
    const outcome = outcomeOf(answer, { accountId: data.accountId, links: { self: links.self } });
    reply.header('location', accountPath(data.accountId));
    if (outcome.kind !== 'durable') {
      void reply.status(202);
      return { ...view, status: outcome.kind };
    }
    return { ...view, status: 'opened', ...withPosition(reply, outcome.position) };
  }

  /** Pays into an account. The ledger carries it out in the order of the log; the link tells what became of it. */
  @ApiOperation({
    summary: 'Pay into an account',
    description: 'The ledger carries it out in the order of the log; the link tells what became of it.',
  })
  @Post(':accountId/deposits')
  @HttpCode(202)
  @TakesCommand()
  @ApiParam(ACCOUNT_ID)
  @ApiBody({ type: DepositBody })
  @Answers(202, InstructionCommandView, 'Accepted; `Location` tells what became of it.')
  @Problem(404, ['unknown-account'])
  @Problem(409, ['command-id-reused'])
  @Problem(422, ['account-currency-differs'])
  deposit(
    @FromCaller() caller: Caller,
    @Param('accountId') text: string,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('traceparent') traceparent: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<InstructionCommandView>> {
    return this.#instruct('Deposit', text, { caller, key, traceparent, body }, reply);
  }

  /** Closes an account, if it is empty when the ledger comes to it; the link tells what became of it. */
  @ApiOperation({
    summary: 'Close an account',
    description: 'Done only if it is empty when the ledger comes to it; the link tells what became of it.',
  })
  @Post(':accountId/close')
  @HttpCode(202)
  @TakesCommand()
  @ApiParam(ACCOUNT_ID)
  @ApiBody({ type: CloseAccountBody, required: false })
  @Answers(202, InstructionCommandView, 'Accepted; `Location` tells what became of it.')
  @Problem(404, ['unknown-account'])
  @Problem(409, ['command-id-reused'])
  close(
    @FromCaller() caller: Caller,
    @Param('accountId') text: string,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('traceparent') traceparent: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<InstructionCommandView>> {
    return this.#instruct('CloseAccount', text, { caller, key, traceparent, body }, reply);
  }

  async #instruct(
    type: 'Deposit' | 'CloseAccount',
    text: string,
    { caller, key, traceparent, body }: Sent,
    reply: FastifyReply,
  ): Promise<Plain<InstructionCommandView>> {
    const account: AccountId = readPathId('accountId', text, accountId);
    const { commandId, data } = readCommandRequest<typeof type>(type, key, body, { accountId: account });
    const envelope = { commandId, caller: caller.subject };
    const command =
      type === 'Deposit'
        ? ({ type, ...envelope, data: data as CommandData<'Deposit'> } as const)
        : ({ type, ...envelope, data } as const);
    const answer = await this.gateway.send({ command, caller, key: account, traceparent });
    const instructionId = instructionIdOf(uuidV5, caller.subject, commandId);
    const links = instructionLinks(account, instructionId);
    const view = { instructionId, accountId: account, links };
    const outcome = outcomeOf(answer, { accountId: account, links: { account: links.account } });
    reply.header('location', instructionPath(account, instructionId));
    if (outcome.kind !== 'durable') return { ...view, status: outcome.kind };
    return { ...view, status: 'given', ...withPosition(reply, outcome.position) };
  }
}

function withPosition(reply: FastifyReply, position: string | undefined): { readonly position?: string } {
  if (position === undefined) return {};
  reply.header('ledger-position', position);
  return { position };
}
