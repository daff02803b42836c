import { parseArgs } from 'node:util';
import { startSandbox } from './sandbox.js';
import { loadSettings } from './load-settings.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string' },
    settings: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const USAGE =
  'usage: npm run sandbox -- --data <folder> [--port 4010] [--host 127.0.0.1] [--settings <file.json>]';
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (values.data === undefined || !/^\d{1,5}$/.test(values.port)) {
  console.error(USAGE);
  process.exit(2);
}

const sandbox = await startSandbox({
  port: Number(values.port),
  host: values.host,
  dataFolder: values.data,
  settings: loadSettings(values.settings ?? null),
});
console.log(JSON.stringify({ listening: sandbox.url }));

let closing = false;
const stop = (): void => {
  if (closing) return;
  closing = true;
  void sandbox.close().then(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
