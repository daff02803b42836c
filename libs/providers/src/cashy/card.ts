import type { ContractCard } from '#domain/provider/contract-card';
import { DEFAULT_TIMING, NOT_FOUND_IS_FINAL_AFTER, UNMATCHED_ALARM_AFTER } from '../card-timing.js';

/**
 * Our `mchOrderNo` travels everywhere. Success may turn into failure and back («Order result reversal processing»).
 * The list of error messages is not public, so a refusal has to be confirmed by a look-up.
 */
export function cashyCard(): ContractCard {
  return {
    provider: 'cashy',
    ownReference: true,
    idempotency: null,
    query: 'reference',
    notFoundIsFinalAfter: NOT_FOUND_IS_FINAL_AFTER,
    onUnknown: 'query-then-resend',
    refusalIsProof: false,
    finalStatesThatTurn: ['succeeded', 'failed'],
    // Whether the fee is on top isn't said. Reserving for it can't overdraw; the samples show 5150.
    currencies: { COP: { decimals: 2, min: '10000', max: '5000000', feeReserve: '6000' } },
    beneficiaryKinds: ['bank-account', 'phone-wallet'],
    callback: { trust: 'claim', carriesReference: true, unmatchedAlarmAfter: UNMATCHED_ALARM_AFTER },
    timing: DEFAULT_TIMING,
    maxSends: 3,
  };
}
