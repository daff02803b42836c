/** Prepares the server that the first argument connects to, for the user and password that follow; prints what it did. */
import { prepareServer } from '#event-store/eventstoredb/prepare-server';
import { SystemOutboundHttp } from '#platform/http/system-outbound-http';
import { SystemIds } from '#platform/ids/system-ids';
import { SystemClock } from '#platform/time/system-clock';
import { MemoryLogger } from '../memory-logger.js';

const [, , url = '', name = '', password = ''] = process.argv;
const prepared = await prepareServer({
  url,
  user: { name, password },
  clock: new SystemClock(),
  ids: new SystemIds(),
  http: new SystemOutboundHttp(),
  logger: new MemoryLogger(),
});
process.stdout.write(`${JSON.stringify(prepared)}\n`);
