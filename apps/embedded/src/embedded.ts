import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createCallbackServer } from '#callback/callback-server';
import { createCommandServer } from '#command/command-server';
import { CommandRunner } from '#command/command-runner';
import { TOPICS } from '#messaging/topics';
import { Health } from '#platform/health/health';
import type { Shutdown } from '#platform/lifecycle/shutdown';
import { Projections } from '#projection/projections';
import { DEFAULT_QUERY_SETTINGS } from '#query/query-settings';
import { QueryHttp } from '#query/query-http';
import { createBridgeServer } from './bridge/bridge-server.js';
import type { EmbeddedConfig } from './config.js';
import type { EmbeddedEngines } from './engines.js';

/** Where the running service can be reached. */
export interface Addresses {
  readonly api: string;
  readonly callbacks: string;
  readonly operators: string;
  /** The bus over HTTP; only where callers need no token. */
  readonly bus?: string;
}

const LOOPBACK = '127.0.0.1';
const DAY = 24 * 60 * 60 * 1_000;
/** What callers wrote is kept a week; replies and events a little longer, for readers that were away. */
const KEPT_DAYS = { [TOPICS.commands]: 7, [TOPICS.callbacks]: 7, [TOPICS.replies]: 14, [TOPICS.events]: 30 };

/**
 * All apps in one process on the given engines. Steps to stop them, in the order in which nothing is lost, are added to
 * `shutdown`; the engines stay open until the last of them.
 */
export async function startEmbedded(
  engines: EmbeddedEngines,
  config: EmbeddedConfig,
  shutdown: Shutdown,
): Promise<Addresses> {
  const { logger } = engines;
  const health = new Health();
  const commandApp = await createCommandServer(engines);
  const runner = commandApp.get(CommandRunner);
  const projections = new Projections({ ...engines, database: engines.readModels });
  const callbackApp = await createCallbackServer(engines);
  const stopPruning = pruneDaily(engines);
  const listening: { query?: QueryHttp; bridge?: NestFastifyApplication } = {};
  // Before anything runs, so that a start that fails half-way can be stopped in order as well.
  shutdown
    .add({
      name: 'stop intake',
      timeoutMs: 8_000,
      run: () => closeAll([listening.bridge, callbackApp], listening.query),
    })
    .add({ name: 'finish what is under way', timeoutMs: 12_000, run: () => runner.stop() })
    .add({
      name: 'stop projections',
      timeoutMs: 4_000,
      run: async () => {
        stopPruning();
        await projections.stop();
        await commandApp.close();
      },
    })
    .add({ name: 'close stores', timeoutMs: 4_000, run: () => engines.close() });

  projections.start();
  await runner.start();
  runner.ended.catch((error: unknown) => {
    logger.alarm('consumer-ended', { error });
    health.fail('a consumer has ended: see the log, then restart');
  });
  registerChecks(health, runner, projections);
  listening.query = await QueryHttp.start(
    { ...engines, database: engines.readModels, health },
    {
      ...DEFAULT_QUERY_SETTINGS,
      host: config.host,
      port: config.apiPort,
      callers: config.callers,
      instance: 'embedded',
    },
  );
  await callbackApp.listen(config.callbackPort, config.host);
  await commandApp.listen(config.operatorPort, LOOPBACK);
  if (config.callers.length === 0) {
    listening.bridge = await createBridgeServer(engines);
    await listening.bridge.listen(config.busPort, LOOPBACK);
  }
  return {
    api: listening.query.url,
    callbacks: await callbackApp.getUrl(),
    operators: await commandApp.getUrl(),
    ...(listening.bridge === undefined ? {} : { bus: await listening.bridge.getUrl() }),
  };
}

function registerChecks(health: Health, runner: CommandRunner, projections: Projections): void {
  for (const { name } of runner.state()) {
    health.register(name, () => {
      const task = runner.state().find((state) => state.name === name);
      if (task?.failure !== undefined) return { ready: false, detail: task.failure };
      return { ready: true, detail: task?.caughtUp === false ? 'catching up' : 'running' };
    });
  }
  health.register('projections', () => {
    const failed = projections.status().filter(({ state }) => state === 'halted');
    if (failed.length === 0) return { ready: true, detail: 'running' };
    return {
      ready: false,
      detail: failed.map(({ model, trouble }) => `${model}: ${trouble ?? 'halted'}`).join('; '),
    };
  });
}

/** Deletes old messages at the start and once a day. Returns how to stop it. */
function pruneDaily({ bus, clock, logger }: EmbeddedEngines): () => void {
  let cancel: () => void = () => undefined;
  const prune = async (): Promise<void> => {
    for (const [topic, days] of Object.entries(KEPT_DAYS)) await bus.prune(topic, clock.now() - days * DAY);
  };
  const run = (): void => {
    cancel = clock.after(DAY, run);
    prune().catch((error: unknown) => logger.warn('old messages were not deleted', { error }));
  };
  run();
  return () => cancel();
}

async function closeAll(
  apps: readonly (NestFastifyApplication | undefined)[],
  query: QueryHttp | undefined,
): Promise<void> {
  for (const app of apps) await app?.close();
  await query?.stop();
}
