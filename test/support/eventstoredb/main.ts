/**
 * A stand-in for EventStoreDB at the wire, as a program. NOT a server: see `stand-in.ts` for what it is and isn't.
 * When it is ready it prints one line of JSON; SIGTERM and SIGINT end it.
 */
import { once } from 'node:events';
import { readCommandLine, USAGE, UsageError, type CommandLine } from './command-line.js';
import { ControlServer } from './control-server.js';
import { tlsIdentity } from './self-signed.js';
import { EventStoreDbStandIn } from './stand-in.js';

async function run(line: CommandLine): Promise<void> {
  const identity = line.tlsFolder === undefined ? undefined : await tlsIdentity(line.tlsFolder);
  const standIn = await EventStoreDbStandIn.start({
    host: line.host,
    port: line.port,
    version: line.version,
    liveBuffer: line.liveBuffer,
    onLogFailure: (error) => {
      process.stderr.write(`the log can't be written: ${error.message}\n`);
      process.exit(1);
    },
    ...(line.dataFolder === undefined ? {} : { dataFolder: line.dataFolder }),
    ...(line.users === undefined ? {} : { users: line.users }),
    ...(identity === undefined ? {} : { tls: identity }),
  });
  const control =
    line.controlPort === undefined ? undefined : await ControlServer.open(standIn, line.controlPort);
  const ready = {
    kind: 'stand-in',
    url: standIn.url,
    ...(identity === undefined ? {} : { tlsCAFile: identity.certFile }),
    ...(control === undefined ? {} : { control: control.url }),
    log: line.dataFolder ?? 'in memory',
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  const ends = [once(process, 'SIGTERM'), once(process, 'SIGINT')];
  if (line.untilStdinEnds) ends.push(once(process.stdin.resume(), 'end'));
  await Promise.race(ends);
  process.stdin.destroy();
  await control?.close();
  await standIn.stop();
}

try {
  await run(readCommandLine(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? `${error.message}\n${USAGE}` : String(error)}\n`);
  process.exitCode = 1;
}
