import type { ProviderName } from '#domain/provider/provider-name';

/** A provider's settings can't be used: nothing is built with them. The message names the setting, never its value. */
export class ProviderSettingsError extends Error {
  override readonly name = 'ProviderSettingsError';
  constructor(
    readonly provider: ProviderName,
    readonly setting: string,
    remedy: string,
  ) {
    super(`providers.${provider}.${setting}: ${remedy}`);
  }
}
