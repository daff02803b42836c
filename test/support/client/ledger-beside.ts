import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import type { OutgoingMessage } from '#messaging/message-bus';
import { SystemClock } from '#platform/time/system-clock';
import { CommandUnderTest } from '../command/command-under-test.js';
import { cardOf, PayingProvider, type CreateScript } from '../command/paying-provider.js';

/** A connection that loses what the service sends, as often as it is told. */
class LossyBus extends InMemoryMessageBus {
  losses = 0;

  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.losses > 0) {
      this.losses -= 1;
      throw new Error('the connection broke');
    }
    await super.publish(topic, messages);
  }
}

/** A whole command app with one provider and a funded account, and a connection of its own for a service beside it. */
export class LedgerBeside {
  readonly bus: LossyBus;

  private constructor(
    readonly ledger: CommandUnderTest,
    readonly provider: PayingProvider,
  ) {
    this.bus = new LossyBus({ clock: new SystemClock(), log: ledger.messages });
  }

  /** The account `acme-usd` has 100.00 USD. */
  static async open(...scripts: CreateScript[]): Promise<LedgerBeside> {
    const provider = new PayingProvider(cardOf());
    provider.scripts.push(...scripts);
    const ledger = await CommandUnderTest.start(provider);
    await ledger.openWithFunds('acme-usd', '100.00');
    return new LedgerBeside(ledger, provider);
  }

  /** Payments that the provider made. */
  get payments(): number {
    return [...this.provider.book.values()].reduce((sum, { payments }) => sum + payments, 0);
  }

  async stop(): Promise<void> {
    await this.bus.close();
    await this.ledger.stop();
  }
}
