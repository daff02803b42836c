import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startEventStoreDb } from '../support/eventstoredb/start-eventstoredb.js';
import { startKafka } from '../support/kafka/start-kafka.js';
import { startPostgres } from '../support/postgres/start-postgres.js';

/**
 * Runs what needs production engines: `npm run test:engines`, or `npm run test:engines -- message-bus` for the files
 * whose name has that in it. Each engine is started once; an address in the environment is used instead.
 */

interface Started {
  readonly variable: string;
  readonly engine: string;
  readonly kind: string;
  readonly url: string;
  stop(): Promise<void>;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SUFFIX = '.engine.js';

const wanted = process.argv.slice(2);
const files = readdirSync(HERE)
  .filter((file) => file.endsWith(SUFFIX))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => `${HERE}${file}`);
if (files.length === 0) {
  process.stderr.write(`no test of an engine is named like ${wanted.join(', ')}\n`);
  process.exit(2);
}

async function theKafka(): Promise<Started> {
  const kafka = await startKafka();
  const { brokers: url, kind } = kafka;
  return { engine: 'Kafka', variable: 'KAFKA_BROKERS', url, kind, stop: () => kafka.stop() };
}

async function thePostgres(): Promise<Started> {
  const postgres = await startPostgres();
  const { url, kind } = postgres;
  return { engine: 'PostgreSQL', variable: 'DATABASE_URL', url, kind, stop: () => postgres.stop() };
}

async function theLog(): Promise<Started> {
  const log = await startEventStoreDb();
  const { url, kind } = log;
  return { engine: 'EventStoreDB', variable: 'EVENTSTORE_URL', url, kind, stop: () => log.stop() };
}

/** Addresses hold passwords. */
function shown(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//…@');
}

function runTests(env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--test', '--test-concurrency=1', '--test-reporter=spec', ...files],
    { stdio: 'inherit', env: { ...process.env, ...env } },
  );
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

const starting = await Promise.allSettled([theKafka(), thePostgres(), theLog()]);
const started = starting.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
for (const one of starting) {
  if (one.status === 'rejected') {
    const { reason } = one as { reason: unknown };
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  }
}
let code = 1;
if (started.length === starting.length) {
  for (const { engine, kind, url } of started) {
    const real = kind === 'stand-in' ? 'a stand-in at the wire, NOT a real server' : `real (${kind})`;
    process.stdout.write(`${engine.padEnd(13)} ${real}, ${shown(url)}\n`);
  }
  // Of the stand-in each file starts its own, in its own process, to inject faults.
  const shared = started.filter(({ kind }) => kind !== 'stand-in');
  code = await runTests(Object.fromEntries(shared.map(({ variable, url }) => [variable, url])));
}
await Promise.all(started.map((one) => one.stop()));
process.exit(code);
