import {
  accountShapes,
  instructionShapes,
  type AccountEvent,
  type InstructionEvent,
} from '../account/events.js';
import { payoutShapes, type PayoutEvent } from '../payout/events.js';
import { postings } from '../postings/postings.js';
import {
  evidenceShapes,
  referenceShapes,
  type EvidenceEvent,
  type ReferenceEvent,
} from '../provider/events.js';
import { sendingShapes, type SendingEvent } from '../sending/events.js';
import { UnreadableEventError, type JsonObject, type Shape } from './fields.js';
import { upcast } from './upcasters.js';

export type DomainEvent =
  PayoutEvent | AccountEvent | InstructionEvent | ReferenceEvent | EvidenceEvent | SendingEvent;
export type DomainEventType = DomainEvent['type'];

const SHAPES: Readonly<Record<DomainEventType, Shape<never>>> = {
  ...payoutShapes,
  ...accountShapes,
  ...instructionShapes,
  ...referenceShapes,
  ...evidenceShapes,
  ...sendingShapes,
} as unknown as Readonly<Record<DomainEventType, Shape<never>>>;

/** The version that is written today; older ones are raised to it by `upcast` when they are read. */
export const CURRENT_VERSIONS: Readonly<Partial<Record<DomainEventType, number>>> = {};

export const EVENT_TYPES = Object.keys(SHAPES) as readonly DomainEventType[];

export function isEventType(type: string): type is DomainEventType {
  return Object.hasOwn(SHAPES, type);
}

export function versionOf(type: DomainEventType): number {
  return CURRENT_VERSIONS[type] ?? 1;
}

/** An event as it is stored: the type, and its version inside the metadata (see `metadata.ts`). */
export interface StoredEvent {
  readonly type: string;
  readonly data: JsonObject;
}

/**
 * Prints an event. Money is checked here and again at the reading: the two catch different defects. What was printed is
 * read back before it is handed on: an event that nobody can read must never be written, since history stays.
 */
export function encodeEvent(event: DomainEvent): {
  readonly type: DomainEventType;
  readonly version: number;
  readonly data: JsonObject;
} {
  assertSound(event);
  const shape = SHAPES[event.type];
  const data = shape.encode(event.data as never);
  shape.decode(data, event.type);
  return { type: event.type, version: versionOf(event.type), data };
}

/**
 * Reads a stored event of any version ever written. An unknown type, an unknown version or unreadable data throws
 * `UnreadableEventError`: a reader stops, it never skips.
 */
export function decodeEvent(stored: StoredEvent, version: number): DomainEvent {
  if (!isEventType(stored.type))
    throw new UnreadableEventError(`unknown event type ${JSON.stringify(stored.type)}`);
  const type = stored.type;
  const data = upcast(type, version, versionOf(type), stored.data);
  const event = { type, data: SHAPES[type].decode(data, type) } as DomainEvent;
  assertSound(event);
  return event;
}

function assertSound(event: DomainEvent): void {
  if (isAccountEvent(event)) postings(event);
}

export function isPayoutEvent(event: DomainEvent): event is PayoutEvent {
  return Object.hasOwn(payoutShapes, event.type);
}

export function isAccountEvent(event: DomainEvent): event is AccountEvent {
  return Object.hasOwn(accountShapes, event.type);
}

export function isInstructionEvent(event: DomainEvent): event is InstructionEvent {
  return event.type === 'AccountInstructionGiven';
}
