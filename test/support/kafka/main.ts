import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startOwnKafka } from './start-kafka.js';

/**
 * A broker for tests in the foreground, until Ctrl-C: `node dist/test/support/kafka/main.js [--port 9092]`. Prints one
 * line, `KAFKA_BROKERS=…`, when it takes connections.
 */
const { values } = parseArgs({ options: { port: { type: 'string' } } });
try {
  const kafka = await startOwnKafka(values.port === undefined ? {} : { port: Number(values.port) });
  process.stdout.write(`KAFKA_BROKERS=${kafka.brokers}\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await kafka.stop();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
