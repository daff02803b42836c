import type { PayoutId } from '../ids.js';
import type { Money } from '../money/money.js';

const BUCKETS = 256;
type Bucket = ReadonlyMap<PayoutId, Money>;

/**
 * The open reservations of an account, by payout. Immutable; spread over buckets so that a change copies a small part
 * of it: an account with many thousands of open payouts would otherwise cost a full copy for each event.
 */
export class Holds {
  static readonly none = new Holds([], 0);

  private constructor(
    private readonly buckets: readonly (Bucket | undefined)[],
    readonly size: number,
  ) {}

  get(payoutId: PayoutId): Money | undefined {
    return this.buckets[bucketOf(payoutId)]?.get(payoutId);
  }

  with(payoutId: PayoutId, amount: Money): Holds {
    const bucket = new Map(this.buckets[bucketOf(payoutId)]);
    const grows = bucket.has(payoutId) ? 0 : 1;
    bucket.set(payoutId, amount);
    return this.replace(payoutId, bucket, this.size + grows);
  }

  without(payoutId: PayoutId): Holds {
    const bucket = new Map(this.buckets[bucketOf(payoutId)]);
    return bucket.delete(payoutId) ? this.replace(payoutId, bucket, this.size - 1) : this;
  }

  *entries(): Generator<readonly [PayoutId, Money]> {
    for (const bucket of this.buckets) if (bucket !== undefined) yield* bucket;
  }

  private replace(payoutId: PayoutId, bucket: Bucket, size: number): Holds {
    const buckets =
      this.buckets.length === 0 ? new Array<Bucket | undefined>(BUCKETS).fill(undefined) : [...this.buckets];
    buckets[bucketOf(payoutId)] = bucket;
    return new Holds(buckets, size);
  }
}

/** A payout id is a hash (UUID version 5): its first byte spreads evenly. */
function bucketOf(payoutId: PayoutId): number {
  return parseInt(payoutId.slice(0, 2), 16);
}
