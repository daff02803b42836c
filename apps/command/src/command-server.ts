import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '#platform/logging/nest-logger';
import { NestProblemFilter } from '#platform/problem/nest-problem-filter';
import { CommandModule, type CommandEngines } from './command.module.js';

/** The app with its operators' port, not yet listening and with its loops not yet started (see `CommandRunner`). */
export async function createCommandServer(engines: CommandEngines): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ forceCloseConnections: true });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes plain objects
  const app = await NestFactory.create<NestFastifyApplication>(CommandModule.register(engines), adapter, {
    logger: new NestLogger(engines.logger),
  });
  app.useGlobalFilters(new NestProblemFilter(engines.logger));
  return app;
}
