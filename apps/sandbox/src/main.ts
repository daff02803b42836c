import { parseArgs } from 'node:util';
import { startSandbox } from './sandbox.js';
import { loadSettings } from './load-settings.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    data: { type: 'string' },
    settings: { type: 'string' },
  },
});
if (values.data === undefined || !/^\d{1,5}$/.test(values.port)) {
  console.error('usage: node main.js --data <folder> [--port 4010] [--settings <file.json>]');
  process.exit(2);
}

const sandbox = await startSandbox({
  port: Number(values.port),
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
