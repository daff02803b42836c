import { checkKafkaSettings } from '#messaging/kafka/settings';
import { runService } from '#platform/service/run-service';
import { requireSafeListener } from './callers/callers-setting.js';
import { QUERY_SCHEMA } from './config.js';
import { startQuery } from './start.js';

await runService({
  name: 'query',
  purpose: 'answers reads from the tables, and puts commands on the bus',
  schema: QUERY_SCHEMA,
  check: (config) => {
    requireSafeListener(config);
    checkKafkaSettings(config);
  },
  start: startQuery,
});
