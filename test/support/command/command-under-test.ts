import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { CommandModule, type CommandEngines } from '#command/command.module';
import { CommandRunner } from '#command/command-runner';
import { SendingGate } from '#command/sending/sending-gate';
import { decodeRecorded } from '#command/streams/event-encoding';
import { InMemoryCheckpoints } from '#coordination/in-memory/in-memory-checkpoints';
import { InMemoryFollowUps } from '#coordination/in-memory/in-memory-follow-ups';
import { InMemoryHeldMessages } from '#coordination/in-memory/in-memory-held-messages';
import { InMemoryLeases } from '#coordination/in-memory/in-memory-leases';
import type { AccountId, CommandId, PayoutId } from '#domain/ids';
import { accountId, commandId, payoutIdOf } from '#domain/ids';
import { foldAccount, type AccountState } from '#domain/account/state';
import { foldPayout } from '#domain/payout/evolve';
import type { PayoutState } from '#domain/payout/state';
import { isAccountEvent, isPayoutEvent, type DomainEvent } from '#domain/codec/stored-event';
import { accountStream, payoutStream } from '#domain/streams';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import {
  printCommand,
  type CommandData,
  type CommandType,
  type WireCommand,
} from '#messaging/contracts/commands.v1';
import { printCallbackMessage } from '#messaging/contracts/callbacks.v1';
import { HEADERS } from '#messaging/contracts/headers';
import { readReply, type Reply } from '#messaging/contracts/replies.v1';
import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import { InMemoryMessageLog } from '#messaging/in-memory/in-memory-message-log';
import { InMemoryTopicReader } from '#messaging/in-memory/in-memory-topic-reader';
import type { MessageBus } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { SystemIds } from '#platform/ids/system-ids';
import { uuidV5 } from '#platform/ids/uuid-v5';
import type { Clock } from '#platform/time/clock';
import { SystemClock } from '#platform/time/system-clock';
import { IntakeSealer } from '#platform/vault/intake-sealer';
import { KeyWrapper } from '#platform/vault/key-wrapper';
import { KeyedHash } from '#platform/vault/keyed-hash';
import { MasterKey } from '#platform/vault/master-key';
import { InMemoryPayeeKeys } from '#platform/vault/in-memory/in-memory-payee-keys';
import { PersonalDataVault } from '#platform/vault/vault';
import type { Provider } from '#providers/provider';
import { ProviderRegistry } from '#providers/registry';
import { eventually } from '../eventually.js';
import { MemoryLogger } from '../memory-logger.js';
import { PowerCut } from './power-cut.js';

export const CALLER = 'payroll';

export interface CommandUnderTestOptions {
  readonly providers: readonly Provider[];
  /** Absent: the machine's. */
  readonly clock?: Clock;
  /** Opens the app's bus at each start. Absent: one in memory, which `ask`, `replies` and `topic` read. */
  readonly openBus?: () => Promise<MessageBus>;
  /** Absent: nobody looks. */
  readonly observers?: Pick<CommandEngines, 'metrics' | 'tracing'>;
}

/**
 * The whole command app on the in-memory engines: real intake, deciders, processes and publisher. The engines outlive
 * the app, as a real store does; `crash` drops the app with whatever it had in hand.
 */
export class CommandUnderTest {
  readonly logger = new MemoryLogger();
  readonly clock: Clock;
  readonly ids = new SystemIds();
  readonly eventStore = new InMemoryEventStore();
  readonly messages: InMemoryMessageLog;
  checkpoints = new InMemoryCheckpoints();
  readonly followUps = new InMemoryFollowUps();
  readonly held: InMemoryHeldMessages;
  private readonly master = MasterKey.parse(MasterKey.generate(this.ids));
  private readonly wrapper = new KeyWrapper(this.master, this.ids);
  readonly keys = new InMemoryPayeeKeys(this.wrapper);
  private providers: readonly Provider[];
  private readonly openBus: () => Promise<MessageBus>;
  private readonly observers: Pick<CommandEngines, 'metrics' | 'tracing'>;
  private app: Awaited<ReturnType<CommandUnderTest['boot']>> | undefined;

