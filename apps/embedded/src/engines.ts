import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COORDINATION_WRITER } from '#coordination/sqlite/coordination-writer';
import { InMemoryLeases } from '#coordination/in-memory/in-memory-leases';
import { SqliteCheckpoints } from '#coordination/sqlite/sqlite-checkpoints';
import { SqliteFollowUps } from '#coordination/sqlite/sqlite-follow-ups';
import { SqliteHeldMessages } from '#coordination/sqlite/sqlite-held-messages';
import { EVENT_STORE_WRITER, SqliteEventStore } from '#event-store/sqlite/sqlite-event-store';
import { loggingObserver } from '#messaging/consumer/logging-observer';
import { MESSAGING_WRITER, SqliteMessageBus } from '#messaging/sqlite/sqlite-message-bus';
import { SqliteTopicReader } from '#messaging/sqlite/sqlite-topic-reader';
import type { OutboundHttp } from '#platform/http/outbound-http';
import type { Ids } from '#platform/ids/ids';
import type { Logger } from '#platform/logging/logger';
import { DataFolderLock } from '#platform/sqlite/data-folder-lock';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import type { Clock } from '#platform/time/clock';
import { IntakeSealer } from '#platform/vault/intake-sealer';
import { KeyWrapper } from '#platform/vault/key-wrapper';
import { KeyedHash } from '#platform/vault/keyed-hash';
import type { MasterKey } from '#platform/vault/master-key';
import { PAYEE_KEYS_WRITER, SqlitePayeeKeys } from '#platform/vault/sqlite/sqlite-payee-keys';
import { PersonalDataVault } from '#platform/vault/vault';
import { registryOf, type ProvidersFile } from '#providers/providers-file';
import { READ_MODELS_WRITER, SqliteReadModelDatabase } from '#read-models/sqlite/sqlite-read-model-database';

/** What the engines are built from. */
export interface EngineParts {
  readonly dataFolder: string;
  readonly masterKey: MasterKey;
  readonly providers: ProvidersFile;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly http: OutboundHttp;
  readonly logger: Logger;
}

/** Everything that the apps work with, on one SQLite file and a second one for payees' keys. */
export type EmbeddedEngines = Awaited<ReturnType<typeof openEngines>>;

const OPERATOR_TOKEN_LENGTH = 40;

/** Locks the data folder, opens the files, builds the engines. Throws what is wrong by name; then nothing stays open. */
export async function openEngines(parts: EngineParts) {
  const { dataFolder, masterKey, providers, clock, ids, http, logger } = parts;
  const lock = DataFolderLock.acquire(dataFolder);
  const opened: SqliteFile[] = [];
  const open = async (name: string, modules: readonly URL[]): Promise<SqliteFile> => {
    const file = await SqliteFile.open({ path: join(dataFolder, name), modules });
    opened.push(file);
    return file;
  };
  try {
    const registry = registryOf(providers, { http, clock, ids });
    const file = await open('ledger.db', [
      EVENT_STORE_WRITER,
      MESSAGING_WRITER,
      COORDINATION_WRITER,
      READ_MODELS_WRITER,
    ]);
    const keyFile = await open('keys.db', [PAYEE_KEYS_WRITER]);
    const wrapper = new KeyWrapper(masterKey, ids);
    const intakeSealer = new IntakeSealer(masterKey, ids);
    const eventStore = new SqliteEventStore(file);
    const bus = await SqliteMessageBus.open({
      file,
      clock,
      sealer: intakeSealer,
      observer: loggingObserver(logger),
    });
    return {
      clock,
      ids,
      logger,
      registry,
      eventStore,
      bus,
      topics: new SqliteTopicReader(file, intakeSealer),
      checkpoints: new SqliteCheckpoints(file),
      followUps: new SqliteFollowUps(file),
      held: new SqliteHeldMessages(file, intakeSealer, clock),
      // The lock on the folder keeps other processes out: the leases have one taker.
      leases: new InMemoryLeases(clock),
      instance: 'embedded',
      readModels: new SqliteReadModelDatabase(file),
      vault: new PersonalDataVault(await SqlitePayeeKeys.open(keyFile, masterKey, wrapper), wrapper, ids),
      intakeSealer,
      hashes: new KeyedHash(masterKey),
      operatorToken: operatorTokenOf(dataFolder, ids),
      /** Closes in the order in which the parts depend on each other; the lock goes last. */
      async close(): Promise<void> {
        await bus.close();
        await eventStore.close();
        await file.close();
        await keyFile.close();
        lock.release();
      },
    };
  } catch (error) {
    for (const file of opened) await file.close();
    lock.release();
    throw error;
  }
}

/** Made at the first start, readable by this user only: whoever may read the folder may operate it. */
function operatorTokenOf(dataFolder: string, ids: Ids): string {
  const path = join(dataFolder, 'operator-token');
  if (!existsSync(path)) writeFileSync(path, ids.token(OPERATOR_TOKEN_LENGTH), { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8').trim();
}
