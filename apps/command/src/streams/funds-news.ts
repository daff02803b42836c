import type { DomainEvent } from '#domain/codec/stored-event';
import type { PayoutId } from '#domain/ids';
import type { FundsNews } from '#domain/processes/payout-process';
import type { RecordedEvent } from '#event-store/event-store';

/** What an account's event says about a payout's reservation, if that is what it is about. */
export function fundsNewsOf(
  event: DomainEvent,
  { position, revision }: Pick<RecordedEvent, 'position' | 'revision'>,
): { readonly payoutId: PayoutId; readonly news: FundsNews } | undefined {
  if (event.type === 'FundsReserved') {
    const { accountId, payoutId } = event.data;
    return {
      payoutId,
      news: { kind: 'reserved', funds: { accountId, position, revision: revision.toString() } },
    };
  }
  if (event.type === 'FundsReservationRefused') {
    return { payoutId: event.data.payoutId, news: { kind: 'refused', reason: event.data.reason } };
  }
  return undefined;
}