  private constructor({
    providers,
    clock = new SystemClock(),
    observers = {},
    openBus,
  }: CommandUnderTestOptions) {
    this.providers = providers;
    this.openBus = openBus ?? (async () => new InMemoryMessageBus({ clock, log: this.messages }));
    this.observers = observers;
    this.clock = clock;
    this.messages = new InMemoryMessageLog(clock);
    this.held = new InMemoryHeldMessages(clock);
  }

  /** From the next start on. */
  replaceProviders(providers: readonly Provider[]): void {
    this.providers = providers;
  }

  /** At the next start every loop takes the log from its beginning. */
  forgetCheckpoints(): void {
    this.checkpoints = new InMemoryCheckpoints();
  }

  static start(...providers: readonly Provider[]): Promise<CommandUnderTest> {
    return CommandUnderTest.startWith({ providers });
  }

  static async startWith(options: CommandUnderTestOptions): Promise<CommandUnderTest> {
    const ledger = new CommandUnderTest(options);
    ledger.app = await ledger.boot();
    return ledger;
  }

  /** What an operator pauses and resumes, in the run that is under way. */
  get sending(): SendingGate {
    return this.running.module.get(SendingGate);
  }

  /** Of the run that is under way. */
  get power(): PowerCut {
    return this.running.power;
  }

  private get running() {
    if (this.app === undefined) throw new Error('the app is not running');
    return this.app;
  }

  /** The app ends without finishing anything: what it wrote stays, what it had in hand is gone. A new one starts. */
  async crashAndRestart(): Promise<void> {
    const { power, bus } = this.running;
    this.app = undefined;
    power.cut();
    // Takes its ears off the log; what hangs in a handler hangs for ever.
    void bus.close();
    this.app = await this.boot();
  }

  async stop(): Promise<void> {
    await this.app?.runner.stop();
    await this.app?.bus.close();
    await this.app?.module.close();
    this.app = undefined;
  }

  private async boot() {
    const power = new PowerCut();
    const clock = power.clock(this.clock);
    const bus = await this.openBus();
    const providers = this.providers.map((provider) =>
      power.guard(provider, provider.card.provider, ['create']),
    );
    const engines: CommandEngines = {
      checkpoints: power.guard(this.checkpoints, 'checkpoints', ['advance']),
      followUps: power.guard(this.followUps, 'followUps', ['schedule', 'bringForward', 'settle']),
      // A crashed run's leases would have to run out first.
      leases: new InMemoryLeases(clock),
      instance: 'under-test',
      held: power.guard(this.held, 'held', ['hold', 'holdIfHeld', 'done', 'failAgain']),
      eventStore: power.guard(this.eventStore, 'eventStore', ['append']),
      bus: power.guard(bus, 'bus', ['publish']),
      registry: new ProviderRegistry(providers),
      vault: new PersonalDataVault(this.keys, this.wrapper, this.ids),
      intakeSealer: new IntakeSealer(this.master, this.ids),
      hashes: new KeyedHash(this.master),
      clock,
      ids: this.ids,
      logger: this.logger,
      ...this.observers,
      operatorToken: 'a-token-of-operators-in-tests',
    };
    const module = await Test.createTestingModule({ imports: [CommandModule.register(engines)] }).compile();
    await module.init();
    const runner = module.get(CommandRunner);
    await runner.start();
    return { module, runner, bus, power };
  }

  /** Publishes a command and waits for its answer on the reply topic. */
  async ask<T extends CommandType>(
    type: T,
    id: string,
    data: CommandData<T>,
    key = 'account',
  ): Promise<Reply> {
    const correlationId = this.ids.uuid();
    await this.send(type, id, data, { key, correlationId });
    return this.replyTo(correlationId);
  }

