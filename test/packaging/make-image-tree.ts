import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildImageTree, sizeOf } from './image-tree.js';

const { values } = parseArgs({ options: { to: { type: 'string' } } });
if (values.to === undefined) {
  console.error('usage: npm run image-tree -- --to <empty folder>');
  process.exit(2);
}
const project = fileURLToPath(new URL('../../../', import.meta.url));
const { entrypoint, workdir } = buildImageTree({
  project,
  to: values.to,
  say: (line) => console.error(line),
});
const { bytes, files } = sizeOf(values.to);
console.log(
  JSON.stringify({ tree: values.to, megabytes: Math.round(bytes / 1e5) / 10, files, workdir, entrypoint }),
);
