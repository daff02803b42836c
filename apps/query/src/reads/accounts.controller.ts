import { Controller, Get, Param, Query, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { accountId, instructionId } from '#domain/ids';
import { ACCOUNTS } from '#read-models/accounts/schema';
import { CallerGuard } from '../callers/caller.guard.js';
import { notFound } from '../problem/problems.js';
import { AccountPageView, AccountView, InstructionView } from '../views/account.view.js';
import { Answers, ApiOfCallers, Problem, ReadsTables } from '../views/api-responses.js';
import { Freshness } from './freshness.js';
import { DEFAULT_LIMIT, MAX_LIMIT, PAGE_READERS, readQuery, type QueryString } from './page-request.js';
import { MIN_POSITION, readPathId } from './parameters.js';
import { GetAccount, GetInstruction, ListAccounts } from './queries.js';
import type { Plain } from '../views/plain.js';

const ACCOUNT_ID = { name: 'accountId', schema: { type: 'string' }, example: 'acme-usd' } as const;

/** Funding accounts as the tables have them. */
@ApiTags('accounts')
@ApiOfCallers()
@UseGuards(CallerGuard)
@Controller('v1/accounts')
export class AccountsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly freshness: Freshness,
  ) {}

  /** Accounts with their balances, newest first. */
  @ApiOperation({ summary: 'Accounts with their balances, newest first' })
  @Get()
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
  @Answers(200, AccountPageView, 'A page.')
  async list(
    @Query() query: QueryString,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<AccountPageView>> {
    const readers = { ...PAGE_READERS, ...MIN_POSITION };
    const { limit = DEFAULT_LIMIT, cursor, minPosition } = readQuery(query, readers);
    reply.header('ledger-position', await this.freshness.reach([ACCOUNTS], minPosition));
    return this.queries.execute(new ListAccounts({ limit, olderThan: cursor }));
  }

  /** One account with its balances. */
  @ApiOperation({ summary: 'One account with its balances' })
  @Get(':accountId')
  @ApiParam(ACCOUNT_ID)
  @ReadsTables()
  @Answers(200, AccountView, 'The account.')
  @Problem(404, ['not-found'], 'the tables have no such account (yet).')
  async one(
    @Param('accountId') id: string,
    @Query() query: QueryString,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<AccountView>> {
    const known = readPathId('accountId', id, accountId);
    const { minPosition } = readQuery(query, MIN_POSITION);
    const position = await this.freshness.reach([ACCOUNTS], minPosition);
    reply.header('ledger-position', position);
    const found = await this.queries.execute(new GetAccount(known));
    if (found === undefined) throw notFound(`no such account up to log position ${position}`);
    return found;
  }

  /** What became of a deposit, a correction or a closing. */
  @ApiOperation({ summary: 'What became of a deposit, a correction or a closing' })
  @Get(':accountId/instructions/:instructionId')
  @ApiParam(ACCOUNT_ID)
  @ApiParam({ name: 'instructionId', schema: { type: 'string', format: 'uuid' } })
  @ReadsTables()
  @Answers(200, InstructionView, 'The instruction.')
  @Problem(404, ['not-found'], 'the tables have no such instruction (yet).')
  async instruction(
    @Param('accountId') id: string,
    @Param('instructionId') instruction: string,
    @Query() query: QueryString,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<InstructionView>> {
    const account = readPathId('accountId', id, accountId);
    const known = readPathId('instructionId', instruction, instructionId);
    const { minPosition } = readQuery(query, MIN_POSITION);
    const position = await this.freshness.reach([ACCOUNTS], minPosition);
    reply.header('ledger-position', position);
    const found = await this.queries.execute(new GetInstruction(account, known));
    if (found === undefined) throw notFound(`no such instruction up to log position ${position}`);
    return found;
  }
}
