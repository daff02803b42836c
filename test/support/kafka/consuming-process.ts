import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { KafkaMessageBus } from '#messaging/kafka/kafka-message-bus';
import { TOPICS } from '#messaging/topics';
import { SystemClock } from '#platform/time/system-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { kafkaTestSettings } from './kafka-settings.js';

/**
 * A consumer of the commands in a process of its own: `<brokers> <prefix> <session ms> <folder> <ms per message>`. The
 * effect of a message is a file that can be made only once, as an event at an exact revision can. Prints a line when a
 * handler begins and when it has ended: `begin 0/7`, then `done 0/7` or `refused 0/7`.
 */
const [brokers = '', kafkaPrefix = '', session = '', folder = '', pause = ''] = process.argv.slice(2);
const clock = new SystemClock();
const bus = await KafkaMessageBus.open({
  settings: kafkaTestSettings(brokers, { kafkaPrefix, kafkaSessionMs: Number(session) }),
  clock,
  logger: new MemoryLogger(),
  clientId: `consumer-${process.pid}`,
});
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
await bus.consume({
  group: 'zombies',
  topic: TOPICS.commands,
  from: 'earliest',
  concurrency: 4,
  handler: async ({ partition, offset }) => {
    const place = `${partition}/${offset}`;
    say(`begin ${place}`);
    await clock.sleep(Number(pause));
    try {
      closeSync(openSync(join(folder, `${partition}-${offset}`), 'wx'));
      say(`done ${place}`);
    } catch {
      say(`refused ${place}`);
    }
    return { kind: 'done' };
  },
});
say('started');
