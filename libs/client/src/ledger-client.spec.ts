import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandId } from '#domain/ids';
import { readCommand } from '#messaging/contracts/commands.v1';
import { printReply, type ReplyOutcome } from '#messaging/contracts/replies.v1';
import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import { InMemoryMessageLog } from '#messaging/in-memory/in-memory-message-log';
import {
  MessageBusClosedError,
  type Consumer,
  type ConsumerOptions,
  type OutgoingMessage,
  type ReceivedMessage,
} from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { SystemClock } from '#platform/time/system-clock';
import { eventually } from '#test/support/eventually';
import { ManualClock } from '#test/support/manual-clock';
import { LedgerClient, type LedgerClientOptions } from './ledger-client.js';
import { InvalidCommandError } from './outgoing-command.js';

const TIME = '2026-01-15T12:00:00.000Z';
const PAYOUT = '0190a7de-7bb5-5c2f-8d3e-4b1f3a5c7d9e';
const PAYOUT_OF_ORDER_1001 = 'e5f35fa1-fe94-578c-b856-e6912955d18a';
const OPEN = { accountId: 'acme', currency: 'USD' } as const;

/** A bus whose calls can be made to fail. */
class FaultyBus extends InMemoryMessageBus {
  readonly publishFaults: (Error | undefined)[] = [];
  readonly consumeFaults: Error[] = [];
  readonly consumers: Consumer[] = [];
  published = 0;

  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (topic === TOPICS.commands) {
      this.published += 1;
      const fault = this.publishFaults.shift();
      if (fault !== undefined) throw fault;
    }
    await super.publish(topic, messages);
  }

  override async consume(options: ConsumerOptions): Promise<Consumer> {
    const fault = this.consumeFaults.shift();
    if (fault !== undefined) throw fault;
    const consumer = await super.consume(options);
    this.consumers.push(consumer);
    return consumer;
  }
}

/** The ledger's side: takes commands, and answers each as it is told. */
class World {
  readonly log = new InMemoryMessageLog(new SystemClock());
  readonly bus = new FaultyBus({ clock: new SystemClock(), log: this.log });
  readonly commands: ReceivedMessage[] = [];
  /** The outcomes of the answers to come; empty: none is given. */
  readonly answers: ReplyOutcome[][] = [];

  static async start(...answers: ReplyOutcome[][]): Promise<World> {
    const world = new World();
    world.answers.push(...answers);
    await world.ledgerBus.consume({
      group: 'ledger',
      topic: TOPICS.commands,
      from: 'earliest',
      concurrency: 1,
      handler: async (message) => {
        world.commands.push(message);
        for (const outcome of world.answers.shift() ?? []) await world.answer(message, outcome);
        return { kind: 'done' };
      },
    });
    return world;
  }

  private readonly ledgerBus = new InMemoryMessageBus({ clock: new SystemClock(), log: this.log });

  async answer(command: ReceivedMessage, outcome: ReplyOutcome, id?: string): Promise<void> {
    const read = readCommand(command.value);
    assert.ok(read.ok);
    const reply = { commandId: id ?? read.command.commandId, outcome };
    const value = printReply(reply, { id: 'reply', time: TIME });
    const headers = { 'correlation-id': command.headers['correlation-id'] ?? '' };
    await this.ledgerBus.publish(TOPICS.replies, [{ key: command.key, headers, value }]);
  }

  client(options: Partial<LedgerClientOptions> = {}): LedgerClient {
    return new LedgerClient({ bus: this.bus, caller: 'shop', ...options });
  }

  async stop(): Promise<void> {
    await this.bus.close();
    await this.ledgerBus.close();
  }
}

