import type { KeyObject } from 'node:crypto';
import { isCurrencyCode, exponentOf, type CurrencyCode } from '#domain/money/currency';
import { InvalidAmountError, parsePositiveMoney } from '#domain/money/money';
import { SettingsCheck } from '../settings-check.js';
import { readPrivateKey, readPublicKey } from './rsa-keys.js';

/** How one of our currencies is paid there; the vendor's live lists of channels and currencies say it. */
export interface ChainpayCurrency {
  /** Ours, with its chain: `USDT.TRC20`. */
  readonly currency: string;
  /** The vendor's id of the token on its chain. */
  readonly currencyId: string;
  /** The channel that pays it: `settlement` for wallets, `xpay` on the page's own sample. */
  readonly payChannel: string;
  /** Default: what stands before the point, `USDT`. */
  readonly symbol?: string;
  /** Default: all decimals of the token. */
  readonly decimals?: number;
  /** Decimal text. Default: the smallest unit, since no page names a limit. */
  readonly min?: string;
  /** Decimal text. Default: 1,000,000. */
  readonly max?: string;
}

export interface ChainpaySettings {
  /** Default: `https://api.chainpays.org`. */
  readonly baseUrl?: string;
  readonly appId: string;
  /** Ours, RSA: PEM, or the bare Base64 of PKCS#8 or PKCS#1. */
  readonly privateKey: string;
  /** The vendor's, RSA: PEM, or the bare Base64 of SPKI or PKCS#1. Verifies callbacks. */
  readonly platformPublicKey: string;
  readonly currencies: readonly ChainpayCurrency[];
  /** Whether empty values are left out of the signed text, as in the vendor's example. Default: true. */
  readonly dropEmpty?: boolean;
}

export interface ChainpayConfig {
  readonly baseUrl: string;
  readonly appId: string;
  readonly privateKey: KeyObject;
  readonly platformPublicKey: KeyObject;
  readonly currencies: ReadonlyMap<CurrencyCode, Required<ChainpayCurrency>>;
  readonly dropEmpty: boolean;
}

/** Throws a `ProviderSettingsError`. */
export function checkChainpaySettings(
  settings: ChainpaySettings,
  plainHttpHosts: readonly string[] = [],
): ChainpayConfig {
  // Annotated, so that the compiler knows where `fail` ends the way.
  const check: SettingsCheck = new SettingsCheck('chainpay', plainHttpHosts);
  const currencies = new Map<CurrencyCode, Required<ChainpayCurrency>>();
  const entries: unknown = settings.currencies;
  if (!Array.isArray(entries) || entries.length === 0)
    check.fail('currencies', 'is empty; name at least one');
  for (const entry of settings.currencies) {
    const code = entry.currency;
    if (!isCurrencyCode(code))
      check.fail('currencies', 'has a currency that is not known here; write USDT.TRC20');
    if (currencies.has(code)) check.fail('currencies', `has ${code} twice`);
    currencies.set(code, checkCurrency(check, code, entry));
  }
  const ids = [...currencies.values()].map((entry) => entry.currencyId);
  if (new Set(ids).size !== ids.length) check.fail('currencies', 'has a currencyId twice');
  return {
    baseUrl: check.baseUrl('baseUrl', settings.baseUrl ?? 'https://api.chainpays.org'),
    appId: check.text('appId', settings.appId, /^[\x21-\x7e]{1,128}$/, 'the application id'),
    privateKey:
      readPrivateKey(settings.privateKey) ??
      check.fail('privateKey', 'has to be an RSA private key of 1024 bits or more, as PEM or Base64'),
    platformPublicKey:
      readPublicKey(settings.platformPublicKey) ??
      check.fail('platformPublicKey', 'has to be an RSA public key of 1024 bits or more, as PEM or Base64'),
    currencies,
    dropEmpty: settings.dropEmpty ?? true,
  };
}

function checkCurrency(
  check: SettingsCheck,
  code: CurrencyCode,
  entry: ChainpayCurrency,
): Required<ChainpayCurrency> {
  const exponent = exponentOf(code);
  const decimals = entry.decimals ?? exponent;
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > exponent) {
    check.fail('currencies', `has decimals for ${code} that are not 0 to ${exponent}`);
  }
  const smallest = decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`;
  const { min = smallest, max = '1000000' } = entry;
  try {
    parsePositiveMoney(min, code);
    parsePositiveMoney(max, code);
  } catch (error) {
    if (!(error instanceof InvalidAmountError)) throw error;
    check.fail('currencies', `has a limit for ${code} that is not an amount`);
  }
  return {
    currency: code,
    currencyId: check.text('currencies', entry.currencyId, /^[\x21-\x7e]{1,128}$/, 'with a currencyId each'),
    payChannel: check.text('currencies', entry.payChannel, /^[\x21-\x7e]{1,64}$/, 'with a payChannel each'),
    symbol: entry.symbol ?? code.split('.')[0] ?? code,
    decimals,
    min,
    max,
  };
}
