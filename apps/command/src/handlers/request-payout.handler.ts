import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideRequest } from '#domain/payout/decide-caller-command';
import type { PayeeId, PayoutId } from '#domain/ids';
import type { RequestPayout } from '#domain/payout/commands';
import type { Beneficiary } from '#domain/provider/beneficiary';
import type { ProviderName } from '#domain/provider/provider-name';
import type { CurrencyCode } from '#domain/money/currency';
import type { Money } from '#domain/money/money';
import { Clock } from '#platform/time/clock';
import { ProviderRegistry } from '#providers/registry';
import { PayeeErasedError } from '#platform/vault/errors';
import { CommandTranslation, InvalidFieldError } from '../intake/command-translation.js';
import { SealedOrder, type PayeeDetails } from '../payout-process/sealed-order.js';
import { AccountDirectory } from '../streams/account-directory.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import { RequestPayoutCommand, type CommandReply } from './commands.js';
import { replyOf } from './reply-of.js';

/** Accepts or rejects a payout. The stream's `no-stream` is the check that a command id pays once. */
@CommandHandler(RequestPayoutCommand)
export class RequestPayoutHandler implements ICommandHandler<RequestPayoutCommand> {
  constructor(
    private readonly translate: CommandTranslation,
    private readonly registry: ProviderRegistry,
    private readonly accounts: AccountDirectory,
    private readonly orders: SealedOrder,
    private readonly payouts: PayoutStreams,
    private readonly clock: Clock,
  ) {}

  async execute({ wire, origin, context }: RequestPayoutCommand): Promise<CommandReply> {
    const { data } = wire;
    const payoutId = this.translate.payoutIdFor(origin);
    const accountId = this.translate.accountId(data.accountId);
    const amount = this.translate.amount(data.amount, this.translate.currency(data.currency));
    const { provider, beneficiary } = data;
    const payeeId = this.translate.payeeId(data.payeeId, beneficiary);
    const details = { beneficiary, description: data.description ?? '' };
    const sealed = await this.seal(payoutId, payeeId, details);
    const problem = this.beneficiaryProblem(provider, amount, beneficiary);
    const command: RequestPayout = {
      type: 'RequestPayout',
      request: {
        payoutId,
        accountId,
        amount,
        provider,
        payee: { payeeId, kind: beneficiary.kind, sealed },
        caller: origin.caller,
        commandId: origin.commandId,
        fingerprint: origin.fingerprint,
        requestedAt: this.clock.now(),
      },
      terms: this.termsOf(provider, amount.currency),
      account: await this.accounts.find(accountId),
      ...(problem === undefined ? {} : { beneficiaryProblem: problem }),
    };
    const handled = await this.payouts.decide(payoutId, context, (state) => decideRequest(state, command), {
      expectNew: true,
    });
    return { payoutId, accountId, ...replyOf(handled) };
  }

  /** An erased payee stays erased: nothing can be kept about it, so nothing can be paid to it. */
  private async seal(payoutId: PayoutId, payeeId: PayeeId, details: PayeeDetails): Promise<string> {
    try {
      return await this.orders.seal(payoutId, payeeId, details);
    } catch (error) {
      if (!(error instanceof PayeeErasedError)) throw error;
      throw new InvalidFieldError(
        'data.payeeId',
        'this payee was erased at its own wish; pay another payee id',
      );
    }
  }

  private termsOf(provider: ProviderName, currency: CurrencyCode): RequestPayout['terms'] {
    if (this.registry.get(provider) === undefined) return 'provider-not-set-up';
    return this.registry.orderTerms(provider, currency) ?? 'currency-not-paid';
  }

  /** Fields by our own names, never their values. */
  private beneficiaryProblem(
    provider: ProviderName,
    amount: Money,
    beneficiary: Beneficiary,
  ): string | undefined {
    const problems = (this.registry.get(provider)?.problems({ amount, beneficiary }) ?? []).filter(
      ({ field }) => field.startsWith('beneficiary'),
    );
    return problems.length === 0
      ? undefined
      : problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
  }
}