describe('LedgerClient.request', () => {
  it('sends a command as the contract says, and gives its answer', async (t) => {
    const world = await World.start(['accepted']);
    t.after(() => world.stop());
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const answer = await world.client().request('OpenAccount', OPEN, { commandId: 'open-1', traceparent });
    assert.deepEqual(answer, {
      kind: 'answered',
      commandId: 'open-1',
      reply: { commandId: 'open-1', outcome: 'accepted' },
    });
    const [message, ...others] = world.commands;
    assert.ok(message !== undefined && others.length === 0);
    assert.equal(message.key, 'acme');
    const { 'correlation-id': correlationId, ...headers } = message.headers;
    assert.match(correlationId ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(headers, { 'content-type': 'application/cloudevents+json', traceparent });
    const read = readCommand(message.value);
    assert.ok(read.ok);
    const { time, ...command } = read.command;
    assert.match(time ?? '', /^2\d{3}-.*Z$/);
    assert.deepEqual(command, { type: 'OpenAccount', commandId: 'open-1', caller: 'shop', data: OPEN });
  });

  it('makes an id where none is given, and says it', async (t) => {
    const world = await World.start(['accepted'], ['refused']);
    t.after(() => world.stop());
    const client = world.client();
    const [one, two] = [
      await client.request('OpenAccount', OPEN, {}),
      await client.request('OpenAccount', OPEN, {}),
    ];
    assert.ok(one.kind === 'answered' && two.kind === 'answered');
    assert.equal(one.reply.commandId, one.commandId);
    assert.notEqual(one.commandId, two.commandId);
    assert.equal(two.reply.outcome, 'refused');
  });

  it("gives the payout's account for a key where the command has none", async (t) => {
    const world = await World.start(['accepted']);
    t.after(() => world.stop());
    await world.client().request('CancelPayout', { payoutId: PAYOUT }, { accountId: 'acme' });
    assert.equal(world.commands[0]?.key, 'acme');
  });

  it('sends the very same message again while there is no answer', async (t) => {
    const world = await World.start([], [], ['accepted']);
    t.after(() => world.stop());
    const answer = await world.client().request('OpenAccount', OPEN, { resendAfterMs: 5 });
    assert.equal(answer.kind, 'answered');
    const [first, ...again] = world.commands;
    assert.equal(again.length, 2);
    for (const message of again) {
      assert.deepEqual(
        [message.key, message.headers, message.value],
        [first?.key, first?.headers, first?.value],
      );
    }
  });

  it('waits longer each time before it sends again, and says unknown in the end, never failed', async (t) => {
    const clock = new ManualClock();
    const world = await World.start();
    t.after(() => world.stop());
    const asked = world
      .client({ clock })
      .request('OpenAccount', OPEN, { commandId: 'open-1', timeoutMs: 20, resendAfterMs: 2 });
    for (let count = 1; count <= 4; count += 1) {
      await eventually(() => world.commands.length === count && clock.untilNext !== undefined);
      // 2, 4, 8 and what is left of 20.
      assert.equal(clock.untilNext, [2, 4, 8, 6][count - 1]);
      clock.advance(clock.untilNext ?? 0);
    }
    assert.deepEqual(await asked, { kind: 'unknown', commandId: 'open-1', held: false });
    assert.equal(world.commands.length, 4);
  });

  it('waits on when the ledger holds the command, and says so when time is over', async (t) => {
    const world = await World.start(['held'], ['held', 'accepted'], ['held']);
    t.after(() => world.stop());
    const client = world.client();
    const over = await client.request('OpenAccount', OPEN, { commandId: 'a', timeoutMs: 30 });
    assert.deepEqual(over, { kind: 'unknown', commandId: 'a', held: true });
    const later = await client.request('OpenAccount', OPEN, { commandId: 'a' });
    assert.ok(later.kind === 'answered' && later.reply.outcome === 'accepted');
  });

  it('hears two questions at once, and nothing that is for another', async (t) => {
    const world = await World.start();
    t.after(() => world.stop());
    const client = world.client();
    const [one, two] = ['one', 'two'].map((id) =>
      client.request('OpenAccount', OPEN, { commandId: id, correlationId: 'same', timeoutMs: 10_000 }),
    );
    await eventually(() => world.commands.length === 2);
    const [first, second] = world.commands;
    assert.ok(first && second);
    await world.answer({ ...first, headers: { 'correlation-id': 'another' } }, 'refused');
    await world.answer(first, 'refused', 'three');
    await world.answer(second, 'accepted');
    await world.answer(first, 'rejected');
    const outcomes = (await Promise.all([one, two])).map((answer) => {
      assert.ok(answer?.kind === 'answered');
      return [answer.commandId, answer.reply.outcome];
    });
    assert.deepEqual(
      outcomes.sort(),
      [
        [readCommandId(first), 'rejected'],
        [readCommandId(second), 'accepted'],
      ].sort(),
    );
  });

  it('goes on when the bus fails, and says what the trouble was', async (t) => {
    const world = await World.start(['accepted']);
    t.after(() => world.stop());
    world.bus.consumeFaults.push(new Error('no coordinator'));
    world.bus.publishFaults.push(new Error('no leader'), undefined);
    const client = world.client();
    const answer = await client.request('OpenAccount', OPEN, { resendAfterMs: 1 });
    assert.equal(answer.kind, 'answered');
    assert.equal(world.commands.length, 1);
    world.bus.publishFaults.push(...Array.from({ length: 10 }, () => new Error('no leader')));
    const unknown = await client.request('OpenAccount', OPEN, { resendAfterMs: 10, timeoutMs: 15 });
    assert.ok(unknown.kind === 'unknown' && unknown.trouble instanceof Error);
    assert.equal(unknown.trouble.message, 'no leader');
  });

  it('throws only what is certain: that nothing was ever sent', async (t) => {
    const world = await World.start();
    t.after(() => world.stop());
    const client = world.client();
    const closed = new MessageBusClosedError();
    world.bus.publishFaults.push(closed);
    await assert.rejects(client.request('OpenAccount', OPEN, {}), closed);
    world.bus.publishFaults.push(new Error('reset'), closed, closed, closed, closed, closed);
    const answer = await client.request('OpenAccount', OPEN, { resendAfterMs: 1, timeoutMs: 10 });
    assert.deepEqual([answer.kind, answer.kind === 'unknown' && answer.trouble], ['unknown', closed]);
  });

  it('listens again when its consumer has ended', async (t) => {
    const world = await World.start(['accepted'], ['accepted']);
    t.after(() => world.stop());
    const client = world.client();
    await client.request('OpenAccount', OPEN, {});
    await world.bus.consumers[0]?.stop();
    assert.equal((await client.request('OpenAccount', OPEN, {})).kind, 'answered');
    assert.equal(world.bus.consumers.length, 2);
    await client.close();
    await assert.doesNotReject(world.bus.consumers[1]?.ended ?? Promise.reject(new Error('none')));
  });

  it('refuses before anything is sent what the ledger would refuse, naming fields and not values', async (t) => {
    const world = await World.start();
    t.after(() => world.stop());
    const client = world.client();
    const wrong: [string, () => Promise<unknown>][] = [
      ['data.accountId', () => client.request('OpenAccount', { ...OPEN, accountId: '-canary' }, {})],
      ['id', () => client.send('OpenAccount', OPEN, { commandId: 'canary canary' })],
      ['source', () => world.client({ caller: 'canary canary' }).send('OpenAccount', OPEN, {})],
      [
        'header correlation-id',
        () => client.send('OpenAccount', OPEN, { correlationId: 'canary'.repeat(50) }),
      ],
      ['header traceparent', () => client.send('OpenAccount', OPEN, { traceparent: 'canary' })],
      [
        'accountId',
        () =>
          client.send('CancelPayout', { payoutId: PAYOUT }, {} as unknown as { readonly accountId: string }),
      ],
    ];
    for (const [field, call] of wrong) {
      await assert.rejects(call, (error: unknown) => {
        assert.ok(error instanceof InvalidCommandError);
        assert.deepEqual(
          error.problems.map((problem) => problem.field),
          [field],
        );
        assert.ok(error.message.includes(field) && !error.message.includes('canary'));
        return true;
      });
    }
    assert.equal(world.bus.published, 0);
  });
});

describe('LedgerClient.payoutIdOf', () => {
  it('is the payout that the ledger makes of caller and command id', async (t) => {
    const world = await World.start();
    t.after(() => world.stop());
    const client = world.client();
    // From docs/contracts/examples/payout.reply.v1.json.
    assert.equal(client.payoutIdOf(commandId('order-1001')), PAYOUT_OF_ORDER_1001);
    assert.throws(() => client.payoutIdOf('two words'), RangeError);
  });
});

function readCommandId({ value }: ReceivedMessage): string {
  const read = readCommand(value);
  assert.ok(read.ok);
  return read.command.commandId;
}
