import { CommandRunner } from './command-runner.js';
import type { Service } from '#platform/service/run-service';
import { untilDone } from '#platform/service/until-done';
import { createCommandServer } from './command-server.js';
import type { CommandConfig } from './config.js';
import { openEngines } from './engines.js';
import { SendingGate } from './sending/sending-gate.js';

/** Starts this app as a process of its own. */
export async function startCommand(
  config: CommandConfig,
  service: Service,
): Promise<Readonly<Record<string, string>>> {
  const { health, shutdown } = service;
  const engines = await openEngines(config, service);
  const app = await createCommandServer(engines);
  const runner = app.get(CommandRunner);
  shutdown
    .add({ name: 'stop intake, finish what is under way', timeoutMs: 18_000, run: () => runner.stop() })
    .add({ name: 'stop the operators’ port', timeoutMs: 2_000, run: () => app.close() })
    .add({ name: 'close stores', timeoutMs: 6_000, run: () => engines.close() });
  if (config.sending === 'paused') {
    await untilDone('the log, to record that sending is paused', service, () =>
      app.get(SendingGate).pause('configured', service.instance, 'PAYOUT_SENDING=paused at the start'),
    );
  }
  await runner.start();
  runner.ended.catch((error: unknown) => service.end('a consumer has ended', error));
  for (const { name } of runner.state()) {
    health.register(name, () => {
      const task = runner.state().find((state) => state.name === name);
      if (task?.failure !== undefined) return { ready: false, detail: task.failure };
      if (task?.role !== 'acting') return { ready: true, detail: task?.detail ?? 'standing by' };
      return { ready: true, detail: task.caughtUp === false ? 'catching up' : 'acting' };
    });
  }
  await app.listen(config.operatorPort, config.operatorHost);
  return { operators: await app.getUrl() };
}
