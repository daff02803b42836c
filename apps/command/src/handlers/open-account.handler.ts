import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideOpen } from '#domain/account/decide';
import { Clock } from '#platform/time/clock';
import { CommandTranslation } from '../intake/command-translation.js';
import { AccountStreams } from '../streams/account-streams.js';
import { OpenAccountCommand, type CommandReply } from './commands.js';
import { replyOf } from './reply-of.js';

/** Opens a funding account, in one currency for ever. */
@CommandHandler(OpenAccountCommand)
export class OpenAccountHandler implements ICommandHandler<OpenAccountCommand> {
  constructor(
    private readonly translate: CommandTranslation,
    private readonly accounts: AccountStreams,
    private readonly clock: Clock,
  ) {}

  async execute({ wire, origin, context }: OpenAccountCommand): Promise<CommandReply> {
    const accountId = this.translate.accountId(wire.data.accountId);
    const currency = this.translate.currency(wire.data.currency);
    const { name } = wire.data;
    const at = this.clock.now();
    const handled = await this.accounts.open(accountId, context, (state) =>
      decideOpen(state, {
        type: 'OpenAccount',
        accountId,
        currency,
        at,
        ...origin,
        ...(name === undefined ? {} : { name }),
      }),
    );
    return { accountId, ...replyOf(handled) };
  }
}
