import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '#platform/logging/nest-logger';
import { CommandModule, type CommandEngines } from './command.module.js';

/** The app with its operators' port, not yet listening and with its loops not yet started (see `CommandRunner`). */
export function createCommandServer(engines: CommandEngines): Promise<NestFastifyApplication> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes plain objects
  return NestFactory.create<NestFastifyApplication>(CommandModule.register(engines), new FastifyAdapter(), {
    logger: new NestLogger(engines.logger),
  });
}
