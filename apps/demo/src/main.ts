import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runDemo } from './demo.js';

const USAGE = `Takes payouts through all five providers, kills the service in the middle, and proves the books.

  npm run demo                   stays up afterwards, to be explored
  npm run demo -- --once         ends
    --payouts <n>                default 200
    --folder <path>              default ./.demo; a second run goes on in the same one`;

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    payouts: { type: 'string', default: '200' },
    folder: { type: 'string', default: '.demo' },
    help: { type: 'boolean', default: false },
  },
});

const payouts = Number(values.payouts);
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
} else if (!Number.isInteger(payouts) || payouts < 1 || payouts > 5_000) {
  process.stderr.write(`--payouts is a whole number from 1 to 5000\n${USAGE}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await runDemo({ once: values.once, payouts, folder: resolve(values.folder) });
}
