import type { PayoutOrder, ProviderAnswer } from '#providers/provider';
import { cardOf, PayingProvider } from '#test/support/command/paying-provider';

/** A provider in this process that has paid when it answers, at once: what is left is our own side's work. */
export class InstantProvider extends PayingProvider {
  constructor() {
    super(cardOf({ timing: TIMING }));
  }

  /** What went over the wire differs from order to order, as it does with a real one: it is stored for each. */
  override async create(order: PayoutOrder): Promise<ProviderAnswer> {
    this.scripts.push('settles-at-once');
    const { outcome, evidence } = await super.create(order);
    return { outcome, evidence: { ...evidence, request: { ...evidence.request, body: order.reference } } };
  }
}

/** So long that no timer of an open payout goes off during a run. */
const TIMING = { requestTimeout: 30_000, firstQueryAfter: 10_000, maxQueryPause: 60_000, parkAfter: 600_000 };
