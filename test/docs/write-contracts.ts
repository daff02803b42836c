import { mkdirSync, writeFileSync } from 'node:fs';
import { contractFiles, publishedBreaks, readPublished } from './contracts/contract-files.js';
import { ROOT } from './pages.js';

/** Writes docs/contracts/ from the code. What was published isn't broken: then it writes nothing. */
const breaks = publishedBreaks(readPublished());
if (breaks.length > 0) {
  console.error(`Nothing was written. It would break what is published:\n${breaks.join('\n')}`);
  process.exitCode = 1;
} else {
  const files = await contractFiles();
  for (const [path, text] of files) {
    mkdirSync(new URL('.', new URL(path, ROOT)), { recursive: true });
    writeFileSync(new URL(path, ROOT), text);
  }
  console.log(`${files.size} files in docs/contracts/ are up to date`);
}
