import { once } from 'node:events';
import { startPostgres } from './start-postgres.js';

/** `node dist/test/support/postgres/main.js`: runs a server for several programs until its input ends, and prints its address. */
const server = await startPostgres();
console.log(JSON.stringify({ url: server.url, kind: server.kind }));
process.stdin.resume();
await Promise.race([once(process.stdin, 'end'), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
await server.stop();
process.exit(0);
