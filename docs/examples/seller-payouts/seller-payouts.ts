import { isFinal, type LedgerEvent } from '#client/event-follower';
import type { Answer, LedgerClient } from '#client/ledger-client';
import type { Order, PaymentsFile, SellerPayment } from './payments-file.js';

/** Pays sellers through the payout ledger: asks for each payout, awaits the reply, follows the events until the end. */
export class SellerPayouts {
  constructor(
    private readonly ledger: LedgerClient,
    private readonly payments: PaymentsFile,
    private readonly account: string,
    private readonly waitMs = 30_000,
  ) {}

  /** May be called again and again for one order: it is one payout, since the command's id comes from the order. */
  async pay(order: Order): Promise<SellerPayment> {
    const commandId = `order-${order.id}`;
    // Written down before it is sent: a crash from here on leaves a row that `askAgain` finds.
    if (this.payments.of(order.id) === undefined) {
      this.payments.save({ order, payoutId: this.ledger.payoutIdOf(commandId), status: 'asked' });
    }
    const answer = await this.ledger.request(
      'RequestPayout',
      {
        accountId: this.account,
        amount: order.amount,
        currency: order.currency,
        provider: 'goldenpay',
        beneficiary: {
          kind: 'bank-account',
          holderName: order.seller.name,
          accountNumber: order.seller.account,
          bankCode: order.seller.bank,
          bankName: order.seller.bankName,
        },
        payeeId: order.seller.id,
        description: `order ${order.id}`,
      },
      { commandId, timeoutMs: this.waitMs },
    );
    return this.note(order.id, answer);
  }

  /** After a start, and from time to time: asks about every payment that nobody is known to have taken. */
  async askAgain(): Promise<void> {
    for (const { order, status } of this.payments.all()) if (status === 'asked') await this.pay(order);
  }

  /** Keeps the rows up to date, and tells of each that changed, until `stop` of what it returns. */
  follow(changed: (payment: SellerPayment) => void = () => undefined) {
    const onEvent = async (event: LedgerEvent): Promise<void> => {
      const payment = this.take(event);
      if (payment !== undefined) changed(payment);
    };
    return this.ledger.followEvents({ group: 'seller-payouts', onEvent });
  }

  /** Nothing more will be done about it. A success or a failure may still turn: the row follows. */
  isOver(orderId: string): boolean {
    const status = this.payments.of(orderId)?.status ?? 'asked';
    return status === 'refused' || (status !== 'asked' && isFinal(status));
  }

  private note(orderId: string, answer: Answer): SellerPayment {
    const payment = this.payments.of(orderId);
    if (payment === undefined) throw new Error(`no row for order ${orderId}`);
    // Unknown is not failed: the row stays as it is, and the same command is sent again later.
    if (answer.kind === 'unknown') return payment;
    // An event that came first knows more.
    if (payment.status !== 'asked') return payment;
    const { outcome, reason } = answer.reply;
    const status = outcome === 'accepted' ? 'requested' : outcome;
    return this.payments.save({ ...payment, status, ...(reason === undefined ? {} : { reason }) });
  }

  /** An event may come twice, and before the reply: the payout's revision tells. */
  private take({ data }: LedgerEvent): SellerPayment | undefined {
    const payment = this.payments.all().find(({ payoutId }) => payoutId === data.payoutId);
    if (payment === undefined || BigInt(data.revision) <= BigInt(payment.revision ?? -1)) return undefined;
    const { status, revision, reason } = data;
    return this.payments.save({ ...payment, status, revision, ...(reason === undefined ? {} : { reason }) });
  }
}
