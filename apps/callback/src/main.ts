import { checkKafkaSettings } from '#messaging/kafka/settings';
import { runService } from '#platform/service/run-service';
import { ProviderSettingsError } from '#providers/provider-settings-error';
import { ProvidersFileError } from '#providers/providers-file';
import { CALLBACK_SCHEMA } from './config.js';
import { startCallback } from './start.js';

await runService({
  name: 'callback',
  purpose: "takes the providers' callbacks and makes them durable on the bus",
  schema: CALLBACK_SCHEMA,
  check: checkKafkaSettings,
  expectedErrors: [ProvidersFileError, ProviderSettingsError],
  start: startCallback,
});
