import { SettingsCheck } from '../settings-check.js';

export interface CashySettings {
  readonly baseUrl: string;
  /** Header `MerchantId`: digits. */
  readonly merchantId: string;
  readonly apiKey: string;
  /** The whole address of our callback endpoint for this provider; at most 250 characters. */
  readonly callbackUrl: string;
  /** The samples show upper case. */
  readonly signCase?: 'upper' | 'lower';
  /** Banks beyond the built-in list, or otherwise: the country's bank code to the vendor's `bankId`. */
  readonly banks?: Readonly<Record<string, number>>;
  /**
   * What the vendor answers a look-up of an order that it doesn't have. No page says: these are likely spellings, of
   * which only letters count. Anything else stays unknown.
   */
  readonly notFoundMessages?: readonly string[];
}

export interface CashyConfig {
  readonly baseUrl: string;
  readonly merchantId: string;
  readonly apiKey: string;
  readonly callbackUrl: string;
  readonly signCase: 'upper' | 'lower';
  readonly banks: ReadonlyMap<string, number>;
  readonly notFoundMessages: readonly string[];
}

const NOT_FOUND_MESSAGES = [
  'Order_not_exist',
  'Order_not_exists',
  'Order_is_not_exist',
  'Order_does_not_exist',
  'Order_not_found',
  'Order_not_exit',
];

/** Throws a `ProviderSettingsError`. */
export function checkCashySettings(
  settings: CashySettings,
  plainHttpHosts: readonly string[] = [],
): CashyConfig {
  const check = new SettingsCheck('cashy', plainHttpHosts);
  const banks = new Map(BANKS);
  for (const [code, id] of Object.entries(settings.banks ?? {})) {
    if (!/^[0-9]{4}$/.test(code) || !Number.isSafeInteger(id) || id < 1) {
      check.fail('banks', 'has to map a bank code of four digits to a whole number above zero');
    }
    banks.set(code, id);
  }
  return {
    baseUrl: check.baseUrl('baseUrl', settings.baseUrl),
    merchantId: check.text(
      'merchantId',
      settings.merchantId,
      /^[1-9][0-9]{0,17}$/,
      'the digits of MerchantId',
    ),
    apiKey: check.secret('apiKey', settings.apiKey),
    callbackUrl: check.callbackUrl('callbackUrl', settings.callbackUrl, 250),
    signCase: check.oneOf('signCase', settings.signCase ?? 'upper', ['upper', 'lower']),
    banks,
    notFoundMessages: (settings.notFoundMessages ?? NOT_FOUND_MESSAGES).map(lettersOf),
  };
}

export function lettersOf(message: string): string {
  return message.toLowerCase().replace(/[^a-z]/g, '');
}

/** Codes of e-wallets in the same list: their accounts are phone numbers. */
export const WALLET_CODES: readonly string[] = ['1551', '2209'];

/** Bank code of Colombia to `bankId`, as far as the vendor's appendix shows it. The vendor says: query the live list. */
const BANKS: ReadonlyMap<string, number> = new Map([
  ['1059', 2],
  ['1040', 3],
  ['1052', 4],
  ['1013', 5],
  ['1032', 6],
  ['1066', 7],
  ['1051', 9],
  ['1001', 10],
  ['1023', 11],
  ['1062', 12],
  ['1012', 13],
  ['1060', 15],
  ['1002', 16],
  ['1065', 17],
  ['1069', 18],
  ['1007', 20],
  ['1061', 21],
  ['1009', 23],
  ['1551', 29],
  ['2209', 33],
  ['1019', 34],
  ['1067', 35],
  ['1063', 37],
  ['1053', 40],
  ['1031', 41],
]);
