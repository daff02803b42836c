import { SystemOutboundHttp } from '#platform/http/system-outbound-http';
import { SystemIds } from '#platform/ids/system-ids';
import { runOps } from './ops-cli.js';

const http = new SystemOutboundHttp();
const code = await runOps(process.argv.slice(2), {
  http,
  ids: new SystemIds(),
  env: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
await http.close();
process.exitCode = code;
