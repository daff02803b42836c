import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { envelopeOf, type BusMessage } from '#demo/checker/bus-message';
import { FaultWorld } from '#test/support/faults/fault-world';
import { until } from '#test/support/faults/until';

const COMMANDS = 'payout.commands.v1';
const MIB = 1024 * 1024;

describe('messages on the commands’ topic that are none', () => {
  let world: FaultWorld;
  before(async () => {
    world = await FaultWorld.start();
    await world.launchReady('command-1', 'projection');
    await world.connectCaller();
    await world.openAccount('acme');
  });
  after(() => world.end());

  async function parkedWith(value: Buffer): Promise<BusMessage> {
    let found: BusMessage | undefined;
    await until(
      () => {
        found = world.topics.of('payout.parked.v1').find((message) => value.equals(message.value));
        return found !== undefined;
      },
      15_000,
      () => `parked: ${value.length} bytes`,
    );
    assert.ok(found);
    return found;
  }

  async function send(key: string | null, value: Buffer): Promise<void> {
    await world.producer.send({ topic: COMMANDS, acks: -1, messages: [{ key, value }] });
  }

  it('garbage is parked with its bytes and its place, and what comes behind it is answered', async () => {
    const garbage = [randomBytes(200), Buffer.from('{"specversion":'), Buffer.from([0xff, 0xfe, 0x00])];
    // The same key: the commands of this account are behind it in one partition.
    for (const value of garbage) await send('acme', value);
    await world.pay('acme', 5);
    for (const value of garbage) {
      const { headers, key } = await parkedWith(value);
      assert.equal(key, 'acme');
      assert.match(JSON.stringify(headers), /payout\.commands\.v1/);
    }
    await world.log('command-1').untilHas('message-parked', '"alarm"');
  });

  it('a message without a key is parked as it is', async () => {
    const value = Buffer.from('no key');
    await send(null, value);
    const { key } = await parkedWith(value);
    assert.equal(key ?? '', '');
    await world.pay('acme', 2);
  });

  it('a command without a key is a command', async () => {
    const event = {
      specversion: '1.0',
      id: 'open-without-key',
      source: 'test-payroll',
      type: 'payout.command.OpenAccount.v1',
      datacontenttype: 'application/json',
      data: { accountId: 'keyless', currency: 'USD' },
    };
    await send(null, Buffer.from(JSON.stringify(event)));
    await until(
      () =>
        world.topics
          .of('payout.replies.v1')
          .map((message) => envelopeOf(message)?.data)
          .some((data) => data?.['commandId'] === event.id && data['outcome'] === 'accepted'),
      10_000,
      () => 'it is answered',
    );
  });

  it('5 MiB are refused by the broker; where an administrator lets them in, they are parked with all bytes', async () => {
    const value = randomBytes(5 * MIB);
    await assert.rejects(send('acme', value), /larger than the max message size/);
    await world.setMessageLimit(COMMANDS, 8 * MIB);
    await send('acme', value);
    await world.pay('acme', 3);
    const { headers } = await parkedWith(value);
    assert.match(JSON.stringify(headers), /bytes|large/);
    await world.untilReady('command-1');
  });

  it('all else is as if none of them had been there', async () => {
    await world.assertNothingLost();
    world.assertNobodyDied();
  });
});
