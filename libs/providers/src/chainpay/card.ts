import type { ContractCard, CurrencyTerms } from '#domain/provider/contract-card';
import { DEFAULT_TIMING, NOT_FOUND_IS_FINAL_AFTER, UNMATCHED_ALARM_AFTER } from '../card-timing.js';
import type { ChainpayConfig } from './settings.js';

/**
 * Our `outTradeNo` must be unique there. Code 7 stands for a low balance, an unknown order and «generic failure» alike:
 * a refusal has to be confirmed by a look-up. No page describes the callback: it only causes a look-up.
 */
export function chainpayCard(config: Pick<ChainpayConfig, 'currencies'>): ContractCard {
  const currencies = [...config.currencies].map(([code, { decimals, min, max }]): [string, CurrencyTerms] => [
    code,
    { decimals, min, max, feeReserve: '0' },
  ]);
  return {
    provider: 'chainpay',
    ownReference: true,
    idempotency: null,
    query: 'reference',
    notFoundIsFinalAfter: NOT_FOUND_IS_FINAL_AFTER,
    onUnknown: 'query-then-resend',
    refusalIsProof: false,
    finalStatesThatTurn: [],
    currencies: Object.fromEntries(currencies),
    beneficiaryKinds: ['crypto-wallet'],
    callback: { trust: 'hint', carriesReference: true, unmatchedAlarmAfter: UNMATCHED_ALARM_AFTER },
    timing: DEFAULT_TIMING,
    maxSends: 3,
  };
}
