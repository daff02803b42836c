import { isFinal, type LedgerEvent } from '#client/event-follower';
import type { LedgerClient } from '#client/ledger-client';

/** An order of a marketplace whose seller is to be paid. */
export interface Order {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly seller: {
    readonly id: string;
    readonly name: string;
    readonly bank: string;
    readonly account: string;
  };
}

/** A row of the marketplace's own database, by the order's id: here a map, in a real service a table. */
export interface SellerPayment {
  readonly order: Order;
  readonly payoutId: string;
  /** `asked`: written down, and not known to be taken. The others are the ledger's. */
  status: 'asked' | 'refused' | LedgerEvent['data']['status'];
  /** Place of the newest event that this row has seen. */
  revision: bigint;
  reason?: string;
}

/** Pays sellers through the payout ledger: asks for each payout, awaits the reply, follows the events until the end. */
export class SellerPayouts {
  readonly payments = new Map<string, SellerPayment>();

  constructor(
    private readonly ledger: LedgerClient,
    private readonly account: string,
    private readonly waitMs = 30_000,
  ) {}

  /** May be called again and again for one order: it is one payout, since the command's id comes from the order. */
  async pay(order: Order): Promise<SellerPayment> {
    const commandId = `order-${order.id}`;
    // Written down before it is sent: a crash from here on leaves a row that `askAgain` finds.
    const payment = this.payments.get(order.id) ?? {
      order,
      payoutId: this.ledger.payoutIdOf(commandId),
      status: 'asked',
      revision: -1n,
    };
    this.payments.set(order.id, payment);
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
        },
        payeeId: order.seller.id,
        description: `order ${order.id}`,
      },
      { commandId, timeoutMs: this.waitMs },
    );
    // Unknown is not failed: the row stays as it is, and the same command is sent again later.
    if (answer.kind === 'unknown' || payment.status !== 'asked') return payment;
    const { outcome, reason } = answer.reply;
    switch (outcome) {
      case 'accepted':
        payment.status = 'requested';
        break;
      case 'rejected':
      case 'refused':
        payment.status = outcome;
        break;
    }
    if (reason !== undefined) payment.reason = reason;
    return payment;
  }

  /** After a start, and from time to time: asks about every payment that nobody is known to have taken. */
  async askAgain(): Promise<void> {
    for (const { order, status } of [...this.payments.values()])
      if (status === 'asked') await this.pay(order);
  }

  /** Keeps the rows up to date until `stop` of what it returns. */
  follow() {
    return this.ledger.followEvents({ group: 'seller-payouts', onEvent: async (event) => this.take(event) });
  }

  /** An event may come twice, and before the reply: the payout's revision tells. */
  take({ data }: LedgerEvent): void {
    const payment = [...this.payments.values()].find(({ payoutId }) => payoutId === data.payoutId);
    const revision = BigInt(data.revision);
    if (payment === undefined || revision <= payment.revision) return;
    payment.revision = revision;
    payment.status = data.status;
    if (data.reason !== undefined) payment.reason = data.reason;
  }

  /** Nothing more will be done about it. A success or a failure may still turn: the row follows. */
  isOver(orderId: string): boolean {
    const status = this.payments.get(orderId)?.status ?? 'asked';
    return status === 'refused' || (status !== 'asked' && isFinal(status));
  }
}
