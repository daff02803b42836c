import type { ContractCard } from '#domain/provider/contract-card';
import { DEFAULT_TIMING, NOT_FOUND_IS_FINAL_AFTER, UNMATCHED_ALARM_AFTER } from '../card-timing.js';

/**
 * Our `trans_id` must be unique there, and an order is looked up by it. How a second request with the same one is
 * answered is not said, so a refusal has to be confirmed by a look-up.
 */
export function goldenpayCard(): ContractCard {
  return {
    provider: 'goldenpay',
    ownReference: true,
    idempotency: null,
    query: 'reference',
    notFoundIsFinalAfter: NOT_FOUND_IS_FINAL_AFTER,
    onUnknown: 'query-then-resend',
    refusalIsProof: false,
    finalStatesThatTurn: [],
    // The page says only "greater than zero"; the upper limit is the merchant's. The callback names no currency, so
    // one account at this vendor pays one currency here.
    currencies: { VND: { decimals: 0, min: '1', max: '1000000000000', feeReserve: '0' } },
    beneficiaryKinds: ['bank-account'],
    callback: { trust: 'claim', carriesReference: true, unmatchedAlarmAfter: UNMATCHED_ALARM_AFTER },
    timing: DEFAULT_TIMING,
    maxSends: 3,
  };
}
