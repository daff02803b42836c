import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { StandInProcess } from '../support/eventstoredb/stand-in-process.js';
import { startOwnKafka, type OwnKafka } from '../support/kafka/start-kafka.js';
import { startPostgres, type StartedPostgres } from '../support/postgres/start-postgres.js';
import { testDatabase } from '../support/postgres/test-database.js';

/** The servers that the programs run on. */
export interface Engines {
  readonly eventStoreUrl: string;
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly keysDatabaseUrl: string;
  readonly kafka: OwnKafka;
  readonly postgres: StartedPostgres;
  /** undefined: a real server was given. */
  readonly standIn: StandInProcess | undefined;
  /** What they are, for a person to read. */
  readonly shown: string;
  stop(): Promise<void>;
}

export interface EnginesOptions {
  /** Arguments of the log's stand-in besides the folder of its data. */
  readonly standInArgs?: readonly string[];
  /** The database's address as the programs are given it; the tests' own if absent. */
  readonly withDatabaseUser?: (url: string) => string;
  /** How the log is addressed by the programs; as the stand-in says if absent. */
  readonly withLogUser?: (url: string) => string;
  /** A database on a disk of its own; the machine's if absent. */
  readonly startPostgres?: () => Promise<StartedPostgres>;
}

/** The log has events already: a run is judged by everything in it, so it must be this run's own. */
export class LogNotEmptyError extends Error {
  override readonly name = 'LogNotEmptyError';

  constructor() {
    super(
      'the log of EVENTSTORE_URL is not empty: name a server with nothing in it, or unset EVENTSTORE_URL',
    );
  }
}

/** Broker and database are always our own, since they are restarted on the way. */
export async function startEngines(folder: string, options: EnginesOptions = {}): Promise<Engines> {
  const given = process.env['EVENTSTORE_URL'] ?? '';
  if (given !== '') await requireEmptyLog(given);
  delete process.env['DATABASE_URL'];
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.allSettled(started.map((one) => one.stop()));
  };
  const keep = <T extends { stop(): Promise<unknown> }>(one: T): T => {
    started.push(one);
    return one;
  };
  try {
    const starting = [
      startOwnKafka().then(keep),
      (options.startPostgres ?? startPostgres)().then(keep),
      given === ''
        ? StandInProcess.start('--data', join(folder, 'log'), ...(options.standInArgs ?? [])).then(keep)
        : Promise.resolve(undefined),
    ] as const;
    // None is left starting when another has failed.
    await Promise.allSettled(starting);
    const [kafka, postgres, standIn] = await Promise.all(starting);
    const [data, keys] = [await testDatabase(postgres.url), await testDatabase(postgres.url)];
    const { withDatabaseUser = itself, withLogUser = itself } = options;
    const log = standIn === undefined ? 'the server of EVENTSTORE_URL' : 'the stand-in, NOT a real server';
    return {
      eventStoreUrl: withLogUser(standIn?.url ?? given),
      brokers: kafka.brokers,
      databaseUrl: withDatabaseUser(data.url),
      keysDatabaseUrl: withDatabaseUser(keys.url),
      kafka,
      postgres,
      standIn,
      shown: `Kafka: real (${kafka.kind})   PostgreSQL: real (${postgres.kind})   log: ${log}`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const itself = (url: string): string => url;

async function requireEmptyLog(url: string): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  try {
    for await (const { event } of client.readAll({
      direction: 'backwards',
      fromPosition: 'end',
      maxCount: 500,
    }))
      if (event !== undefined && !event.type.startsWith('$')) throw new LogNotEmptyError();
  } finally {
    await client.dispose();
  }
}
