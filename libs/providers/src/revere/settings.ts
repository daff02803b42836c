import { SettingsCheck } from '../settings-check.js';

export interface RevereSettings {
  /** Default: `https://api.reverepayments.dev`. */
  readonly baseUrl?: string;
  readonly groupId: string;
  readonly linkedAccountId: string;
  /** The vendor gives one key per product: «Wallet» sends payouts. */
  readonly walletKey: string;
  /** «Transaction Reporting» reads them. */
  readonly reportingKey: string;
  /** The last part of the callback's path. The vendor signs nothing, so this is all that tells its callbacks apart. */
  readonly callbackToken: string;
}

export type RevereConfig = Required<RevereSettings>;

const PATH_PART = /^[A-Za-z0-9_-]{1,64}$/;

/** Throws a `ProviderSettingsError`. */
export function checkRevereSettings(
  settings: RevereSettings,
  plainHttpHosts: readonly string[] = [],
): RevereConfig {
  const check = new SettingsCheck('revere', plainHttpHosts);
  const callbackToken = check.secret('callbackToken', settings.callbackToken, 32);
  return {
    baseUrl: check.baseUrl('baseUrl', settings.baseUrl ?? 'https://api.reverepayments.dev'),
    groupId: check.text('groupId', settings.groupId, PATH_PART, 'the group id'),
    linkedAccountId: check.text(
      'linkedAccountId',
      settings.linkedAccountId,
      PATH_PART,
      "the linked account's id",
    ),
    walletKey: check.secret('walletKey', settings.walletKey),
    reportingKey: check.secret('reportingKey', settings.reportingKey),
    callbackToken: check.text(
      'callbackToken',
      callbackToken,
      /^[A-Za-z0-9_-]+$/,
      'letters, digits, - and _ only',
    ),
  };
}
