import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideCancel } from '#domain/payout/decide-caller-command';
import { CommandTranslation } from '../intake/command-translation.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import { CancelPayoutCommand, type CommandReply } from './commands.js';
import { replyOf } from './reply-of.js';

/** Cancels a payout before its first send. */
@CommandHandler(CancelPayoutCommand)
export class CancelPayoutHandler implements ICommandHandler<CancelPayoutCommand> {
  constructor(
    private readonly translate: CommandTranslation,
    private readonly payouts: PayoutStreams,
  ) {}

  async execute({ wire, origin, context }: CancelPayoutCommand): Promise<CommandReply> {
    const payoutId = this.translate.payoutId(wire.data.payoutId);
    const { commandId, fingerprint } = origin;
    const { reason } = wire.data;
    const handled = await this.payouts.decide(payoutId, context, (state) =>
      decideCancel(state, {
        type: 'CancelPayout',
        payoutId,
        commandId,
        fingerprint,
        ...(reason === undefined ? {} : { reason }),
      }),
    );
    return { payoutId, ...replyOf(handled) };
  }
}
