import { readOptions, USAGE, UsageError, type Options } from './options.js';
import { runProcesses } from './run.js';

// kafkajs sets timers that lie in the past, and Node 24 says so on the terminal; nothing is wrong with them.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'TimeoutNegativeWarning')
    process.stderr.write(`${warning.stack ?? warning.message}\n`);
});

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(`${USAGE}\n`);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}\n`);
  process.exit(2);
}
// Clients of the servers may hold the process: what there was to do is done.
if (options !== undefined) process.exit(await runProcesses(options));
