import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '#platform/logging/nest-logger';
import type { Logger } from '#platform/logging/logger';
import { NestProblemFilter } from '#platform/problem/nest-problem-filter';
import { BridgeModule, type BridgeEngines } from './bridge.module.js';

/** A hundred commands of the largest size, as Base64 in JSON. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** The bridge, not yet listening. */
export async function createBridgeServer(
  engines: BridgeEngines & { readonly logger: Logger },
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes plain objects
  const app = await NestFactory.create<NestFastifyApplication>(BridgeModule.register(engines), adapter, {
    logger: new NestLogger(engines.logger),
  });
  app.useGlobalFilters(new NestProblemFilter(engines.logger));
  return app;
}
