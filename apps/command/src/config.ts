import { DATABASE_SETTINGS, KEYS_DATABASE_SETTINGS } from '#platform/postgres/settings';
import type { Config } from '#platform/config/read-config';
import { integer, oneOf, secret, text } from '#platform/config/setting';
import { EVENTSTORE_SETTINGS } from '#event-store/eventstoredb/settings';
import { KAFKA_SETTINGS } from '#messaging/kafka/settings';
import { PORT_RANGE, SERVICE_SETTINGS } from '#platform/service/service-settings';
import { MASTER_KEY_SETTING } from '#platform/vault/settings';
import { PROVIDERS_FILE_SETTING } from '#providers/providers-file';

/** Every variable that `command` reads. */
export const COMMAND_SCHEMA = {
  ...EVENTSTORE_SETTINGS,
  ...KAFKA_SETTINGS,
  ...DATABASE_SETTINGS,
  ...KEYS_DATABASE_SETTINGS,
  masterKey: MASTER_KEY_SETTING,
  providersFile: PROVIDERS_FILE_SETTING,
  operatorHost: text('PAYOUT_OPERATOR_HOST', {
    description: 'Address of the operators’ port; leave it on loopback unless a network policy guards it',
    default: '127.0.0.1',
  }),
  operatorPort: integer('PAYOUT_OPERATOR_PORT', {
    description: 'Port of payout-ops',
    default: 3002,
    ...PORT_RANGE,
  }),
  operatorToken: secret('PAYOUT_OPERATOR_TOKEN', {
    description: 'What payout-ops shows to be let in',
    minLength: 24,
  }),
  sending: oneOf('PAYOUT_SENDING', ['on', 'paused'], {
    description:
      'paused: record in the log at the start that nothing is sent until an operator resumes it. Use it after a restore',
    default: 'on',
  }),
  ...SERVICE_SETTINGS,
};

export type CommandConfig = Config<typeof COMMAND_SCHEMA>;
