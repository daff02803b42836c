import { SettingsCheck } from '../settings-check.js';

/** The three generations of the vendor's contract; they differ in headers, body and look-up. */
export const AUTH_PROFILES = ['v1_0', 'v1_3', 'v1_4'] as const;
export type AuthProfile = (typeof AUTH_PROFILES)[number];

export interface DvpaySettings {
  /** Default: `https://merchant.dv.vai247.pro`. */
  readonly baseUrl?: string;
  /** Default: `v1_3`, the one in force since 2026-01-20 on the vendor's production site. */
  readonly authProfile?: AuthProfile;
  /** X-App-Id; v1_0 and v1_3 only. */
  readonly appId?: string;
  readonly apiKey: string;
  /** Signs requests; v1_4 only. */
  readonly apiSecret?: string;
  /** Signs the vendor's callbacks. */
  readonly webhookSecret: string;
  /** The vendor's pages disagree about the look-up: both can be set. Default: GET (v1_4: POST) on `transaction-detail`. */
  readonly queryMethod?: 'GET' | 'POST';
  readonly queryPath?: string;
}

export interface DvpayConfig {
  readonly baseUrl: string;
  readonly authProfile: AuthProfile;
  readonly appId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly webhookSecret: string;
  readonly queryMethod: 'GET' | 'POST';
  readonly queryPath: string;
}

/** Throws a `ProviderSettingsError`. */
export function checkDvpaySettings(
  settings: DvpaySettings,
  plainHttpHosts: readonly string[] = [],
): DvpayConfig {
  const check = new SettingsCheck('dvpay', plainHttpHosts);
  const authProfile = check.oneOf('authProfile', settings.authProfile ?? 'v1_3', AUTH_PROFILES);
  const signed = authProfile === 'v1_4';
  return {
    baseUrl: check.baseUrl('baseUrl', settings.baseUrl ?? 'https://merchant.dv.vai247.pro'),
    authProfile,
    appId: signed ? '' : check.text('appId', settings.appId, /^[\x21-\x7e]{1,128}$/, 'the application id'),
    apiKey: check.secret('apiKey', settings.apiKey),
    apiSecret: signed ? check.secret('apiSecret', settings.apiSecret) : '',
    webhookSecret: check.secret('webhookSecret', settings.webhookSecret),
    queryMethod: check.oneOf('queryMethod', settings.queryMethod ?? (signed ? 'POST' : 'GET'), [
      'GET',
      'POST',
    ]),
    queryPath: check.text(
      'queryPath',
      settings.queryPath ?? '/api/v1/payment-gateway/payment/transaction-detail',
      /^\/[A-Za-z0-9/_.-]+$/,
      'a path that begins with /',
    ),
  };
}
