import { EVENTSTORE_SETTINGS } from '#event-store/eventstoredb/settings';
import { ConfigError, type Config } from '#platform/config/read-config';
import { integer, type Setting } from '#platform/config/setting';
import { DATABASE_SETTINGS } from '#platform/postgres/settings';
import { HOST_SETTING, PORT_RANGE, SERVICE_SETTINGS } from '#platform/service/service-settings';

const LOOPBACK = /^(?:127\.[0-9.]+|::1|localhost)$/;

const AUDIT_TOKEN_SETTING: Setting<string | undefined> = {
  name: 'PAYOUT_AUDIT_TOKEN',
  description:
    "What callers of the auditors' API show. Without it everyone on this machine may read, and the listener must be loopback.",
  expects: '24 to 256 printable ASCII characters without spaces',
  secret: true,
  absent: { value: undefined, shown: '' },
  read: (text) => {
    if (!/^[\x21-\x7e]{24,256}$/.test(text))
      throw new RangeError('it is too short, too long or has other characters');
    return text;
  },
};

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
  auditToken: AUDIT_TOKEN_SETTING,
  ...SERVICE_SETTINGS,
};

export type AuditConfig = Config<typeof AUDIT_SCHEMA>;

/** Throws `ConfigError` for an address that others reach while nobody is asked who they are. */
export function requireSafeListener({ host, auditToken }: Pick<AuditConfig, 'host' | 'auditToken'>): void {
  if (auditToken !== undefined || LOOPBACK.test(host)) return;
  const problem = `${host} can be reached from outside and there is no token; set PAYOUT_AUDIT_TOKEN, or listen on 127.0.0.1`;
  throw new ConfigError([{ variable: HOST_SETTING.name, problem }]);
}
