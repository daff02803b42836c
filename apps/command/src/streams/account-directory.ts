import { Injectable } from '@nestjs/common';
import type { AccountId } from '#domain/ids';
import type { CurrencyCode } from '#domain/money/currency';
import { accountStream } from '#domain/streams';
import { EventStore } from '#event-store/event-store';
import { decodeRecorded } from './event-encoding.js';

const CAPACITY = 50_000;

/**
 * What never changes about an account: that it was opened, and its currency. It is read from the stream's first event
 * and may be kept, since that event can't change; whether the account is open *now* is the ledger process's business.
 */
@Injectable()
export class AccountDirectory {
  private readonly known = new Map<AccountId, CurrencyCode>();

  constructor(private readonly store: EventStore) {}

  async find(accountId: AccountId): Promise<{ readonly currency: CurrencyCode } | 'unknown'> {
    const cached = this.known.get(accountId);
    if (cached !== undefined) return { currency: cached };
    for await (const recorded of this.store.readStream(accountStream(accountId))) {
      const event = decodeRecorded(recorded);
      if (event.type !== 'AccountOpened') throw new Error(`${recorded.stream} begins with ${event.type}`);
      if (this.known.size >= CAPACITY) this.known.clear();
      this.known.set(accountId, event.data.currency);
      return { currency: event.data.currency };
    }
    return 'unknown';
  }
}
