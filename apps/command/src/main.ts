import { checkKafkaSettings } from '#messaging/kafka/settings';
import { runService } from '#platform/service/run-service';
import { ProviderSettingsError } from '#providers/provider-settings-error';
import { ProvidersFileError } from '#providers/providers-file';
import { COMMAND_SCHEMA } from './config.js';
import { startCommand } from './start.js';

await runService({
  name: 'command',
  purpose: 'decides about commands and callbacks, pays out, keeps the accounts',
  schema: COMMAND_SCHEMA,
  check: checkKafkaSettings,
  expectedErrors: [ProvidersFileError, ProviderSettingsError],
  start: startCommand,
});
