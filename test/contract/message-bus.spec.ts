import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import { InMemoryMessageLog } from '#messaging/in-memory/in-memory-message-log';
import { InMemoryTopicReader } from '#messaging/in-memory/in-memory-topic-reader';
import { MESSAGING_WRITER, SqliteMessageBus } from '#messaging/sqlite/sqlite-message-bus';
import { SqliteTopicReader } from '#messaging/sqlite/sqlite-topic-reader';
import type { MessageBus } from '#messaging/message-bus';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import { SystemClock } from '#platform/time/system-clock';
import { scramblingSealer } from '#test/support/scrambling-sealer';
import { describeMessageBusContract } from './message-bus.contract.js';

const clock = new SystemClock();

describeMessageBusContract('in-memory', async () => {
  const log = new InMemoryMessageLog(clock);
  return {
    partitions: log.partitions,
    now: () => clock.now(),
    open: async () => ({ bus: new InMemoryMessageBus({ clock, log }), reader: new InMemoryTopicReader(log) }),
    crash: async () => log.forgetListeners(),
    dispose: async () => undefined,
  };
});

describeMessageBusContract('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'message-bus-'));
  const files = new Map<MessageBus, SqliteFile>();
  return {
    partitions: 8,
    now: () => clock.now(),
    open: async () => {
      const file = await SqliteFile.open({ path: join(folder, 'messages.db'), modules: [MESSAGING_WRITER] });
      const bus = await SqliteMessageBus.open({ file, clock, sealer: scramblingSealer });
      files.set(bus, file);
      return { bus, reader: new SqliteTopicReader(file, scramblingSealer) };
    },
    crash: async (bus) => {
      await files.get(bus)?.close();
      files.delete(bus);
    },
    dispose: async () => {
      for (const file of files.values()) await file.close();
      await rm(folder, { recursive: true });
    },
  };
});
