import { NAME, UUID } from '#domain/ids';
import { LOG_POSITION } from '#domain/log-position';
import { PROVIDER_NAMES, type ProviderName } from '#domain/provider/provider-name';
import { printOwnMessage, readOwnMessage, type MessageMeta, type OwnMessageRefusal } from './own-message.js';
import { Matching, Means, OneOf, Optional, Text } from './shape.js';

/** What other services hear of a payout. The log has the rest. */
export const PUBLIC_EVENTS = [
  'PayoutRequested',
  'PayoutSubmitted',
  'PayoutStatusChanged',
  'PayoutReversed',
] as const;
export type PublicEventName = (typeof PUBLIC_EVENTS)[number];

export const PUBLIC_STATUSES = [
  'requested',
  'submitting',
  'submitted',
  'unknown',
  'succeeded',
  'failed',
  'rejected',
  'cancelled',
  'parked',
] as const;
/** States of a payout, and `parked`: it waits for a person, whatever its state. */
export type PublicStatus = (typeof PUBLIC_STATUSES)[number];

const DECIMAL = /^(0|[1-9][0-9]{0,40})(\.[0-9]{1,18})?$/;
const DECIMAL_RULE = 'must be a decimal amount as text';

export class PublicEventV1 {
  static readonly ignoresMore = true;
  @Matching(UUID, 'must be a payout id') payoutId!: string;
  @Matching(NAME, 'must be an account id') accountId!: string;
  @Means("What was ordered: decimal text in the currency's major unit.")
  @Matching(DECIMAL, DECIMAL_RULE)
  amount!: string;
  @Text(32) currency!: string;
  @OneOf(PROVIDER_NAMES) provider!: ProviderName;
  @Means('After this event.') @OneOf(PUBLIC_STATUSES) status!: PublicStatus;
  @Means('Before it, where it changed.') @Optional() @OneOf(PUBLIC_STATUSES) from?: PublicStatus;
  @Optional() @Text(500) reason?: string;
  @Means("The provider's own word.") @Optional() @Text(128) rawStatus?: string;
  @Means('What the provider charged.') @Optional() @Matching(DECIMAL, DECIMAL_RULE) fee?: string;
  @Means('What reached the beneficiary, where the provider says so.')
  @Optional()
  @Matching(DECIMAL, DECIMAL_RULE)
  paid?: string;
  @Means('Where the fact lies in the log. Events of one payout rise by it.')
  @Matching(LOG_POSITION, 'must be a log position')
  position!: string;
  @Means("Its place in the payout's stream, as decimal text.")
  @Matching(/^(0|[1-9][0-9]{0,18})$/, 'must be a revision')
  revision!: string;
}

/** No personal data. The key of its message is the account id. */
export type PublicEventData = Readonly<PublicEventV1>;

export interface PublicEvent {
  readonly name: PublicEventName;
  readonly data: PublicEventData;
}

export type PublicEventReading =
  { readonly ok: true; readonly event: PublicEvent; readonly meta: MessageMeta } | OwnMessageRefusal;

/** `PayoutSubmitted` → `payout.event.PayoutSubmitted.v1`. */
export function publicEventType(name: PublicEventName): string {
  return `payout.event.${name}.v1`;
}

const NAMES_BY_TYPE = new Map(PUBLIC_EVENTS.map((name) => [publicEventType(name), name]));
const SHAPES = Object.fromEntries(PUBLIC_EVENTS.map((name) => [publicEventType(name), PublicEventV1]));

/** `meta.id` must be the stored event's: whoever gets it twice knows it by its id. */
export function printPublicEvent({ name, data }: PublicEvent, meta: MessageMeta): Uint8Array {
  return printOwnMessage(publicEventType(name), meta, data);
}

export function readPublicEvent(value: Uint8Array): PublicEventReading {
  const read = readOwnMessage<PublicEventV1>(value, SHAPES);
  if (!read.ok) return read;
  const name = NAMES_BY_TYPE.get(read.type);
  if (name === undefined) return { ok: false, kind: 'unknown-type', reason: 'unknown-type' };
  return { ok: true, event: { name, data: read.data }, meta: read.meta };
}
