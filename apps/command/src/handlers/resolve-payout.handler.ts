import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideResolve } from '#domain/payout/decide-caller-command';
import { Clock } from '#platform/time/clock';
import { CommandTranslation } from '../intake/command-translation.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import { ResolvePayoutCommand, type CommandReply } from './commands.js';
import { replyOf } from './reply-of.js';

/** Takes an operator's decision about a parked payout. */
@CommandHandler(ResolvePayoutCommand)
export class ResolvePayoutHandler implements ICommandHandler<ResolvePayoutCommand> {
  constructor(
    private readonly translate: CommandTranslation,
    private readonly payouts: PayoutStreams,
    private readonly clock: Clock,
  ) {}

  async execute({ wire, origin, context }: ResolvePayoutCommand): Promise<CommandReply> {
    const { decision, operator, reason, paid, fee } = wire.data;
    const payoutId = this.translate.payoutId(wire.data.payoutId);
    const { commandId, fingerprint } = origin;
    const at = this.clock.now();
    const currency = await this.currencyOf(payoutId);
    const amounts =
      currency === undefined
        ? {}
        : {
            ...(paid === undefined ? {} : { paid: this.translate.amountOrZero('paid', paid, currency) }),
            ...(fee === undefined ? {} : { fee: this.translate.amountOrZero('fee', fee, currency) }),
          };
    const handled = await this.payouts.decide(payoutId, context, (state) =>
      decideResolve(state, {
        type: 'ResolvePayout',
        payoutId,
        commandId,
        fingerprint,
        decision,
        operator,
        reason,
        at,
        ...amounts,
      }),
    );
    return { payoutId, ...replyOf(handled) };
  }

  private async currencyOf(payoutId: Parameters<PayoutStreams['read']>[0]) {
    const { state } = await this.payouts.read(payoutId);
    return state.status === 'absent' || state.status === 'rejected'
      ? undefined
      : state.request.amount.currency;
  }
}
