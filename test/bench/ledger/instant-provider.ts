import type { PayoutOrder, ProviderAnswer } from '#providers/provider';
import { cardOf, PayingProvider } from '#test/support/command/paying-provider';

/** A provider in this process that has paid when it answers, at once: what is left is our own side's work. */
export class InstantProvider extends PayingProvider {
  constructor() {
    super(cardOf({ timing: TIMING }));
  }

  override create(order: PayoutOrder): Promise<ProviderAnswer> {
    this.scripts.push('settles-at-once');
    return super.create(order);
  }
}

/** So long that no timer of an open payout goes off during a run. */
const TIMING = { requestTimeout: 30_000, firstQueryAfter: 10_000, maxQueryPause: 60_000, parkAfter: 600_000 };
