import { SystemClock } from '#platform/time/system-clock';
import { runAudit } from './cli/run-audit.js';

// The exit code is set, not forced: what was written still has to reach a pipe.
process.exitCode = await runAudit(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  clock: new SystemClock(),
  env: process.env,
});
