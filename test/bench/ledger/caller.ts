import { commandId } from '#domain/ids';
import {
  printCommand,
  type CommandData,
  type CommandType,
  type WireCommand,
} from '#messaging/contracts/commands.v1';
import { HEADERS } from '#messaging/contracts/headers';
import { readReply, type Reply } from '#messaging/contracts/replies.v1';
import type { Consumer, MessageBus } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';

const REPLIES_AT_ONCE = 256;
const SILENCE_MS = 60_000;

export type AskedCommand = {
  readonly [T in CommandType]: { readonly type: T; readonly data: CommandData<T> };
}[CommandType];

/** Another service on the bus: publishes commands and waits for the replies to them, many at a time. */
export class Caller {
  readonly #waiting = new Map<string, (reply: Reply) => void>();
  #consumer: Consumer | undefined;
  #asked = 0;

  private constructor(
    private readonly bus: MessageBus,
    private readonly name: string,
  ) {}

  static async on(bus: MessageBus, name = 'bench'): Promise<Caller> {
    const caller = new Caller(bus, name);
    caller.#consumer = await bus.consume({
      group: name,
      topic: TOPICS.replies,
      from: 'latest',
      concurrency: REPLIES_AT_ONCE,
      handler: async ({ headers, value }) => {
        const waiting = caller.#waiting.get(headers[HEADERS.correlationId] ?? '');
        if (waiting === undefined) return { kind: 'done' };
        const read = readReply(value);
        if (!read.ok) throw new Error(read.reason);
        waiting(read.reply);
        return { kind: 'done' };
      },
    });
    return caller;
  }

  /** Resolves with the payout (if it is about one) when the reply is here; rejects unless it is `accepted`. */
  async ask(command: AskedCommand): Promise<string | undefined> {
    this.#asked += 1;
    const id = `${this.name}-${this.#asked}`;
    const reply = new Promise<Reply>((resolve, reject) => {
      const silence = setTimeout(() => reject(new Error(`${id} was not answered`)), SILENCE_MS);
      this.#waiting.set(id, (got) => {
        clearTimeout(silence);
        this.#waiting.delete(id);
        resolve(got);
      });
    });
    const wire = { ...command, commandId: commandId(id), caller: this.name } as WireCommand;
    // As the contract asks: the account's id, so that what concerns one account keeps its order.
    const key = 'accountId' in command.data ? command.data.accountId : command.data.payoutId;
    const headers = { [HEADERS.correlationId]: id };
    await this.bus.publish(TOPICS.commands, [{ key, headers, value: printCommand(wire) }]);
    const { outcome, reason, payoutId } = await reply;
    if (outcome !== 'accepted') throw new Error(`${id} was ${outcome}: ${reason ?? ''}`);
    return payoutId;
  }

  async leave(): Promise<void> {
    await this.#consumer?.stop();
  }
}

/** Runs `count` tasks, `atOnce` of them at any time. Resolves with how long each took, in milliseconds. */
export async function inParallel(
  count: number,
  atOnce: number,
  task: (index: number) => Promise<void>,
): Promise<readonly number[]> {
  const latencies: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const begin = performance.now();
      await task(index);
      latencies.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
  return latencies;
}
