import { runService } from '#platform/service/run-service';
import { AUDIT_SCHEMA, requireSafeListener } from './config.js';
import { startAudit } from './start.js';

await runService({
  name: 'audit',
  purpose: 'answers auditors from the log alone',
  schema: AUDIT_SCHEMA,
  check: requireSafeListener,
  start: startAudit,
});
