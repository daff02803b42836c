import 'reflect-metadata';
import { readOptions, USAGE, UsageError } from './options.js';
import { Progress } from './progress.js';
import { reportTable } from './report-table.js';
import { runBench } from './run-bench.js';

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const report = await runBench(options, new Progress());
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportTable(report));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const told =
    error instanceof UsageError
      ? `${error.message}\n\n${USAGE}`
      : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`${told}\n`);
  process.exitCode = 1;
}
