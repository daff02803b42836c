import { Test } from '@nestjs/testing';
import { CommandModule } from '#command/command.module';
import { CommandRunner } from '#command/command-runner';
import { ProviderRegistry } from '#providers/registry';
import { Caller, inParallel } from './caller.js';
import { EmbeddedRoom } from './embedded-room.js';
import type { BenchRoom } from './bench-room.js';
import { InstantProvider } from './instant-provider.js';
import { LogWatch } from './log-watch.js';

const PAYEES = 200;

/** The whole command app in a room of engines, with a provider that pays at once. */
export class CommandLedger<Room extends BenchRoom = EmbeddedRoom> {
  private constructor(
    readonly room: Room,
    private readonly parts: Awaited<ReturnType<typeof start>>,
  ) {}

  /** On the SQLite engines in a folder of its own. */
  static async start(): Promise<CommandLedger> {
    return CommandLedger.startIn(await EmbeddedRoom.open());
  }

  static async startIn<Room extends BenchRoom>(room: Room): Promise<CommandLedger<Room>> {
    return new CommandLedger(room, await start(room));
  }

  get engines(): Room['engines'] {
    return this.room.engines;
  }

  /** Opens accounts with ample funds. Resolves when the money is there. */
  async openAccounts(accounts: readonly string[]): Promise<void> {
    const { caller } = this.parts;
    const watch = await LogWatch.from(this.engines.eventStore);
    await inParallel(accounts.length, 64, async (index) => {
      const accountId = accounts[index] ?? '';
      await caller.ask({ type: 'OpenAccount', data: { accountId, currency: 'USD' } });
      await caller.ask({ type: 'Deposit', data: { accountId, amount: '10000000.00', currency: 'USD' } });
      await watch.whenDeposited(accountId);
    });
    await watch.stop();
  }

  /** Resolves when the request is durable and its reply is here. Payees come again, as they do in payrolls. */
  async requestPayout(accountId: string, index: number): Promise<string> {
    const payoutId = await this.parts.caller.ask({
      type: 'RequestPayout',
      data: {
        accountId,
        amount: `${10 + (index % 90)}.${String(index % 100).padStart(2, '0')}`,
        currency: 'USD',
        provider: 'goldenpay',
        payeeId: `payee-${index % PAYEES}`,
        beneficiary: { kind: 'stored-method', methodId: `method-${index % PAYEES}` },
        description: 'Monthly commission',
      },
    });
    if (payoutId === undefined) throw new Error('the reply names no payout');
    return payoutId;
  }

  /** Stops the app and closes the engines; what they kept can be read by others then, until `remove`. */
  async stop(): Promise<void> {
    const { caller, runner, module } = this.parts;
    await caller.leave();
    await runner.stop();
    await module.close();
    await this.room.close();
  }

  remove(): Promise<void> {
    return this.room.remove();
  }
}

async function start({ engines }: BenchRoom) {
  const registry = new ProviderRegistry([new InstantProvider()]);
  const module = await Test.createTestingModule({
    imports: [CommandModule.register({ ...engines, registry })],
  }).compile();
  await module.init();
  const runner = module.get(CommandRunner);
  await runner.start();
  return { module, runner, caller: await Caller.on(engines.bus) };
}
