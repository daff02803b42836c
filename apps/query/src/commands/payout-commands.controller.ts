import { Body, Controller, Headers, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiBody, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { payoutId, payoutIdOf } from '#domain/ids';
import { REJECTION_REASONS } from '#domain/payout/rejections';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { CallerGuard, FromCaller } from '../callers/caller.guard.js';
import type { Caller } from '../callers/callers.js';
import { readPathId } from '../reads/parameters.js';
import { GetPayout } from '../reads/queries.js';
import { Answers, ApiOfCallers, Problem, TakesCommand } from '../views/api-responses.js';
import { PayoutCommandView } from '../views/command.view.js';
import { payoutLinks, payoutPath } from '../views/links.js';
import { CancelPayoutBody, RequestPayoutBody } from '../views/request-bodies.js';
import { outcomeOf, type CommandOutcome } from './command-answer.js';
import { CommandGateway } from './command-gateway.js';
import { readCommandRequest } from './command-request.js';
import type { Plain } from '../views/plain.js';

/** Commands about payouts: put on the bus, decided by the one writer. */
@ApiTags('payouts')
@ApiOfCallers()
@UseGuards(CallerGuard)
@Controller('v1/payouts')
export class PayoutCommandsController {
  constructor(
    private readonly gateway: CommandGateway,
    private readonly queries: QueryBus,
  ) {}

  /**
   * Asks for a payout. It is accepted when the request is durable; whether it is paid comes later, in the payout itself.
   * The payout's id follows from caller and Idempotency-Key.
   */
  @ApiOperation({
    summary: 'Ask for a payout',
    description:
      'Accepted when the request is durable; whether it is paid is seen in the payout itself. Its id follows from caller and Idempotency-Key.',
  })
  @Post()
  @HttpCode(202)
  @TakesCommand()
  @ApiBody({ type: RequestPayoutBody })
  @Answers(202, PayoutCommandView, 'Accepted; `Location` is its address.')
  @Problem(409, ['command-id-reused'], 'this Idempotency-Key was used with another body.')
  @Problem(
    422,
    REJECTION_REASONS,
    'durable; it will never be paid. The last three are found later, by the ledger, and seen in the payout.',
  )
  async request(
    @FromCaller() caller: Caller,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('traceparent') traceparent: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<PayoutCommandView>> {
    const { commandId, data } = readCommandRequest('RequestPayout', key, body, {});
    const id = payoutIdOf(uuidV5, caller.subject, commandId);
    const command = { type: 'RequestPayout', commandId, caller: caller.subject, data } as const;
    const answer = await this.gateway.send({ command, caller, key: data.accountId, traceparent });
    const links = payoutLinks(id, data.accountId);
    const where = { payoutId: id, links: { self: links.self } };
    const outcome = outcomeOf(answer, where);
    reply.header('location', payoutPath(id));
    return viewOf(reply, outcome, 'requested', { payoutId: id, links });
  }

  /** Cancels a payout, before anything was sent to its provider. */
  @ApiOperation({ summary: 'Cancel a payout, before anything was sent to its provider' })
  @Post(':payoutId/cancel')
  @HttpCode(200)
  @TakesCommand()
  @ApiParam({ name: 'payoutId', schema: { type: 'string', format: 'uuid' } })
  @ApiBody({ type: CancelPayoutBody, required: false })
  @Answers(200, PayoutCommandView, 'Cancelled.')
  @Answers(202, PayoutCommandView, 'Queued or held.')
  @Problem(404, ['unknown-payout'])
  @Problem(409, [
    'already-submitted',
    'already-final',
    'already-cancelled',
    'already-rejected',
    'command-id-reused',
  ])
  async cancel(
    @FromCaller() caller: Caller,
    @Param('payoutId') text: string,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('traceparent') traceparent: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Plain<PayoutCommandView>> {
    const id = readPathId('payoutId', text, payoutId);
    const { commandId, data } = readCommandRequest('CancelPayout', key, body, { payoutId: id });
    // Behind its request on the bus. A payout that the tables don't have yet is left to the writer, which knows all.
    const found = await this.queries.execute(new GetPayout(id));
    const command = { type: 'CancelPayout', commandId, caller: caller.subject, data } as const;
    const answer = await this.gateway.send({ command, caller, key: found?.accountId ?? id, traceparent });
    const links = payoutLinks(id, found?.accountId);
    const outcome = outcomeOf(answer, { payoutId: id, links: { self: links.self } });
    return viewOf(reply, outcome, 'cancelled', { payoutId: id, links });
  }
}

function viewOf(
  reply: FastifyReply,
  outcome: CommandOutcome,
  done: 'requested' | 'cancelled',
  view: Pick<Plain<PayoutCommandView>, 'payoutId' | 'links'>,
): Plain<PayoutCommandView> {
  if (outcome.kind !== 'durable') {
    void reply.status(202);
    return { ...view, status: outcome.kind };
  }
  const { position } = outcome;
  if (position === undefined) return { ...view, status: done };
  reply.header('ledger-position', position);
  return { ...view, status: done, position };
}
