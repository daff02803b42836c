import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideInstruction, type InstructAccount } from '#domain/account/decide';
import { Clock } from '#platform/time/clock';
import { CommandTranslation } from '../intake/command-translation.js';
import { AccountDirectory } from '../streams/account-directory.js';
import { AccountStreams } from '../streams/account-streams.js';
import { InstructAccountCommand, type CommandReply } from './commands.js';
import { replyOf } from './reply-of.js';

/** Takes an order about an account. The ledger process carries it out, or refuses it on the account. */
@CommandHandler(InstructAccountCommand)
export class InstructAccountHandler implements ICommandHandler<InstructAccountCommand> {
  constructor(
    private readonly translate: CommandTranslation,
    private readonly directory: AccountDirectory,
    private readonly accounts: AccountStreams,
    private readonly clock: Clock,
  ) {}

  async execute({ wire, origin, context }: InstructAccountCommand): Promise<CommandReply> {
    const instructionId = this.translate.instructionIdFor(origin);
    const accountId = this.translate.accountId(wire.data.accountId);
    const instruction = this.instructionOf(wire);
    const account = await this.directory.find(accountId);
    const at = this.clock.now();
    const handled = await this.accounts.instruct(instructionId, context, (given) =>
      decideInstruction(given, account, {
        type: 'InstructAccount',
        instructionId,
        accountId,
        instruction,
        at,
        ...origin,
      }),
    );
    return { accountId, instructionId, ...replyOf(handled) };
  }

  private instructionOf(wire: InstructAccountCommand['wire']): InstructAccount['instruction'] {
    switch (wire.type) {
      case 'Deposit': {
        const { amount, currency, note } = wire.data;
        const money = this.translate.amount(amount, this.translate.currency(currency));
        return { kind: 'deposit', amount: money, ...(note === undefined ? {} : { note }) };
      }
      case 'CorrectFunds': {
        const { amount, currency, reason } = wire.data;
        return {
          kind: 'correction',
          amount: this.translate.signedAmount(amount, this.translate.currency(currency)),
          reason,
        };
      }
      case 'CloseAccount':
        return { kind: 'close' };
    }
  }
}
