import { SettingsCheck } from '../settings-check.js';

/** Where the API token stands in the text that is hashed. */
export const KEY_PLACEMENTS = ['prefix', 'suffix', 'suffixBare'] as const;
export type KeyPlacement = (typeof KEY_PLACEMENTS)[number];
export type DigestCase = 'lower' | 'upper';

export interface GoldenpaySettings {
  /** Each white label has its own host. */
  readonly baseUrl: string;
  /** `mch_id`: digits. */
  readonly merchantId: string;
  readonly apiToken: string;
  /** The whole address of our callback endpoint for this provider. */
  readonly callbackUrl: string;
  /** One of the channels that the merchant is granted. Default: `bank`. */
  readonly channel?: string;
  /** The vendor's own example of the signature doesn't reproduce. Default: `prefix`, `TOKEN&k=v&…`. */
  readonly keyPlacement?: KeyPlacement;
  /** Default: `lower`. */
  readonly digestCase?: DigestCase;
}

export type GoldenpayConfig = Required<GoldenpaySettings>;

/** Throws a `ProviderSettingsError`. */
export function checkGoldenpaySettings(
  settings: GoldenpaySettings,
  plainHttpHosts: readonly string[] = [],
): GoldenpayConfig {
  const check = new SettingsCheck('goldenpay', plainHttpHosts);
  return {
    baseUrl: check.baseUrl('baseUrl', settings.baseUrl),
    merchantId: check.text('merchantId', settings.merchantId, /^[1-9][0-9]{0,17}$/, 'the digits of mch_id'),
    apiToken: check.secret('apiToken', settings.apiToken),
    callbackUrl: check.callbackUrl('callbackUrl', settings.callbackUrl, 500),
    channel: check.text(
      'channel',
      settings.channel ?? 'bank',
      /^[a-z0-9.]{1,32}$/,
      'a channel code such as bank',
    ),
    keyPlacement: check.oneOf('keyPlacement', settings.keyPlacement ?? 'prefix', KEY_PLACEMENTS),
    digestCase: check.oneOf('digestCase', settings.digestCase ?? 'lower', ['lower', 'upper']),
  };
}
