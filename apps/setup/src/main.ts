import { PinoLogger } from '#platform/logging/pino-logger';
import { SystemClock } from '#platform/time/system-clock';
import { COMMANDS, runSetup } from './run-setup.js';

const clock = new SystemClock();
process.exitCode = await runSetup(process.argv.slice(2), COMMANDS, {
  env: process.env,
  clock,
  logger: PinoLogger.create({ level: 'warn', service: 'setup', clock }),
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
