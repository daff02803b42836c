import type { ContractCard } from '#domain/provider/contract-card';
import { DEFAULT_TIMING, UNMATCHED_ALARM_AFTER } from '../card-timing.js';
import type { AuthProfile } from './settings.js';

const HOUR = 3_600_000;

/**
 * The vendor's own order number is the only one there is. From v1.3 on an idempotency key is honoured for 24 hours: a
 * repeat is allowed for 23. v1.0 knows no key, so nothing may be repeated there.
 */
export function dvpayCard(authProfile: AuthProfile): ContractCard {
  const keyed = authProfile !== 'v1_0';
  return {
    provider: 'dvpay',
    ownReference: false,
    idempotency: keyed ? { resendUntil: 23 * HOUR } : null,
    query: 'order-id',
    notFoundIsFinalAfter: null,
    onUnknown: keyed ? 'resend-same-key' : 'park',
    refusalIsProof: true,
    finalStatesThatTurn: [],
    // Stated for orders; for payouts it is the likeliest reading.
    currencies: {
      USD: { decimals: 2, min: '0.10', max: '10000', feeReserve: '0' },
      KHR: { decimals: 0, min: '400', max: '40000000', feeReserve: '0' },
    },
    beneficiaryKinds: ['stored-method'],
    callback: { trust: 'claim', carriesReference: false, unmatchedAlarmAfter: UNMATCHED_ALARM_AFTER },
    timing: DEFAULT_TIMING,
    maxSends: keyed ? 10 : 1,
  };
}
