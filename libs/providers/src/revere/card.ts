import type { ContractCard } from '#domain/provider/contract-card';
import { DEFAULT_TIMING, UNMATCHED_ALARM_AFTER } from '../card-timing.js';

/**
 * No reference and no key travels with an order: a lost answer can't be matched to it, so nothing is ever sent twice.
 * Callbacks are not signed: they only cause a look-up.
 */
export function revereCard(): ContractCard {
  return {
    provider: 'revere',
    ownReference: false,
    idempotency: null,
    query: 'order-id',
    notFoundIsFinalAfter: null,
    onUnknown: 'park',
    refusalIsProof: true,
    // ACH returns come after `settled`.
    finalStatesThatTurn: ['succeeded'],
    // No limit is stated; the upper one keeps the amount within a uint64.
    currencies: { USD: { decimals: 2, min: '0.01', max: '100000000000000000', feeReserve: '0' } },
    beneficiaryKinds: ['stored-method'],
    callback: { trust: 'hint', carriesReference: false, unmatchedAlarmAfter: UNMATCHED_ALARM_AFTER },
    timing: DEFAULT_TIMING,
    maxSends: 1,
  };
}
