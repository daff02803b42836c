import { runService } from '#platform/service/run-service';
import { PROJECTION_SCHEMA } from './config.js';
import { startProjection } from './start.js';

await runService({
  name: 'projection',
  purpose: 'keeps the tables that readers see, from the log',
  schema: PROJECTION_SCHEMA,
  start: startProjection,
});
