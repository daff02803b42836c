import { Test } from '@nestjs/testing';
import { CommandModule } from '#command/command.module';
import { CommandRunner } from '#command/command-runner';
import { ProviderRegistry } from '#providers/registry';
import { temporaryFolder } from '#test/support/temporary-folder';
import { Caller, inParallel } from './caller.js';
import { openBenchEngines } from './engine-room.js';
import { InstantProvider } from './instant-provider.js';
import { LogWatch } from './log-watch.js';

const PAYEES = 200;

/** The whole command app on the SQLite engines in a folder of its own, with a provider that pays at once. */
export class CommandLedger {
  private constructor(private readonly parts: Awaited<ReturnType<typeof start>>) {}

  static async start(): Promise<CommandLedger> {
    return new CommandLedger(await start());
  }

  get engines() {
    return this.parts.engines;
  }

  get dataFolder(): string {
    return this.parts.folder.path;
  }

  /** Opens accounts with ample funds. Resolves when the money is there. */
  async openAccounts(accounts: readonly string[]): Promise<void> {
    const { caller, engines } = this.parts;
    const watch = await LogWatch.from(engines.eventStore);
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

  /** Stops the app; the files can be read by others then, until `remove`. */
  async stop(): Promise<void> {
    const { caller, runner, module, engines } = this.parts;
    await caller.leave();
    await runner.stop();
    await module.close();
    await engines.close();
  }

  remove(): void {
    this.parts.folder.remove();
  }
}

async function start() {
  const folder = temporaryFolder();
  const engines = await openBenchEngines(folder.path);
  const registry = new ProviderRegistry([new InstantProvider()]);
  const module = await Test.createTestingModule({
    imports: [CommandModule.register({ ...engines, registry })],
  }).compile();
  await module.init();
  const runner = module.get(CommandRunner);
  await runner.start();
  return { folder, engines, module, runner, caller: await Caller.on(engines.bus) };
}
