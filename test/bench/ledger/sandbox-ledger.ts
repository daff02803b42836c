import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from '#demo/child';
import { readEmbeddedConfig } from '#embedded/config';
import { startEmbedded } from '#embedded/embedded';
import type { EmbeddedEngines } from '#embedded/engines';
import { Shutdown } from '#platform/lifecycle/shutdown';
import { temporaryFolder } from '#test/support/temporary-folder';
import { Caller } from './caller.js';
import { openBenchEngines } from './engine-room.js';
import { sandboxProviders } from '#demo/sandbox-providers';

const SANDBOX = fileURLToPath(new URL('../../../apps/sandbox/src/main.js', import.meta.url));

/** How long the sandbox takes from an order to its payment. */
export const SETTLE_AFTER_MS = 5;

/** The whole embedded service in this process, and the five providers' side as a process of its own, over HTTP. */
export class SandboxLedger {
  private constructor(private readonly parts: Awaited<ReturnType<typeof start>>) {}

  static async start(): Promise<SandboxLedger> {
    return new SandboxLedger(await start());
  }

  get engines(): EmbeddedEngines {
    return this.parts.engines;
  }

  get caller(): Caller {
    return this.parts.caller;
  }

  async stop(): Promise<void> {
    const { caller, shutdown, sandbox, folder } = this.parts;
    await caller.leave();
    await shutdown.stop('the bench is over');
    await sandbox.stop();
    folder.remove();
  }
}

async function start() {
  const folder = temporaryFolder();
  const callbackPort = await freePort();
  const callbackBase = `http://127.0.0.1:${callbackPort}/callbacks`;
  const pathToken = randomBytes(24).toString('hex');
  const settings = join(folder.path, 'sandbox-settings.json');
  writeFileSync(
    settings,
    JSON.stringify({
      callbackBase,
      defaultBehaviour: { outcome: 'success', settleAfterMs: SETTLE_AFTER_MS },
      revere: { webhookPathToken: pathToken },
    }),
  );
  const sandboxFolder = join(folder.path, 'sandbox');
  const args = ['--port', '0', '--data', sandboxFolder, '--settings', settings];
  const sandbox = await Child.start('sandbox', SANDBOX, args, {}, join(folder.path, 'sandbox.log'));
  const url = sandbox.ready['listening'];
  if (url === undefined) throw new Error('the sandbox did not say where it listens');
  const providers = { settings: sandboxProviders({ url, folder: sandboxFolder, callbackBase, pathToken }) };
  const engines = await openBenchEngines(folder.path, providers);
  const shutdown = new Shutdown(engines.clock, engines.logger);
  const config = readEmbeddedConfig({
    PAYOUT_MASTER_KEY: randomBytes(32).toString('base64'), // Read and left: the engines have theirs.
    PAYOUT_DATA_FOLDER: folder.path,
    PAYOUT_API_PORT: '0',
    PAYOUT_OPERATOR_PORT: '0',
    PAYOUT_BUS_PORT: '0',
    PAYOUT_CALLBACK_PORT: String(callbackPort),
    PAYOUT_LOG_LEVEL: 'error',
  });
  await startEmbedded(engines, config, shutdown);
  return { folder, sandbox, engines, shutdown, caller: await Caller.on(engines.bus) };
}

/** The providers have to know the callbacks' address before anybody listens there. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port was given out');
  return address.port;
}
