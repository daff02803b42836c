import type { Config } from '#platform/config/read-config';
import { integer } from '#platform/config/setting';
import { KAFKA_SETTINGS } from '#messaging/kafka/settings';
import { HOST_SETTING, PORT_RANGE, SERVICE_SETTINGS } from '#platform/service/service-settings';
import { PROVIDERS_FILE_SETTING } from '#providers/providers-file';

/** Every variable that `callback` reads. */
export const CALLBACK_SCHEMA = {
  ...KAFKA_SETTINGS,
  providersFile: PROVIDERS_FILE_SETTING,
  host: HOST_SETTING,
  callbackPort: integer('PAYOUT_CALLBACK_PORT', {
    description: "Port of the providers' callbacks",
    default: 3001,
    ...PORT_RANGE,
  }),
  ...SERVICE_SETTINGS,
};

export type CallbackConfig = Config<typeof CALLBACK_SCHEMA>;
