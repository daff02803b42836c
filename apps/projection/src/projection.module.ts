import { Module, type DynamicModule } from '@nestjs/common';
import { Projections, type ProjectionEngines } from './projections.js';

/** The log in, rows out. Whoever composes it starts and stops `Projections`. */
@Module({})
export class ProjectionModule {
  static register(engines: ProjectionEngines): DynamicModule {
    return {
      module: ProjectionModule,
      providers: [{ provide: Projections, useValue: new Projections(engines) }],
      exports: [Projections],
    };
  }
}
