import { accountId, instructionIdOf, payoutId, payoutIdOf } from '#domain/ids';
import { currencyCode } from '#domain/money/currency';
import { readCommand, type WireCommand } from '#messaging/contracts/commands.v1';
import { HEADERS, replyTopicOf } from '#messaging/contracts/headers';
import { printReply, type Reply } from '#messaging/contracts/replies.v1';
import type { Consumer, HandlerDecision, MessageBus, ReceivedMessage } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { History, payoutEvents } from '#test/support/read-models/history';
import { writeLog } from '#test/support/read-models/log-writer';
import type { EventStore, LogPosition } from '#event-store/event-store';

const DONE: HandlerDecision = { kind: 'done' };

/**
 * Stands in for `apps/command`: takes commands from the bus, writes events of its own making, answers on the reply
 * topic. It knows the rules that a gateway's tests need, and no more.
 */
export class CommandSide {
  readonly messages: ReceivedMessage[] = [];
  readonly history = new History();
  /** What is answered instead of the usual, once. `silent`: nothing. */
  next: Partial<Reply> | 'silent' | undefined;
  readonly #answered = new Map<
    string,
    { readonly content: string; readonly reply: Omit<Reply, 'commandId'> }
  >();
  #consumer: Consumer | undefined;
  #written = 0;

  constructor(
    private readonly bus: MessageBus,
    private readonly store: EventStore,
  ) {}

  async start(): Promise<void> {
    this.#consumer = await this.bus.consume({
      group: 'command',
      topic: TOPICS.commands,
      from: 'earliest',
      concurrency: 1,
      handler: (message) => this.#handle(message),
    });
  }

  async stop(): Promise<void> {
    await this.#consumer?.stop();
  }

  /** Appends what the history has more than the log. */
  async flush(): Promise<LogPosition> {
    const events = this.history.events.slice(this.#written);
    this.#written = this.history.events.length;
    await writeLog(this.store, events);
    const head = await this.store.head();
    if (head === undefined) throw new Error('nothing was written');
    return head;
  }

  async #handle(message: ReceivedMessage): Promise<HandlerDecision> {
    this.messages.push(message);
    const { next } = this;
    this.next = undefined;
    if (next === 'silent') return DONE;
    const read = readCommand(message.value);
    if (!read.ok) throw new Error(`the gateway sent what can't be read: ${JSON.stringify(read.problems)}`);
    const reply = next ?? (await this.#decide(read.command));
    const value = printReply(
      { outcome: 'accepted', ...reply, commandId: read.command.commandId },
      {
        id: uuidV5(payoutIdOf(uuidV5, 'x', read.command.commandId), 'reply'),
        time: '2026-01-01T00:00:00.000Z',
      },
    );
    const correlationId = message.headers[HEADERS.correlationId] ?? '';
    await this.bus.publish(replyTopicOf(message.headers), [
      { key: message.key, headers: { [HEADERS.correlationId]: correlationId }, value },
    ]);
    return DONE;
  }

  async #decide(command: WireCommand): Promise<Omit<Reply, 'commandId'>> {
    const id = `${command.caller}\n${command.commandId}`;
    const content = JSON.stringify([command.type, command.data]);
    const before = this.#answered.get(id);
    if (before !== undefined) {
      return before.content === content
        ? before.reply
        : { outcome: 'refused', reason: 'command-id-reused', message: 'a new command needs a new id' };
    }
    const reply = await this.#carryOut(command);
    if (reply.outcome !== 'refused') this.#answered.set(id, { content, reply });
    return reply;
  }

  async #carryOut(command: WireCommand): Promise<Omit<Reply, 'commandId'>> {
    const { history } = this;
    switch (command.type) {
      case 'OpenAccount': {
        if (history.account(command.data.accountId).status !== 'absent') {
          return { outcome: 'refused', reason: 'account-exists', message: 'choose another id' };
        }
        history.open(command.data.accountId, command.data.currency);
        return { outcome: 'accepted', position: await this.flush() };
      }
      case 'Deposit':
      case 'CloseAccount': {
        const account = command.data.accountId;
        if (history.account(account).status === 'absent') {
          return { outcome: 'refused', reason: 'unknown-account', message: 'open it first' };
        }
        history.happen({
          type: 'AccountInstructionGiven',
          data: {
            instructionId: instructionIdOf(uuidV5, command.caller, command.commandId),
            accountId: accountId(account),
            instruction:
              command.type === 'Deposit'
                ? {
                    kind: 'deposit',
                    amount: { minor: 100_000n, currency: currencyCode(command.data.currency) },
                  }
                : { kind: 'close' },
            caller: command.caller,
            commandId: command.commandId,
            fingerprint: payoutEvents(0).requested.data.fingerprint,
            givenAt: 0,
          },
        });
        return { outcome: 'accepted', position: await this.flush() };
      }
      case 'RequestPayout':
        return this.#request(command);
      case 'CancelPayout':
      case 'ResolvePayout':
      case 'CorrectFunds':
        return { outcome: 'refused', reason: 'unknown-payout', message: 'no payout has this id' };
    }
  }

  async #request({
    caller,
    commandId,
    data,
  }: Extract<WireCommand, { type: 'RequestPayout' }>): Promise<Omit<Reply, 'commandId'>> {
    const id = payoutIdOf(uuidV5, caller, commandId);
    const { requested, rejectedAtOnce } = payoutEvents(1, data.accountId);
    const own = { payoutId: payoutId(id), caller, commandId };
    if (this.history.account(data.accountId).status !== 'absent') {
      this.history.happen({ ...requested, data: { ...requested.data, ...own } });
      return { outcome: 'accepted', payoutId: id, position: await this.flush(), revision: '0' };
    }
    const request = { ...rejectedAtOnce.data.request, ...own };
    this.history.happen({
      ...rejectedAtOnce,
      data: { ...rejectedAtOnce.data, payoutId: own.payoutId, request },
    });
    return {
      outcome: 'rejected',
      reason: 'unknown-account',
      message: `no account ${data.accountId} was opened`,
      payoutId: id,
      position: await this.flush(),
      revision: '0',
    };
  }
}