  async send<T extends CommandType>(
    type: T,
    id: string,
    data: CommandData<T>,
    { key = 'account', correlationId = this.ids.uuid() }: { key?: string; correlationId?: string } = {},
  ): Promise<void> {
    const command = { type, commandId: commandId(id), caller: CALLER, data } as unknown as WireCommand;
    await this.sendRaw(printCommand(command), key, correlationId);
  }

  async sendRaw(value: Uint8Array, key: string, correlationId: string): Promise<void> {
    await this.publish(TOPICS.commands, key, { [HEADERS.correlationId]: correlationId }, value);
  }

  /** From outside: it has nothing to do with the app's own power. */
  async publish(
    topic: string,
    key: string,
    headers: Readonly<Record<string, string>>,
    value: Uint8Array,
  ): Promise<void> {
    await this.running.bus.publish(topic, [{ key, headers, value }]);
  }

  async callback(provider: 'goldenpay' | 'dvpay', body: object): Promise<void> {
    const time = new Date(this.clock.now()).toISOString();
    const value = printCallbackMessage(
      {
        provider,
        receivedAt: time,
        headers: {},
        bodyBase64: Buffer.from(JSON.stringify(body)).toString('base64'),
        verdict: 'verified',
      },
      { id: this.ids.uuid(), time },
    );
    await this.publish(TOPICS.callbacks, 'callback', {}, value);
  }

  async replyTo(correlationId: string): Promise<Reply> {
    let found: Reply | undefined;
    await eventually(async () => {
      found = (await this.replies(correlationId)).at(-1);
      return found !== undefined;
    });
    if (found === undefined) throw new Error('unreachable');
    return found;
  }

  async replies(correlationId: string): Promise<readonly Reply[]> {
    const { messages } = await new InMemoryTopicReader(this.messages).readTopic(
      TOPICS.replies,
      undefined,
      100_000,
    );
    return messages
      .filter(({ headers }) => headers[HEADERS.correlationId] === correlationId)
      .map(({ value }) => {
        const read = readReply(value);
        if (!read.ok) throw new Error(read.reason);
        return read.reply;
      });
  }

  async topic(topic: string) {
    return (await new InMemoryTopicReader(this.messages).readTopic(topic, undefined, 100_000)).messages;
  }

  async openWithFunds(account: string, amount: string): Promise<void> {
    await this.ask('OpenAccount', `open-${account}`, { accountId: account, currency: 'USD' }, account);
    await this.ask('Deposit', `fund-${account}`, { accountId: account, amount, currency: 'USD' }, account);
    await eventually(async () =>
      (await this.events(accountStream(accountId(account)))).some(({ type }) => type === 'FundsDeposited'),
    );
  }

  payoutId(id: string): PayoutId {
    return payoutIdOf(uuidV5, CALLER, id as CommandId);
  }

  async events(stream: string): Promise<readonly DomainEvent[]> {
    const events: DomainEvent[] = [];
    for await (const recorded of this.eventStore.readStream(stream)) events.push(decodeRecorded(recorded));
    return events;
  }

  async types(stream: string): Promise<readonly string[]> {
    return (await this.events(stream)).map(({ type }) => type);
  }

  async payout(id: string): Promise<PayoutState> {
    return foldPayout((await this.events(payoutStream(this.payoutId(id)))).filter(isPayoutEvent));
  }

  async account(id: string): Promise<AccountState> {
    return foldAccount((await this.events(accountStream(id as AccountId))).filter(isAccountEvent));
  }

  async untilStatus(id: string, status: PayoutState['status'], timeoutMs?: number): Promise<void> {
    await eventually(async () => (await this.payout(id)).status === status, timeoutMs);
  }

  /** Balances of an account as text of minor units. */
  async balances(id: string): Promise<Readonly<Record<'available' | 'reserved' | 'paid', bigint>>> {
    const account = await this.account(id);
    if (account.status === 'absent') throw new Error(`account ${id} was not opened`);
    const { available, reserved, paid } = account.balances;
    return { available: available.minor, reserved: reserved.minor, paid: paid.minor };
  }
}
