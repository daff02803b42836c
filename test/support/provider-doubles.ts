import { readFileSync } from 'node:fs';
import type { ProviderReference } from '#domain/ids';
import { payoutId } from '#domain/ids';
import { currencyCode } from '#domain/money/currency';
import { parseMoney } from '#domain/money/money';
import type { Beneficiary } from '#domain/provider/beneficiary';
import { referenceOf } from '#domain/provider/reference';
import { OutboundHttp, type OutboundOutcome } from '#platform/http/outbound-http';
import { Ids } from '#platform/ids/ids';
import { Clock } from '#platform/time/clock';
import type { PayoutOrder } from '#providers/provider';

/** 2026-05-04T02:10:00Z: the second that the vectors use. */
export const NOW = 1_777_860_600_000;

/** A clock that stands still: adapters only ask for the time of day. */
export class FixedClock extends Clock {
  now(): number {
    return NOW;
  }
  monotonicMs(): number {
    return 0;
  }
  async sleep(): Promise<void> {
    throw new Error('an adapter has nothing to wait for');
  }
  after(): () => void {
    throw new Error('an adapter sets no timer');
  }
}

/** Ids that can be foretold. */
export class CountingIds extends Ids {
  #count = 0;
  uuid(): string {
    this.#count += 1;
    return `00000000-0000-4000-8000-${this.#count.toString().padStart(12, '0')}`;
  }
  token(length: number): string {
    this.#count += 1;
    return `n${this.#count.toString().padStart(length - 1, '0')}`;
  }
  bytes(length: number): Buffer {
    return Buffer.alloc(length, 7);
  }
}

/** For what must not send. */
export class SilentHttp extends OutboundHttp {
  async send(): Promise<OutboundOutcome> {
    throw new Error('nothing is sent here');
  }
}

const PAYOUT = payoutId('0b8e9a52-6c1d-4f3a-9e27-5d4c3b2a1f00');
export const REFERENCE: ProviderReference = referenceOf({ payoutId: PAYOUT, attempt: 1 });
export const OTHER_REFERENCE: ProviderReference = referenceOf({ payoutId: PAYOUT, attempt: 2 });

export function orderOf(
  amount: string,
  currency: string,
  beneficiary: Beneficiary,
  more: Partial<PayoutOrder> = {},
): PayoutOrder {
  return {
    payoutId: PAYOUT,
    reference: REFERENCE,
    idempotencyKey: '5f0f7a6e-2b3c-4d5e-8f90-a1b2c3d4e5f6',
    amount: parseMoney(amount, currencyCode(currency)),
    beneficiary,
    description: 'Monthly commission',
    ...more,
  };
}

interface SignedCase {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly base: string;
}

/** The worked signatures in `libs/providers/fixtures/vectors.json`. */
export interface Vectors {
  readonly dvpay: readonly { raw: string; ts: string; secret: string; message: string; signature: string }[];
  readonly dvpay_webhook: { readonly secret: string; readonly raw: string; readonly signature: string };
  readonly wdl: {
    readonly token: string;
    readonly cases: readonly (SignedCase & { presign: string; sign: string; alt_suffix_key_upper: string })[];
  };
  readonly cashy: {
    readonly apiKey: string;
    readonly cases: readonly {
      name: string;
      body: string;
      sign: string;
      sign_if_reserialised: string;
      len: number;
    }[];
  };
  readonly chainpay: {
    readonly cases: readonly (SignedCase & { sha256: string })[];
    readonly doc_sample_sign_bytes: number;
  };
}

export function vectors(): Vectors {
  // Seen from dist/test/support.
  const file = new URL('../../../libs/providers/fixtures/vectors.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Vectors;
}
