import { EVENTSTORE_SETTINGS } from '#event-store/eventstoredb/settings';
import type { Config } from '#platform/config/read-config';
import { integer } from '#platform/config/setting';
import { DATABASE_SETTINGS } from '#platform/postgres/settings';
import { HOST_SETTING, PORT_RANGE, SERVICE_SETTINGS } from '#platform/service/service-settings';

/** Every variable that the auditors' server reads. */
export const AUDIT_SCHEMA = {
  ...EVENTSTORE_SETTINGS,
  ...DATABASE_SETTINGS,
  host: HOST_SETTING,
  auditPort: integer('PAYOUT_AUDIT_PORT', {
    description: "Port of the auditors' HTTP API",
    default: 3004,
    ...PORT_RANGE,
  }),
  ...SERVICE_SETTINGS,
};

export type AuditConfig = Config<typeof AUDIT_SCHEMA>;
